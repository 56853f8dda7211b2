//! [`Names`]: other names for words, from the vocabulary and from the articles themselves.
//!
//! Articles say what their acronyms stand for: “electronic health record (EHR)”. How many say so decides:
//!
//! - The names of the vocabulary come first. Where it says several things of an acronym, those of the one that most articles mean, if
//!   these are [`ENOUGH`], and else those of all of them.
//! - An acronym stands for what most articles say, if these are enough. It must be typed as one, with a capital behind its first
//!   letter, in a query that is no headline in capitals.
//! - A name that is written out has the acronyms that stand for it, as most articles say or [nearly](NEARLY) as many, if they are
//!   [long enough](TELLING) to be told from others.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::vocabulary::Vocabulary;
use crate::index::analysis::{acronym_key, is_acronym, name_key};

/// So many articles make a definition of it: what one says alone is as often a slip, of its author or of ours
/// (`docs/RELEVANCE.md`).
pub(crate) const ENOUGH: u64 = 2;
/// The fewest characters of an acronym that a written-out name searches for: two letters stand for too many things of which no
/// article says so.
const TELLING: usize = 3;
/// A sense that so large a share of the articles of the most usual one have is as usual: often the two are spellings of one name.
const NEARLY: f64 = 0.5;
/// So many words at most are looked up as one name.
const MAX_WORDS: usize = 12;

/// What articles say that acronyms stand for.
pub(crate) trait Definitions {
    /// Whether there may be a definition of a name whose key begins with these words.
    fn begin(&self, key: &str) -> bool;

    /// The other names by the key of one, those of most articles first.
    fn others(&self, key: &str) -> Vec<DefinedName>;
}

/// Another name, as articles define it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DefinedName {
    /// What its spellings have in common.
    pub(crate) key: String,
    /// The spelling of most articles, of several the first in the alphabet.
    pub(crate) written: String,
    /// How many articles define it.
    pub(crate) articles: u64,
}

impl DefinedName {
    /// The names of these spellings, with the number of articles of each: those of most articles first, then by their keys.
    pub(crate) fn of_spellings(spellings: BTreeMap<(String, String), u64>) -> Vec<Self> {
        let mut names: Vec<(u64, Self)> = Vec::new();
        for ((key, written), articles) in spellings {
            match names.last_mut() {
                Some((most, name)) if name.key == key => {
                    name.articles += articles;
                    if articles > *most {
                        (*most, name.written) = (articles, written);
                    }
                }
                _ => names.push((articles, Self { key, written, articles })),
            }
        }
        let mut names: Vec<Self> = names.into_iter().map(|(_, name)| name).collect();
        names.sort_by_key(|name| Reverse(name.articles));
        names
    }
}

/// Other names for words.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) definitions: &'a dyn Definitions,
}

