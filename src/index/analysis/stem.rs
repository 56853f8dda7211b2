//! Stemming: Snowball English with a table of exceptions for this field.

use std::cell::RefCell;

use rust_stemmers::{Algorithm, Stemmer};

/// Words whose Snowball stem merges what health news must keep apart, or keeps apart what belongs together.
///
/// Each row is a stem and the words that get it. A stem that is no Snowball stem of another word keeps its row to itself.
const EXCEPTIONS: [(&str, &[&str]); 14] = [
    // The disease is not help, and a hearing aid is not the disease.
    ("aids", &["aids"]),
    // Snowball: organ.
    (
        "organiz",
        &["organization", "organizations", "organizational", "organisation", "organisations", "organisational"],
    ),
    // Snowball: hospit, as for hospital.
    ("hospitality", &["hospitality"]),
    // Snowball: medic, as for medical.
    ("medicat", &["medication", "medications", "medicate", "medicated", "medicating"]),
    // Snowball: univers for all of them.
    ("university", &["university", "universities"]),
    ("universe", &["universe", "universes"]),
    // Snowball: general.
    ("generic", &["generic", "generics"]),
    // Snowball: diagnosi, diagnos and diagnost.
    (
        "diagnos",
        &[
            "diagnosis",
            "diagnoses",
            "diagnose",
            "diagnosed",
            "diagnosing",
            "diagnostic",
            "diagnostics",
            "diagnostically",
        ],
    ),
    // Snowball: surgeri, surgic and surgeon. The person stays apart.
    ("surgeri", &["surgery", "surgeries", "surgical", "surgically"]),
    // Snowball: analysi, analys and analyt.
    (
        "analys",
        &[
            "analysis",
            "analyses",
            "analyse",
            "analysed",
            "analysing",
            "analyze",
            "analyzed",
            "analyzes",
            "analyzing",
            "analytic",
            "analytics",
            "analytical",
            "analytically",
        ],
    ),
    // Snowball: therapi and therapeut.
    ("therapi", &["therapy", "therapies", "therapeutic", "therapeutics"]),
    // Snowball: vaccin and vaccine are one already; the virus family is not.
    ("virus", &["virus", "viruses", "viral"]),
    // Snowball: policy and polic(e) share a stem in some forms.
    ("policy", &["policy", "policies"]),
    // Snowball: new.
    ("news", &["news"]),
];

/// The stem of a surface: itself when it holds anything but ASCII letters (codes and numbers are never stemmed).
pub(super) fn stem(surface: &str) -> String {
    if surface.len() < 3 || !surface.bytes().all(|b| b.is_ascii_lowercase()) {
        return surface.to_owned();
    }
    if let Some((stem, _)) = EXCEPTIONS.iter().find(|(_, words)| words.contains(&surface)) {
        return (*stem).to_owned();
    }
    thread_local! {
        static SNOWBALL: RefCell<Stemmer> = RefCell::new(Stemmer::create(Algorithm::English));
    }
    SNOWBALL.with(|snowball| snowball.borrow().stem(surface).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_apart_what_health_news_must_not_merge() {
        for (one, other) in [
            ("aids", "aid"),
            ("organ", "organization"),
            ("hospital", "hospitality"),
            ("medical", "medication"),
            ("university", "universal"),
            ("generic", "general"),
            ("news", "new"),
            ("policy", "police"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }

    #[test]
    fn brings_together_what_belongs_together() {
        for family in [
            &["diagnosis", "diagnoses", "diagnostic", "diagnosed"][..],
            &["surgery", "surgical", "surgeries"],
            &["analysis", "analytics", "analyses"],
            &["partnership", "partnerships"],
            &["virus", "viruses", "viral"],
            &["hospital", "hospitals"],
            &["monitor", "monitoring", "monitored"],
        ] {
            for word in family {
                assert_eq!(stem(word), stem(family[0]), "{word}");
            }
        }
    }

    #[test]
    fn leaves_codes_and_numbers_alone() {
        for code in ["covid19", "24", "h1n1", "ii", "québecois"] {
            assert_eq!(stem(code), code);
        }
    }

    #[test]
    fn names_each_exception_once() {
        let mut words: Vec<&str> = EXCEPTIONS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
