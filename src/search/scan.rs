//! [`Scan`]: the articles of a segment that match a query, with their text scores.
//!
//! No match is passed over unseen. On collections of curated news that costs less than working out which of them cannot be among
//! the best, and the same walk counts them (`docs/PERFORMANCE.md`). The scores are those of [`TextScore`] to the last bit, because
//! they are added up in the same order, that of the query.
//!
//! - *One* word: where it stands too seldom for the floor, however short the text, there is no score to work out.
//! - *Any* of several: a window of documents at a time, in which each part adds the scores of its documents to an array of sums
//!   (term at a time, as in Turtle and Flood 1995).
//! - *All* of several: the rarest part leads, and the others are asked for its documents, unless it scores too little even with the
//!   most that they can add.

use tantivy::query::{EmptyScorer, EnableScoring, Scorer};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::conjunction::Conjunction;
use super::filter::Reasons;
use super::handful::Handful;
use super::text_score::{Match, Source, TextScore};
use crate::query::lower::{BLOCK, SequenceScorer, TermPostings, Weighed};

/// How many documents a window spans: their sums take 8 KB, which leaves room for postings in what the processor keeps at hand.
const WINDOW: usize = 1024;

/// How many matches of a sequence are taken at a time: few, because the floor rises with the first of them, and what lies below it
/// costs much less.
const AT_A_TIME: usize = 16;

/// What becomes of the matches. They come some dozens at a time: what is looked up for one is looked up for all then, so that the
/// processor waits for memory once.
///
/// What a scan hands to which method depends on what [`Self::admits`] says at the time:
///
/// | `admits` | `admit` is given | `score` is given |
/// |---|---|---|
/// | `All` | all matches, whatever they score | of those not turned down, those that reach `floor` |
/// | `Some` | matches that may reach `floor` | of those not turned down, those that reach it |
/// | `None` | nothing | matches that reach `floor`, of which `score` itself turns some down |
pub(super) trait Sink {
    /// The text score from which on an article is of interest. Only rises.
    fn floor(&self) -> f64;

    /// Which matches are to be admitted before they are scored. May change with each call of [`Self::score`].
    fn admits(&self) -> Admits;

    /// The text score from which on a match must be handed on.
    fn least(&self) -> f64 {
        if self.admits() == Admits::All { f64::MIN } else { self.floor() }
    }

    /// Takes matches, in ascending order and deleted ones among them. Why each of them is turned down; `None` where none is.
    fn admit(&mut self, docs: &[DocId]) -> Option<&[Reasons]>;

    /// Takes matches that may be of interest, in ascending order: none that was turned down.
    fn score(&mut self, matches: &[Match]);
}

/// Which matches [`Sink::admit`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admits {
    /// None: those that are scored are looked at then.
    None,
    /// Those that may be of interest.
    Some,
    /// All: they are counted.
    All,
}

/// The matches in one segment.
pub(super) enum Scan<'a> {
    Nothing,
    Stream(Stream<'a>),
    Any { least: usize, parts: Vec<Stream<'a>> },
    All { leader: Box<Scan<'a>>, leads: usize, others: Vec<(usize, TextScore<'a>)> },
}

