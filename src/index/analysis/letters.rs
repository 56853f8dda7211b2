//! [`letters`]: where a word of ASCII letters ends.

/// How many ASCII letters a text begins with.
///
/// They are looked at eight at a time, because a processor that looks at them one by one cannot guess where a word ends. In each byte of
/// the sum the highest bit tells what it is: small letters (capitals are made such by the bit `20`) lack no more than `a` does to
/// `80`, and more than what follows `z`. A sum of seven bits each carries into that bit at most, never into the next byte.
pub(super) fn letters(text: &[u8]) -> usize {
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let mut len = 0;
    while let Some(bytes) = text[len..].first_chunk() {
        let bytes = u64::from_le_bytes(*bytes);
        let small = (bytes | each(0x20)) & each(0x7f);
        let is_letter = (small + each(0x80 - b'a')) & !(small + each(0x80 - b'z' - 1)) & !bytes;
        let others = !is_letter & each(0x80);
        if others != 0 {
            return len + others.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + text[len..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_is_a_letter_or_none_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                let mut text = [b'q'; 20];
                text[at] = byte;
                assert_eq!(letters(&text), if byte.is_ascii_alphabetic() { 20 } else { at }, "{byte} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn are_those_in_front_of_the_first_other_byte(text in prop::collection::vec(prop_oneof![any::<u8>(), b'A'..=b'z'], 0..40)) {
            let naive = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            prop_assert_eq!(letters(&text), naive);
        }
    }
}
