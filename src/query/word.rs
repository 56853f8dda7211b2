//! What a word is in query text, before any analysis: where it starts, where it ends, and when it is a web address.

use unicode_normalization::char::is_combining_mark;

use super::quote;
use crate::index::analysis;

/// Whether a character belongs to a word at its end. Marks do: many scripts end words with a vowel sign or a tone mark.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether a word starts at `rest`, `before` being the character in front: at a letter or digit, or at the dot of `.NET`.
pub(super) fn starts(before: Option<char>, rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('.') => {
            before.is_none_or(|c| c != '.' && !is_word_char(c)) && chars.next().is_some_and(char::is_alphabetic)
        }
        Some(c) => c.is_alphanumeric(),
        None => false,
    }
}

/// The length of the run of characters at the start of `rest` that white space, a parenthesis or a quote ends.
/// A straight quote inside a word does not: Hebrew abbreviations are written with it.
pub(super) fn run_len(rest: &str) -> usize {
    let mut before = None;
    for (at, c) in rest.char_indices() {
        if c.is_whitespace() || matches!(c, '(' | ')') {
            return at;
        }
        if quote::is_quote(c) && !quote::is_inside_word(before, &rest[at..]) {
            return at;
        }
        before = Some(c);
    }
    rest.len()
}

/// What separates the items of a list, also without a space behind it.
pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ',' | '，' | '、' | ';' | '；')
}

/// What breaks a sentence off, often without spaces around it.
fn is_break(c: char) -> bool {
    matches!(c, '—' | '―' | '…')
}

/// The first item of a run that is a list or more than one word: `hospital` of `hospital,nurse` and of `hospital—a`. Between digits a
/// comma is part of a number.
pub(super) fn first_item(run: &str) -> &str {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut before = None;
    for (at, c) in run.char_indices() {
        let is_in_number = || is_digit(before) && is_digit(run[at + c.len_utf8()..].chars().next());
        if is_break(c) || is_separator(c) && !is_in_number() {
            return &run[..at];
        }
        before = Some(c);
    }
    run
}