impl<'a> Scan<'a> {
    /// The matches of a query. `unscored` is for parts that the engine combines.
    pub(super) fn new(
        weighed: &'a Weighed,
        segment: &SegmentReader,
        unscored: EnableScoring<'_>,
    ) -> tantivy::Result<Self> {
        Ok(match weighed {
            Weighed::AtLeast(least, parts) => {
                let parts = parts.iter().map(|part| Stream::new(part, segment, unscored));
                let parts: Vec<Stream<'a>> = parts.collect::<tantivy::Result<_>>()?;
                Self::Any { least: *least, parts }
            }
            Weighed::All(parts) => {
                let scores = parts.iter().map(|part| TextScore::new(part, segment));
                let scores: Vec<TextScore<'a>> = scores.collect::<tantivy::Result<_>>()?;
                let costs: Vec<Option<u64>> = scores.iter().map(TextScore::cost).collect();
                let Some((cost, leads)) = (0..).zip(&costs).filter_map(|(at, cost)| Some(((*cost)?, at))).min() else {
                    return Ok(Self::Stream(Stream::new(weighed, segment, unscored)?));
                };
                if cost == 0 {
                    return Ok(Self::Nothing);
                }
                let mut others: Vec<(usize, TextScore<'a>)> = scores.into_iter().enumerate().collect();
                let leader = match others.remove(leads).1 {
                    // Nearly always, and its postings are open already.
                    TextScore::Leaf { source: Source::Term(postings), scored: true, .. } => {
                        Self::Stream(Stream::Term(postings))
                    }
                    TextScore::Leaf { source: Source::Sequence(sequence), scored: true, .. } => {
                        Self::Stream(Stream::Sequence(sequence))
                    }
                    _ => Self::new(&parts[leads], segment, unscored)?,
                };
                // What is rare rules out most.
                others.sort_by_key(|(at, _)| costs[*at].unwrap_or(u64::MAX));
                Self::All { leader: Box::new(leader), leads, others }
            }
            Weighed::Leaf { .. } | Weighed::Not(_) => Self::Stream(Stream::new(weighed, segment, unscored)?),
        })
    }

    /// Hands the matches to `sink`, in ascending order; those below its floor may be left out, unless it admits all. No text in the
    /// segment is shorter than `shortest`.
    pub(super) fn run(self, shortest: u8, sink: &mut dyn Sink) {
        match self {
            Self::Nothing => {}
            Self::Stream(Stream::Term(mut postings)) => {
                let mut reaching = Reaching::default();
                while postings.doc() < TERMINATED {
                    reaching.hand_on(&postings, shortest, sink);
                    postings.next_block();
                }
            }
            Self::Stream(Stream::Sequence(mut sequence)) if sink.admits() != Admits::All => {
                let mut handful = Handful::default();
                while sequence.doc() < TERMINATED {
                    sequence.leave_out_less_than(sink.floor() as Score);
                    while sequence.doc() < TERMINATED && handful.len() < AT_A_TIME {
                        handful.push(Match { doc: sequence.doc(), text: sequence.score().into() });
                        sequence.advance();
                    }
                    handful.hand_on(sink);
                }
            }
            Self::Stream(stream) => Self::Any { least: 1, parts: vec![stream] }.run(shortest, sink),
            Self::Any { least, mut parts } => {
                let mut window = Window::new(least);
                while let Some((start, end)) = span(parts.iter().map(Stream::doc).min().unwrap_or(TERMINATED)) {
                    for part in &mut parts {
                        if least > 1 {
                            part.for_each_until(end, |doc, score| window.add_and_count(doc - start, score));
                        } else {
                            part.for_each_until(end, |doc, score| window.add(doc - start, score));
                        }
                    }
                    window.take(start, sink);
                }
            }
            Self::All { leader, leads, others } => {
                let mut all = Conjunction::new(leads, others, sink);
                leader.run(shortest, &mut all);
                all.finish();
            }
        }
    }
}

/// Where the window begins and ends that begins with a document; `None` behind the last.
fn span(first: DocId) -> Option<(DocId, DocId)> {
    (first < TERMINATED).then(|| (first, first.saturating_add(WINDOW as DocId).min(TERMINATED)))
}

/// The documents of one part, to be taken in ascending order.
pub(super) enum Stream<'a> {
    Term(Box<TermPostings<'a>>),
    Sequence(Box<SequenceScorer>),
    /// A prefix, a filter.
    Leaf {
        docs: Box<dyn Scorer>,
        scored: bool,
    },
    /// Anything else: what the engine finds, each document scored for itself.
    Nested {
        docs: Box<dyn Scorer>,
        score: TextScore<'a>,
    },
}

impl<'a> Stream<'a> {
    fn new(weighed: &'a Weighed, segment: &SegmentReader, unscored: EnableScoring<'_>) -> tantivy::Result<Self> {
        let Weighed::Leaf { look, scored, .. } = weighed else {
            let docs = weighed.engine(unscored)?.scorer(segment, 1.0)?;
            return Ok(Self::Nested { docs, score: TextScore::new(weighed, segment)? });
        };
        Ok(match Source::open(look, segment)? {
            Source::Nothing => Self::Leaf { docs: Box::new(EmptyScorer), scored: false },
            Source::Term(postings) => Self::Term(postings),
            Source::Sequence(sequence) => Self::Sequence(sequence),
            Source::Engine(docs) => Self::Leaf { docs, scored: *scored },
        })
    }

    /// The document at hand; [`TERMINATED`] behind the last.
    fn doc(&self) -> DocId {
        match self {
            Self::Term(postings) => postings.doc(),
            Self::Sequence(sequence) => sequence.doc(),
            Self::Leaf { docs, .. } | Self::Nested { docs, .. } => docs.doc(),
        }
    }

