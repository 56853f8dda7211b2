//! [`Cursor`]: the place behind the last hit of a page, where the next page begins.
//!
//! It holds where that hit stood in the order, and not only its number: what comes or goes before it meanwhile makes the next page
//! neither repeat an article nor skip one. Scores change with the index, though, most of them by about as much: by relevance the next
//! page begins behind the hit wherever it stands now, unless that is gone or has another date.

use std::cmp::Reverse;
use std::fmt;
use std::hash::{Hash as _, Hasher as _};
use std::str::FromStr;

use xxhash_rust::xxh3::Xxh3;

use super::request::SearchRequest;
use super::top::Rank;
use crate::InvalidValue;

/// Where a page has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// A hash over what decides about the order of the hits.
    search: u64,
    /// The clock of the search, in seconds since 1970.
    pub(super) as_of: i64,
    /// How many hits came up to here.
    pub(super) passed: usize,
    /// The last of them.
    last: Rank,
}

impl Cursor {
    /// Behind this hit of a request, which is the one of this number.
    pub(super) fn behind(request: &SearchRequest, as_of: i64, passed: usize, last: Rank) -> Self {
        Self { search: hash(request), as_of, passed, last }
    }

    /// Whether it is of this search, on whichever page.
    pub(super) fn is_of(&self, request: &SearchRequest) -> bool {
        self.search == hash(request)
    }

    /// How many of the best hits, in order, come before the page; `None` if that cannot be told from so few of them. `by_score` tells
    /// what they are ordered by.
    pub(super) fn place_in<T>(&self, best: &[(Rank, T)], are_all: bool, by_score: bool) -> Option<usize> {
        let is_last = |rank: Rank| (rank.id, rank.published) == (self.last.id, self.last.published);
        if by_score && let Some(at) = best.iter().position(|(rank, _)| is_last(*rank)) {
            return Some(at + 1);
        }
        let before = best.partition_point(|(rank, _)| *rank >= self.last);
        (are_all || before < best.len()).then_some(before)
    }
}

/// A hash over all of a request but what tells one page from another and what is shown beside the hits.
fn hash(request: &SearchRequest) -> u64 {
    let SearchRequest {
        id: _,
        q,
        topic,
        provider,
        scheme,
        kind,
        not_topic,
        not_provider,
        after,
        before,
        undated,
        min_quality,
        matching,
        exact,
        expand,
        more: _,
        sort,
        limit: _,
        offset: _,
        cursor: _,
        facets: _,
        facet_limit: _,
        total: _,
        explain: _,
    } = request;
    let names = (topic, provider, scheme, kind, not_topic, not_provider);
    let mut hasher = Xxh3::new();
    (q, names, after, before, undated, min_quality, matching, exact, expand, sort).hash(&mut hasher);
    hasher.finish()
}

/// Numbers in hexadecimal with dots between: for programs to hand back, not for people to read.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { search, as_of, passed, last: Rank { first, published, id: Reverse(id) } } = self;
        write!(f, "{search:x}.{as_of:x}.{passed:x}.{first:x}.{published:x}.{id:x}")
    }
}

impl FromStr for Cursor {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let numbers = || {
            let mut numbers = text.trim().split('.').map(|number| u64::from_str_radix(number, 16));
            let mut next = || numbers.next()?.ok();
            let cursor = Self {
                search: next()?,
                as_of: next()? as i64,
                passed: next()?.try_into().ok()?,
                last: Rank { first: next()? as i64, published: next()? as i64, id: Reverse(next()?) },
            };
            numbers.next().is_none().then_some(cursor)
        };
        numbers().ok_or_else(|| InvalidValue(format!("`{text}` is no cursor")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(first: i64, id: u64) -> Rank {
        Rank { first, published: -1, id: Reverse(id) }
    }

    #[test]
    fn is_read_as_it_is_written() {
        let cursor = Cursor::behind(&SearchRequest::default(), -5, 10, rank(i64::MIN, u64::MAX));
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "1.2.3", "1.2.3.4.5.6.7", "x.2.3.4.5.6", "1.2.3.4.5.fffffffffffffffff"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn belongs_to_all_pages_of_one_search() {
        let words = SearchRequest { q: "a".to_owned(), ..SearchRequest::default() };
        let cursor = Cursor::behind(&words, 0, 10, rank(1, 1));
        assert!(cursor.is_of(&SearchRequest { limit: 3, cursor: Some("x".to_owned()), total: false, ..words.clone() }));
        assert!(!cursor.is_of(&SearchRequest { q: "b".to_owned(), ..words.clone() }));
        assert!(!cursor.is_of(&SearchRequest { min_quality: Some(1), ..words }));
    }

    #[test]
    fn finds_its_place_by_rank_and_among_scores_by_the_hit() {
        let cursor = Cursor::behind(&SearchRequest::default(), 0, 2, rank(5, 7));
        let best = |list: &[(i64, u64)]| list.iter().map(|(first, id)| (rank(*first, *id), ())).collect::<Vec<_>>();
        for (list, are_all, place) in [
            (&[(9, 1), (5, 7), (4, 3)][..], false, Some(2)),
            // It has fallen back.
            (&[(9, 1), (4, 3), (3, 7)], false, Some(3)),
            // It is gone.
            (&[(9, 1), (6, 2), (5, 8), (4, 3)], false, Some(2)),
            (&[(9, 1), (6, 2)], false, None),
            (&[(9, 1), (6, 2)], true, Some(2)),
            (&[], true, Some(0)),
        ] {
            assert_eq!(cursor.place_in(&best(list), are_all, true), place, "{list:?}");
        }
        for (list, place) in
            [(&[(9, 1), (5, 7), (4, 3)][..], Some(2)), (&[(9, 7), (8, 1), (4, 3)], Some(2)), (&[(9, 1), (6, 2)], None)]
        {
            assert_eq!(cursor.place_in(&best(list), false, false), place, "{list:?}");
        }
    }
}
