//! How two spellings of a name are compared: [`name_key`], and [`acronym_key`] for acronyms.
//!
//! | name | key | as an acronym |
//! |---|---|---|
//! | `Electronic Health Records`, `electronic health record` | `electronic health record` | |
//! | `EHR`, `EHRs` | `ehr` | `(EHR)` |
//! | `WHO` | `WHO`; in a text that is shouted `who` | `(WHO)` |
//! | `COVID-19`, `COVID 19` | `covid 19` | `(COVID 19)` |

use super::word::words;

/// What two spellings of a name have in common: stems, and acronyms as such where they are words otherwise. In a query that is typed
/// in capitals throughout no word is an acronym. Empty for a text without a word.
pub(crate) fn name_key(name: &str, is_shouted: bool) -> String {
    let mut key = String::with_capacity(name.len());
    for word in words(name) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word.acronym().filter(|_| !is_shouted).unwrap_or(&word.forms.stem));
    }
    key
}

/// What two spellings of an acronym have in common: its words in capitals, without a plural, in a parenthesis, so that it is never
/// taken for the key of a name that is written out.
pub(crate) fn acronym_key(name: &str) -> String {
    let words: Vec<String> = words(name).map(|word| word.forms.surface.to_uppercase()).collect();
    format!("({})", words.join(" "))
}

/// Whether a name is written as acronyms are, with a capital behind another letter: `EHR`, `SaMD`, `mRNA` and `R&D`, not `Zoom`.
pub(crate) fn is_acronym(name: &str) -> bool {
    let before = name.chars();
    before.zip(name.chars().skip(1)).any(|(before, c)| c.is_uppercase() && (before.is_alphanumeric() || before == '&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (name, key, acronym) in [
            ("Electronic Health-Records", "electronic health record", "(ELECTRONIC HEALTH RECORDS)"),
            ("EHRs", "ehr", "(EHR)"),
            ("WHO", "WHO", "(WHO)"),
            ("COVID-19", "covid 19", "(COVID 19)"),
            ("covid19", "covid 19", "(COVID 19)"),
            ("…", "", "()"),
        ] {
            assert_eq!((name_key(name, false).as_str(), acronym_key(name).as_str()), (key, acronym), "{name}");
        }
        assert_eq!(name_key("WHO", true), "who");
        for (name, is) in [
            ("EHRs", true),
            ("mRNA", true),
            ("SaMD", true),
            ("R&D", true),
            ("Zoom", false),
            ("Heart Rate", false),
            ("X-Ray", false),
            ("see", false),
            ("", false),
        ] {
            assert_eq!(is_acronym(name), is, "{name}");
        }
    }
}