    /// Calls `each` with the documents up to `end`, which is not included, and their scores.
    fn for_each_until(&mut self, end: DocId, mut each: impl FnMut(DocId, f64)) {
        match self {
            Self::Term(postings) => postings.for_each_until(end, |doc, score| each(doc, score.into())),
            Self::Sequence(sequence) => {
                while sequence.doc() < end {
                    each(sequence.doc(), sequence.score().into());
                    sequence.advance();
                }
            }
            Self::Leaf { docs, scored } => {
                while docs.doc() < end {
                    each(docs.doc(), if *scored { docs.score().into() } else { 0.0 });
                    docs.advance();
                }
            }
            Self::Nested { docs, score } => {
                while docs.doc() < end {
                    if let Some(score) = score.score(docs.doc()) {
                        each(docs.doc(), score);
                    }
                    docs.advance();
                }
            }
        }
    }
}

/// The documents of a block of postings whose scores may be of interest.
struct Reaching {
    /// Those in which the term stands often enough for that.
    docs: [DocId; BLOCK],
    /// How often it does.
    freqs: [u32; BLOCK],
    found: [Match; BLOCK],
    /// How often a term must stand in a document for this score, the last one asked for.
    least: (f64, u32),
}

impl Default for Reaching {
    fn default() -> Self {
        Self { docs: [0; BLOCK], freqs: [0; BLOCK], found: [Match::default(); BLOCK], least: (f64::MIN, 0) }
    }
}

impl Reaching {
    /// Hands those of the block at hand on to `sink`. Each is written down, and the next one over it if it is turned down or too
    /// little: half of them or fewer are wanted, in no order that a processor could guess.
    fn hand_on(&mut self, postings: &TermPostings<'_>, shortest: u8, sink: &mut dyn Sink) {
        let (floor, admits) = (sink.floor(), sink.admits());
        if floor > self.least.0 {
            self.least = (floor, postings.least_freq(floor as Score, shortest));
        }
        let (_, least) = self.least;
        let (docs, freqs) = postings.block();
        let turned_down = if admits == Admits::All { sink.admit(docs) } else { None };
        let mut left = 0;
        let mut write_down = |doc: DocId, freq: u32, is_wanted: bool| {
            self.docs[left % BLOCK] = doc;
            self.freqs[left % BLOCK] = freq;
            left += usize::from(is_wanted);
        };
        let block = docs.iter().zip(freqs);
        match turned_down {
            None => block.for_each(|(doc, freq)| write_down(*doc, *freq, *freq >= least)),
            Some(turned_down) => block.zip(turned_down).for_each(|((doc, freq), reasons)| {
                write_down(*doc, *freq, reasons.is_empty() && *freq >= least);
            }),
        }
        if admits == Admits::Some {
            left = self.admitted(left, sink);
        }
        let mut found = 0;
        for (doc, freq) in self.docs[..left].iter().zip(&self.freqs) {
            let text = f64::from(postings.score(*doc, *freq));
            self.found[found % BLOCK] = Match { doc: *doc, text };
            found += usize::from(text >= floor);
        }
        sink.score(&self.found[..found]);
    }

    /// Leaves those of the first `left` that are not turned down; how many these are.
    fn admitted(&mut self, left: usize, sink: &mut dyn Sink) -> usize {
        let Some(turned_down) = sink.admit(&self.docs[..left]) else {
            return left;
        };
        let mut admitted = 0;
        for (at, reasons) in turned_down.iter().enumerate() {
            self.docs[admitted] = self.docs[at];
            self.freqs[admitted] = self.freqs[at];
            admitted += usize::from(reasons.is_empty());
        }
        admitted
    }
}

/// A window of documents, in which parts add up their scores.
struct Window {
    /// How many parts a document must have.
    least: usize,
    sums: Box<[f64; WINDOW]>,
    /// How many parts each document has; left alone where one is enough.
    counts: Box<[u16; WINDOW]>,
    /// A bit for each document that has any part.
    met: [u64; WINDOW / 64],
    handful: Handful,
}

impl Window {
    fn new(least: usize) -> Self {
        let (sums, counts) = (Box::new([0.0; WINDOW]), Box::new([0; WINDOW]));
        Self { least, sums, counts, met: [0; WINDOW / 64], handful: Handful::default() }
    }

    /// Adds the score of a part in a document, by its place in the window.
    fn add(&mut self, at: DocId, score: f64) {
        // Always so; said for the compiler, which need not check each access then.
        let at = at as usize % WINDOW;
        self.sums[at] += score;
        self.met[at / 64] |= 1 << (at % 64);
    }

    fn add_and_count(&mut self, at: DocId, score: f64) {
        self.add(at, score);
        self.counts[at as usize % WINDOW] += 1;
    }

    /// Hands on the documents with enough parts and their sums, which are all 0 again then.
    fn take(&mut self, start: DocId, sink: &mut dyn Sink) {
        let least = sink.least();
        for (word, first) in self.met.iter_mut().zip((0..WINDOW).step_by(64)) {
            while *word != 0 {
                let at = (first + word.trailing_zeros() as usize) % WINDOW;
                *word &= *word - 1;
                let sum = std::mem::take(&mut self.sums[at]);
                if self.least > 1 && usize::from(std::mem::take(&mut self.counts[at])) < self.least {
                    continue;
                }
                if sum >= least {
                    self.handful.push(Match { doc: start + at as DocId, text: sum });
                }
            }
        }
        self.handful.hand_on(sink);
    }
}
