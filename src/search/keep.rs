//! [`keep`]: a filter without a branch.

/// Puts the items that are wanted into `kept`, in their order and in place of what is there.
///
/// Each is written down, and the next one over it if it is not wanted. Where there is no telling which are, that costs less than the
/// wrong guesses of a processor, behind each of which it must wait for what it has asked memory for.
pub(super) fn keep<T: Copy + Default>(items: impl ExactSizeIterator<Item = (T, bool)>, kept: &mut Vec<T>) {
    // One more than there can be, so that there always is a place to write to.
    kept.resize(items.len() + 1, T::default());
    let mut length = 0;
    for (item, is_wanted) in items {
        kept[length] = item;
        length += usize::from(is_wanted);
    }
    kept.truncate(length);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_a_filter_would(
            items in prop::collection::vec((0u32..100, any::<bool>()), 0..50),
            before in prop::collection::vec(0u32..9, 0..60),
        ) {
            let mut kept = before;
            keep(items.iter().copied(), &mut kept);
            let expected: Vec<u32> = items.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(item, _)| item).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