/// The length of the word at the start of a run: punctuation at the end is left out, but for `C++`, `C#` and `A.I.`
pub(super) fn len(run: &str) -> usize {
    let mut end = run.char_indices().rev().find(|(_, c)| is_word_char(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    end += run[end..].bytes().take_while(|b| matches!(b, b'+' | b'#')).count();
    if run[end..].starts_with('.') && is_initialism(&run[..end]) {
        end += 1;
    }
    end
}

/// The word in a run, without the punctuation around it; empty when there is none.
pub(super) fn trim(run: &str) -> &str {
    let mut before = None;
    for (at, c) in run.char_indices() {
        if starts(before, &run[at..]) {
            return &run[at..at + len(&run[at..])];
        }
        before = Some(c);
    }
    ""
}

/// `A.I`, `U.S.A`: single letters with dots between.
fn is_initialism(word: &str) -> bool {
    let single = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    word.contains('.') && word.split('.').all(single)
}

/// So many words in capitals are a headline; fewer are acronyms side by side (`FDA EHR`).
const HEADLINE: usize = 3;
/// Few acronyms are longer, in letters: a headline has words that are.
pub(crate) const LONGEST_ACRONYM: usize = 5;

/// Words of which a sentence is made and no list of acronyms.
const JOINTS: [&str; 16] =
    ["A", "AT", "BY", "FOR", "FROM", "HOW", "NOT", "OF", "ON", "OUR", "THAT", "THE", "TO", "WHY", "WITH", "YOUR"];

/// Whether all of a text is in capitals like a headline, so that they say nothing: `HOSPITALS TELL US WHY`, not `WHO US IT`.
pub(crate) fn is_shouted(text: &str) -> bool {
    let is_proof = |word: &str| word.chars().nth(LONGEST_ACRONYM).is_some() || JOINTS.contains(&word);
    analysis::is_shouted(text, HEADLINE) && text.split(|c: char| !c.is_alphabetic()).any(is_proof)
}

/// Whether a word is a web address, as browsers have it or show it.
pub(crate) fn is_address(word: &str) -> bool {
    address(word).is_some()
}

/// What a web address says of its page, as it stands in texts: without scheme and `www.`, which may be missing where a path follows
/// (`example.com/a`). `None` for any other word.
pub(super) fn address(word: &str) -> Option<&str> {
    if url_len(word).is_none() {
        let (host, _) = word.split_once('/')?;
        let (name, country) = host.rsplit_once('.')?;
        let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let is_host = name.split('.').all(is_label) && country.len() > 1 && country.chars().all(char::is_alphabetic);
        return is_host.then_some(word);
    }
    let without = |text, beginning: &str| {
        let start = str::get(text, ..beginning.len()).filter(|start| start.eq_ignore_ascii_case(beginning));
        start.map_or(text, |start| &text[start.len()..])
    };
    Some(["https://", "http://", "www."].into_iter().fold(word, without))
}

/// The length of the web address at the start of `rest`, without the punctuation of the sentence around it.
/// Parentheses are part of an address only in pairs; the others belong to the text.
pub(super) fn url_len(rest: &str) -> Option<usize> {
    let scheme = ["https://", "http://", "www."]
        .iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    if !rest[scheme.len()..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let mut end = rest.len();
    let mut open = Vec::new();
    for (at, c) in rest.char_indices() {
        let closes_too_much = c == ')' && open.pop().is_none();
        if c.is_whitespace() || quote::is_quote(c) || closes_too_much {
            end = at;
            break;
        }
        if c == '(' {
            open.push(at);
        }
    }
    end = open.first().copied().unwrap_or(end);
    Some(rest[..end].trim_end_matches(|c| ".,;:!?'’*…|<>[]{}".contains(c)).len())
}

/// Whether a value needs no quotes behind the colon of its field.
pub(super) fn stands_free(value: &str) -> bool {
    trim(value) == value && value.chars().all(|c| c.is_alphanumeric() || "-._&/+#'’".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_in_capitals_has_words_that_no_list_of_acronyms_has() {
        for (text, is) in [
            ("HOSPITALS TELL US WHY", true),
            ("MASKS FOR ALL", true),
            ("STAY AT HOME", true),
            ("FDA WHO EHR", false),
            ("WHO US IT", false),
            ("AI ML", false),
            ("Masks for ALL", false),
        ] {
            assert_eq!(is_shouted(text), is, "{text}");
        }
    }

    #[test]
    fn trims_punctuation_but_keeps_what_makes_the_word() {
        for (run, word) in [
            ("hello,", "hello"),
            ("…and", "and"),
            ("'tis", "tis"),
            ("patients'", "patients"),
            ("Alzheimer's", "Alzheimer's"),
            ("C++,", "C++"),
            ("C#.", "C#"),
            (".NET", ".NET"),
            ("...NET", "NET"),
            (".5", "5"),
            ("#ai", "ai"),
            ("$100", "100"),
            ("50%", "50"),
            ("A.I.", "A.I."),
            ("U.S.,", "U.S."),
            ("e.g.", "e.g."),
            ("end.", "end"),
            ("நாள்,", "நாள்"),
            ("🚀", ""),
            ("--", ""),
            ("", ""),
        ] {
            assert_eq!(trim(run), word, "{run}");
            assert_eq!(trim(trim(run)), trim(run), "{run}");
        }
    }

    #[test]
    fn a_list_has_items_and_a_number_has_none() {
        for (run, item) in [
            ("hospital,nurse,ward", "hospital"),
            ("医院，护士", "医院"),
            ("covid-19,flu", "covid-19"),
            ("10,000", "10,000"),
            ("10,000,beds", "10,000"),
            ("R&D,", "R&D"),
            ("covid—what", "covid"),
            ("2019—2021", "2019"),
            ("wait…what", "wait"),
            ("a;b", "a"),
            ("ward", "ward"),
        ] {
            assert_eq!(first_item(run), item, "{run}");
        }
    }

    #[test]
    fn knows_what_an_address_says_of_its_page() {
        for (word, address) in [
            ("https://www.a.com/x", Some("a.com/x")),
            ("HTTP://A.com", Some("A.com")),
            ("www.a.com", Some("a.com")),
            ("a.com/2019/x", Some("a.com/2019/x")),
            ("a.com", None),
            ("AI/ML", None),
            ("U.S./China", None),
            ("v2.5/v3", None),
            ("24/7", None),
        ] {
            assert_eq!(super::address(word), address, "{word}");
        }
    }

    #[test]
    fn knows_where_a_web_address_ends() {
        for (text, url) in [
            ("https://a.com/x?y=1#z rest", Some("https://a.com/x?y=1#z")),
            ("HTTP://a.com/x.,;", Some("HTTP://a.com/x")),
            ("https://a.com/x)", Some("https://a.com/x")),
            ("https://a.com/x_(y))", Some("https://a.com/x_(y)")),
            ("https://a.com/x_(y", Some("https://a.com/x_")),
            ("https://a.com/\"x", Some("https://a.com/")),
            ("www.a.com.", Some("www.a.com")),
            ("https:// a.com", None),
            ("www.", None),
            ("wwwa.com", None),
        ] {
            assert_eq!(url_len(text).map(|len| &text[..len]), url, "{text}");
        }
    }
}