impl Names<'_> {
    /// How many words a name has at most.
    pub(crate) fn most_words(&self) -> usize {
        self.vocabulary.longest().max(MAX_WORDS)
    }

    /// How many of these words, from the first on, are the longest name of several words; 0 when there is none. Looks on in the
    /// dictionary only as long as some name begins with the words so far.
    pub(crate) fn longest(&self, words: &[String], is_shouted: bool) -> usize {
        if words.len() < 2 {
            return 0;
        }
        let upto = |len: usize| words[..len].join(" ");
        let most = words.len().min(self.vocabulary.longest());
        let known = (2..=most).rev().find(|len| self.vocabulary.knows(&upto(*len), is_shouted)).unwrap_or(0);
        let begins = |len: &usize| self.definitions.begin(&name_key(&upto(*len), is_shouted));
        let begun = (1..=words.len().min(MAX_WORDS)).take_while(begins).last().unwrap_or(0);
        (known.max(1) + 1..=begun).rev().find(|len| !self.acronyms(&upto(*len), is_shouted).is_empty()).unwrap_or(known)
    }

    /// The other names of what these words are a name of, each once: those of the vocabulary, then those of the articles.
    pub(crate) fn others(&self, words: &str, is_shouted: bool) -> Vec<String> {
        let known = self.known(words, is_shouted);
        let meant = if !is_shouted && is_acronym(words) { self.sense(&acronym_key(words)) } else { None };
        let defined = meant.map(|name| name.written).into_iter().chain(self.acronyms(words, is_shouted));
        let mut keys = vec![name_key(words, is_shouted)];
        let mut others: Vec<String> = known.into_iter().chain(defined).collect();
        others.retain(|name| {
            let key = name_key(name, false);
            let is_new = !keys.contains(&key);
            keys.push(key);
            is_new
        });
        others
    }

    /// What the vocabulary says: the names of all things that the words are a name of, or of the one that most articles mean.
    fn known(&self, words: &str, is_shouted: bool) -> Vec<String> {
        let mut things = self.vocabulary.things(words, is_shouted);
        if things.len() > 1 {
            let defined = self.definitions.others(&acronym_key(words));
            let articles = |thing: &[String]| -> u64 {
                let keys: Vec<String> = thing.iter().map(|name| name_key(name, false)).collect();
                defined.iter().filter(|name| keys.contains(&name.key)).map(|name| name.articles).sum()
            };
            // Of equals the first, as the lines are in an order that somebody chose.
            let most = things.iter().copied().rev().max_by_key(|thing| articles(thing));
            if let Some(thing) = most.filter(|thing| articles(thing) >= ENOUGH) {
                things = vec![thing];
            }
        }
        things.concat()
    }

    /// What an acronym stands for in most articles.
    fn sense(&self, acronym: &str) -> Option<DefinedName> {
        self.definitions.others(acronym).into_iter().next().filter(|name| name.articles >= ENOUGH)
    }

    /// The acronyms that stand for a name that is written out.
    fn acronyms(&self, words: &str, is_shouted: bool) -> Vec<String> {
        let is_telling = |acronym: &DefinedName| acronym.written.chars().nth(TELLING - 1).is_some();
        let is_usual = |acronym: &DefinedName| {
            let most = self.sense(&acronym.key).map_or(0, |name| name.articles);
            acronym.articles >= ENOUGH && acronym.articles as f64 >= most as f64 * NEARLY
        };
        let acronyms = self.definitions.others(&name_key(words, is_shouted)).into_iter();
        acronyms.filter(|name| is_telling(name) && is_usual(name)).map(|name| name.written).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (name, other name, number of articles), both ways.
    struct Table(&'static [(&'static str, &'static str, u64)]);

    impl Definitions for Table {
        fn begin(&self, key: &str) -> bool {
            self.0.iter().any(|(_, long, _)| name_key(long, false).starts_with(key))
        }

        fn others(&self, key: &str) -> Vec<DefinedName> {
            let mut spellings = BTreeMap::new();
            for (short, long, articles) in self.0 {
                let (acronym, name) = (acronym_key(short), name_key(long, false));
                if acronym == key {
                    spellings.insert((name, (*long).to_owned()), *articles);
                } else if name == key {
                    spellings.insert((acronym, (*short).to_owned()), *articles);
                }
            }
            DefinedName::of_spellings(spellings)
        }
    }

    const DEFINED: Table = Table(&[
        ("CRD", "celiac related disease", 4),
        ("CRD", "Crohn's related disease", 2),
        ("CRD", "compact round disc", 1),
        ("EHR", "electronic health record", 9),
        ("ED", "erectile dysfunction", 3),
        ("PCP", "primary care physician", 2),
        ("RR", "relative risk", 5),
        ("RR", "relative risks", 2),
        ("HR", "hazard ratio", 2),
        ("HR", "heart rate", 2),
        ("ONE", "only named early", 1),
    ]);

    fn others(words: &str) -> Vec<String> {
        let lines = "EHR, electronic health record, EMR\nED, emergency department\nPCP, phencyclidine\nPCP, primary care physician\n";
        let vocabulary = Vocabulary::none().with(lines).unwrap();
        Names { vocabulary: &vocabulary, definitions: &DEFINED }.others(words, false)
    }

    #[test]
    fn an_acronym_stands_for_what_most_articles_say() {
        assert_eq!(others("CRD"), ["celiac related disease"]);
        assert_eq!(others("CRDs"), ["celiac related disease"]);
        assert_eq!(others("HR"), ["hazard ratio"], "of equals the first in the alphabet");
        assert_eq!(others("crd"), Vec::<String>::new(), "it is typed as one");
        assert_eq!(others("ONE"), Vec::<String>::new(), "one article is not enough");
    }

    #[test]
    fn a_name_has_the_acronyms_that_mostly_stand_for_it() {
        assert_eq!(others("coeliac related diseases"), Vec::<String>::new());
        assert_eq!(others("Celiac Related Diseases"), ["CRD"]);
        assert_eq!(others("crohn's related disease"), ["CRD"]);
        assert_eq!(others("compact round disc"), Vec::<String>::new());
        assert_eq!(others("relative risk"), Vec::<String>::new(), "two letters stand for too many things");
    }

    #[test]
    fn the_vocabulary_comes_first_and_articles_choose_among_its_meanings() {
        assert_eq!(others("EHR"), ["electronic health record", "EMR"]);
        assert_eq!(others("electronic health records"), ["EHR", "EMR"]);
        assert_eq!(others("ED"), ["emergency department", "erectile dysfunction"]);
        assert_eq!(others("PCP"), ["primary care physician"]);
        assert_eq!(others("pcp"), ["primary care physician"]);
    }

    #[test]
    fn spellings_of_a_name_count_together_and_the_usual_one_is_shown() {
        let spellings = [(("b", "B"), 2), (("b", "Bs"), 2), (("b", "bs"), 3), (("a", "a"), 6)];
        let spellings = spellings.map(|((key, written), articles)| ((key.to_owned(), written.to_owned()), articles));
        let names = DefinedName::of_spellings(BTreeMap::from(spellings));
        let names: Vec<_> = names.iter().map(|name| (name.written.as_str(), name.articles)).collect();
        assert_eq!(names, [("bs", 7), ("a", 6)]);
    }

    #[test]
    fn the_longest_name_of_several_words_is_found() {
        let vocabulary = Vocabulary::none();
        let names = Names { vocabulary: &vocabulary, definitions: &DEFINED };
        let longest = |words: &str| names.longest(&words.split(' ').map(str::to_owned).collect::<Vec<_>>(), false);
        assert_eq!(longest("electronic health records in use"), 3);
        assert_eq!(longest("electronic health"), 0);
        assert_eq!(longest("CRD"), 0);
    }
}
