//! [`Check`]: a kind of finding, as a row of a table.

use serde::Serialize;

/// How much a finding costs those who search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; searches are right all the same.
    Note,
    /// An article is there, but not found, ranked or counted as it should be.
    Warning,
    /// An article is missing.
    Error,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// Files and articles that cannot be read.
    Unread,
    /// Files without a byte.
    EmptyFile,
    /// YAML that is broken and was read line by line.
    BrokenYaml,
    /// Articles that go by their first words.
    NoTitle,
    /// Dates, grades and addresses that are none.
    BadValue,
    /// Characters that are no text.
    BadCharacters,
    /// No date.
    NoDate,
    /// A date after tomorrow.
    FutureDate,
    /// A date before there was a web.
    EarlyDate,
    /// An excerpt that breaks off.
    CutExcerpt,
    /// Nothing but a title.
    NoText,
    /// No outlet, or one that no domain tells apart.
    UnknownOutlet,
    /// Topics that are one, counted as several.
    SplitTopic,
    /// One title several times at one outlet.
    RepeatedTitle,
    /// No text of the article itself.
    EmptyBody,
    /// One title at several outlets.
    SharedTitle,
    /// An outlet with several names.
    ManyNames,
    /// A topic in several spellings, counted as one.
    TopicSpelling,
    /// Files that hold no article.
    NoArticle,
}

/// Check, name, severity, what is counted, what it means, how to mend it.
type Row = (Check, &'static str, Severity, &'static str, &'static str, &'static str);

const TABLE: [Row; 19] = [
    (
        Check::Unread,
        "unread",
        Severity::Error,
        "place",
        "a file or an article in it cannot be read: it is missing from every search",
        "correct what is said here, or move the file out of the collection",
    ),
    (
        Check::EmptyFile,
        "empty-file",
        Severity::Warning,
        "file",
        "the file has no bytes: perhaps an article was lost here",
        "bring it back from a backup, or delete the file",
    ),
    (
        Check::BrokenYaml,
        "broken-yaml",
        Severity::Warning,
        "place",
        "the YAML is broken; its lines were taken as they stand, and something may be missing",
        "put quotes around values with a colon in them; close every quote, and the front matter by a line `---`",
    ),
    (
        Check::NoTitle,
        "no-title",
        Severity::Warning,
        "article",
        "no title: the article goes by the first words of its text, in lists and in ranking",
        "add the title",
    ),
    (
        Check::BadValue,
        "bad-value",
        Severity::Warning,
        "place",
        "a date, grade or address cannot be understood and was left out",
        "write dates as 2021-11-29, grades as a number from 0 to 100, addresses with https://",
    ),
    (
        Check::BadCharacters,
        "bad-characters",
        Severity::Warning,
        "place",
        "characters that cannot stand in a text were replaced",
        "save the file as UTF-8 and look at the words in question",
    ),
    (
        Check::NoDate,
        "no-date",
        Severity::Warning,
        "article",
        "no date: the article is left out of searches by date and of the months, and counts as neither old nor new",
        "add the date of publication (`date: 2021-11-29`)",
    ),
    (
        Check::FutureDate,
        "future-date",
        Severity::Warning,
        "article",
        "the date lies in the future: the article ranks as the newest",
        "correct the date (are day and month, or digits of the year, exchanged?)",
    ),
    (
        Check::EarlyDate,
        "early-date",
        Severity::Warning,
        "article",
        "the date lies before 1990, when there was no web; often it stands for an unknown one",
        "correct the date, or take it out",
    ),
    (
        Check::CutExcerpt,
        "cut-excerpt",
        Severity::Warning,
        "article",
        "the excerpt breaks off before the end of its sentence",
        "write the sentence to its end, or leave the half of it out",
    ),
    (
        Check::NoText,
        "no-text",
        Severity::Warning,
        "article",
        "neither excerpt nor body: the article is found by the words of its title alone",
        "add an excerpt",
    ),
    (
        Check::UnknownOutlet,
        "unknown-outlet",
        Severity::Warning,
        "article",
        "no domain tells the outlet: it is counted under its name, or under none",
        "add the address of the article (`url: https://…`), or the domain of the outlet (`domain: …`)",
    ),
    (
        Check::SplitTopic,
        "split-topic",
        Severity::Warning,
        "topic",
        "spellings of what looks like one topic are counted as several",
        "choose one spelling and use it everywhere",
    ),
    (
        Check::RepeatedTitle,
        "repeated-title",
        Severity::Warning,
        "title",
        "an outlet has several articles of this title: duplicates, or a page that took the articles' place",
        "keep one of them, or give each its own title",
    ),
    (
        Check::EmptyBody,
        "empty-body",
        Severity::Note,
        "article",
        "there is an excerpt and no body: only what the excerpt says is found",
        "add the text below the front matter where it matters",
    ),
    (
        Check::SharedTitle,
        "shared-title",
        Severity::Note,
        "title",
        "several outlets have an article of this title: often one agency's text",
        "keep the original if the copies are in the way",
    ),
    (
        Check::ManyNames,
        "many-names",
        Severity::Note,
        "outlet",
        "one outlet goes by several names; it is counted as one, under the most frequent name",
        "choose one name and use it everywhere",
    ),
    (
        Check::TopicSpelling,
        "topic-spelling",
        Severity::Note,
        "topic",
        "one topic in several spellings; it is counted as one, under the most frequent spelling",
        "choose one spelling and use it everywhere",
    ),
    (
        Check::NoArticle,
        "no-article",
        Severity::Note,
        "file",
        "the file holds no article (a draft, a removed article, a section page, a picture, something else) and is left out",
        "nothing, or move it out of the collection",
    ),
];

impl Check {
    /// All of them, the gravest first.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Unread; TABLE.len()];
        let mut at = 0;
        while at < TABLE.len() {
            all[at] = TABLE[at].0;
            at += 1;
        }
        all
    };

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name in reports, stable across releases.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// How much it costs.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// What is counted: articles, files, places in files, topics, titles or outlets; in the singular.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.row().3
    }

    /// What it means, as one sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.row().4
    }

    /// How to mend it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.row().5
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, TABLE};

    #[test]
    fn holds_its_rows_in_the_order_of_the_checks_and_of_severity() {
        for (place, (check, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*check as usize, place, "{check:?}");
        }
        assert!(Check::ALL.is_sorted_by_key(|check| std::cmp::Reverse(check.severity())));
    }
}
