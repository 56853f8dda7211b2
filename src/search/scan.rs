//! [`Scan`]: all articles of a segment that match a query, with their text scores.
//!
//! Every match is scored: there is no bound on scores that lets any be passed over. On collections of curated news that costs less
//! than working out which of them cannot be among the best, and the same walk counts them (`docs/PERFORMANCE.md`). The scores are
//! those of [`TextScore`] to the last bit, because they are added up in the same order, that of the query.
//!
//! - *Any* of several: a window of documents at a time, in which each part adds the scores of its documents to an array of sums
//!   (term at a time, as in Turtle and Flood 1995).
//! - *All* of several: the rarest part leads, and the others are asked for its documents.

use tantivy::query::{EmptyScorer, EnableScoring, Scorer};
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::text_score::TextScore;
use crate::query::lower::{Look, TermPostings, Weighed};

/// How many documents a window spans: their sums take 16 KB, half of what the processor keeps at hand.
const WINDOW: usize = 2048;

/// Asking for a document takes as long as taking so many: where parts are not rarer than that, none leads.
const ALIKE: u64 = 12;

/// Documents and their scores are handed on together.
type Each<'a> = dyn FnMut(&[DocId], &[f64]) + 'a;

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
                if costs
                    .iter()
                    .try_fold(0, |sum: u64, cost| sum.checked_add((*cost)?))
                    .is_some_and(|all| all < ALIKE * cost)
                {
                    let parts = parts.iter().map(|part| Stream::new(part, segment, unscored));
                    return Ok(Self::Any { least: scores.len(), parts: parts.collect::<tantivy::Result<_>>()? });
                }
                let mut others: Vec<(usize, TextScore<'a>)> = scores.into_iter().enumerate().collect();
                others.remove(leads);
                // What is rare rules out most.
                others.sort_by_key(|(at, _)| costs[*at].unwrap_or(u64::MAX));
                Self::All { leader: Box::new(Self::new(&parts[leads], segment, unscored)?), leads, others }
            }
            Weighed::Leaf { .. } | Weighed::Not(_) => Self::Stream(Stream::new(weighed, segment, unscored)?),
        })
    }

    /// Calls `each` with all matches, deleted documents among them, in ascending order.
    pub(super) fn run(self, each: &mut Each<'_>) {
        match self {
            Self::Nothing => {}
            Self::Stream(mut stream) => {
                let (mut docs, mut scores) = (Vec::with_capacity(WINDOW), Vec::with_capacity(WINDOW));
                while let Some((_, end)) = window(stream.doc()) {
                    stream.for_each_until(end, |doc, score| {
                        docs.push(doc);
                        scores.push(score);
                    });
                    each(&docs, &scores);
                    docs.clear();
                    scores.clear();
                }
            }
            Self::Any { least, mut parts } => {
                let mut sums = Sums::new(least);
                while let Some((start, end)) = window(parts.iter().map(Stream::doc).min().unwrap_or(TERMINATED)) {
                    for part in &mut parts {
                        part.for_each_until(end, |doc, score| sums.add((doc - start) as usize, score));
                    }
                    let (docs, scores) = sums.take(start);
                    each(docs, scores);
                }
            }
            Self::All { leader, leads, mut others } => {
                let mut of_parts = vec![0.0; others.len() + 1];
                let (mut matching, mut sums) = (Vec::with_capacity(WINDOW), Vec::with_capacity(WINDOW));
                leader.run(&mut |docs, scores| {
                    matching.clear();
                    sums.clear();
                    for (doc, score) in docs.iter().zip(scores) {
                        of_parts[leads] = *score;
                        let matches = others.iter_mut().all(|(at, other)| {
                            let score = other.score(*doc);
                            of_parts[*at] = score.unwrap_or_default();
                            score.is_some()
                        });
                        if matches {
                            matching.push(*doc);
                            sums.push(of_parts.iter().fold(0.0, |sum, score| sum + score));
                        }
                    }
                    each(&matching, &sums);
                });
            }
        }
    }
}

/// The window that begins with a document; `None` behind the last.
fn window(first: DocId) -> Option<(DocId, DocId)> {
    (first < TERMINATED).then(|| (first, first.saturating_add(WINDOW as DocId).min(TERMINATED)))
}

/// The documents of one part, to be taken in ascending order.
pub(super) enum Stream<'a> {
    Term(TermPostings<'a>),
    /// A phrase, a prefix, a filter.
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
        Ok(match weighed {
            Weighed::Leaf { look: Look::Term(term), .. } => match term.postings(segment)? {
                Some(postings) => Self::Term(postings),
                None => Self::Leaf { docs: Box::new(EmptyScorer), scored: false },
            },
            Weighed::Leaf { look: Look::Engine(weight), scored, .. } => {
                Self::Leaf { docs: weight.scorer(segment, 1.0)?, scored: *scored }
            }
            _ => {
                let docs = weighed.engine(unscored)?.scorer(segment, 1.0)?;
                Self::Nested { docs, score: TextScore::new(weighed, segment)? }
            }
        })
    }

    /// The document at hand; [`TERMINATED`] behind the last.
    fn doc(&self) -> DocId {
        match self {
            Self::Term(postings) => postings.doc(),
            Self::Leaf { docs, .. } | Self::Nested { docs, .. } => docs.doc(),
        }
    }

    /// Calls `each` with the documents up to `end`, which is not included, and their scores.
    fn for_each_until(&mut self, end: DocId, mut each: impl FnMut(DocId, f64)) {
        match self {
            Self::Term(postings) => postings.for_each_until(end, |doc, score| each(doc, score.into())),
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

/// The sums of the documents of a window.
struct Sums {
    /// How many parts a document must have.
    least: usize,
    sums: Vec<f64>,
    /// How many parts each document has; left alone where one is enough.
    counts: Vec<usize>,
    /// A bit for each document that has any part.
    met: [u64; WINDOW / 64],
    docs: Vec<DocId>,
    scores: Vec<f64>,
}

impl Sums {
    fn new(least: usize) -> Self {
        let (docs, scores) = (Vec::with_capacity(WINDOW), Vec::with_capacity(WINDOW));
        Self { least, sums: vec![0.0; WINDOW], counts: vec![0; WINDOW], met: [0; WINDOW / 64], docs, scores }
    }

    fn add(&mut self, at: usize, score: f64) {
        self.sums[at] += score;
        self.met[at / 64] |= 1 << (at % 64);
        if self.least > 1 {
            self.counts[at] += 1;
        }
    }

    /// The documents with enough parts, and their sums. All sums are 0 again then.
    fn take(&mut self, start: DocId) -> (&[DocId], &[f64]) {
        self.docs.clear();
        self.scores.clear();
        for (word, first) in self.met.iter_mut().zip((0..).step_by(64)) {
            while *word != 0 {
                let at = first + word.trailing_zeros() as usize;
                *word &= *word - 1;
                let (sum, count) = (std::mem::take(&mut self.sums[at]), std::mem::take(&mut self.counts[at]));
                if self.least <= 1 || count >= self.least {
                    self.docs.push(start + at as DocId);
                    self.scores.push(sum);
                }
            }
        }
        (&self.docs, &self.scores)
    }
}
