//! Acronyms that are ordinary words otherwise: WHO, IT, AIDS, US, OR, CARE, ER.
//!
//! Where such a word stands in capitals in normally cased text, it is indexed as a term of its own beside its stem: `WHO` beside
//! `who`, a spelling that no stem has. All other acronyms (`EHR`, `COVID`) need none: nothing else is written like them, and `Covid`
//! must be found by them.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// How many bytes before and behind a word tell whether capitals are unusual there: about a headline.
const WINDOW: usize = 120;

/// Ordinary words that are acronyms when written in capitals. All short words of grammar, because any of them may be one in some
/// article; of the others those that are a common acronym in news of health or technology and seldom shouted.
const ORDINARY: &str = "
    am an and any are as at be been but by can did do does done down else ever few for from get go had has have he
    her here hers him his how if in into is it its just least may me might mine more most much must my no nor not
    now of off on one or other our out over own per same she should so some such than that the their them then there
    these they this those to too under until up us use very was we well were what when where which while who whom
    whose why will with would yes yet you your

    able ace aces act acts ad add ads age aid aids aim aims air alert all arc arch arm arms art ask asks atom bad
    bar bat bed beds best bet bid big bit bits bus cab cap caps car care cares cart case cast cat cats chain champ
    chart chat chime chip chips coach come compass cope core cost crisp cup cure dad dare dart dash date dawn dip
    dot dream due duel ear earn ease east eat echo ed edge end er exam eye fact fade fair fan far fast fat fate fee
    feet fig fin fire first fish fist fit fits flair flow fly focus fox gain gains game gap gas gate gem gift gist
    god grace grade grid grit gum gun gut hat heal help hem hen hero hid hint hip hit hits hop hope hot hub hug ice
    icon idea ill impact inch ink inspire jam jet job keep key kid kit lab lace lack lad lag lamp lap laser law lay
    lead leaf lean leap led leg let lid life lift light lime link lip list live log lot love low mad magic mail main
    man map maps mark mars mash mass mast mat match mate math meal meld mend mesh met mice mid mind mint miracle
    miss mob mode mom moms moon nest net nice node note nurse nut oak oar odd oil old optimum orbit pace pack pact
    pad pads pain pal pals pan pap pass past path paths pay pearl pep pet pets pi pie pig pill pin pip pit place
    plan plus pop pot prime prism probe promise pub pun pure put quest quit race rack rage raid rail rain raise ram
    ran range rank rap rapid rat rate raw ray reach read real red remind rest rib rid ride rip rise rob rod role
    room rose rub rug rule run sad safe safer sage sail salt sand sane sap sat save scan scans scope score scout sea
    seal see seed self set shape share shield shine ship shop sip sit six slam slim slip smart snap snip soap sober
    solar son sound spa span spark spear spin spirit spot spread sprint spy star stars start stat stay steam stem
    step steps stop storm strap stream stride strive strong sum sun sure swan swap swift switch sword tab tag tail
    tan tank tap tape target tax tea team ten tens term thin tic tie time tin tip tips toe ton top tow toy trace
    track train tram trap tray treat tree trek trend trip trips try tub tug unite van vast vet vets via vital vote
    war wash watch wave way web wed west wet win wing wins wise wish wit zoo";

static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| ORDINARY.split_whitespace().collect());

/// The acronym that the run `base` with this surface is, unless its place says otherwise.
pub(super) fn of(base: &str, surface: &str) -> Option<Box<str>> {
    let is_known = is_capitals(base) && surface.len() >= 2 && WORDS.contains(surface);
    is_known.then(|| surface.to_ascii_uppercase().into())
}

/// The acronym in a plural like `EHRs`, `PhDs` or `mRNAs`.
pub(super) fn singular(base: &str) -> Option<&str> {
    let acronym = base.strip_suffix('s')?;
    let capitals = acronym.bytes().filter(u8::is_ascii_uppercase).count();
    (capitals >= 2 && acronym.ends_with(|c: char| c.is_ascii_uppercase())).then_some(acronym)
}

fn is_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// Whether capitals are unusual around a word: in a headline or a sentence that is shouted they say nothing. The line counts, as far
/// as it is near.
pub(super) fn is_in_normal_case(text: &str, word: &Range<usize>) -> bool {
    let is_break = |c: char| c.is_control();
    let from = boundary(text, word.start.saturating_sub(WINDOW));
    let to = boundary(text, (word.end + WINDOW).min(text.len())).max(word.end);
    let from = text[from..word.start].rfind(is_break).map_or(from, |at| from + at + 1);
    let to = text[word.end..to].find(is_break).map_or(to, |at| word.end + at);
    !is_shouted(&text[from..to])
}

/// Whether a text of two words or more is in capitals, with less than one word in four in small letters. Single letters do not
/// count.
pub(crate) fn is_shouted(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(1).is_some());
    let (all, normal) = words.fold((0, 0), |(all, normal), word| (all + 1, normal + usize::from(!is_capitals(word))));
    all > 1 && normal * 4 < all
}

/// The nearest character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_capitals_say_nothing() {
        for (text, word, is_normal) in [
            ("WHO guidance on masks", "WHO", true),
            ("New rules for health IT", "IT", true),
            ("WHO", "WHO", true),
            ("US: 5 G", "US", true),
            ("FDA, WHO, US agree", "WHO", true),
            ("ABOUT US", "US", false),
            ("WHO WE ARE\nWe are a team of doctors.", "WHO", false),
            ("What the team says:\u{1}ASK US\u{2}and more small words", "US", false),
            ("TELEHEALTH IN RURAL AREAS", "IN", false),
            ("世界 WHO 发布", "WHO", true),
        ] {
            let start = text.find(word).unwrap();
            assert_eq!(is_in_normal_case(text, &(start..start + word.len())), is_normal, "{text}");
        }
        let (small, shouted) = ("small words ".repeat(20), "SHOUTED WORDS ".repeat(12));
        let far = format!("{small}{shouted} TELL US {shouted}{small}");
        let us = far.find("US ").unwrap();
        assert!(!is_in_normal_case(&far, &(us..us + 2)), "what is far away does not count");
    }
}
