//! [`Values`]: all countable values of an open index, and which article has which.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::SegmentReader;

use super::group_values::GroupValues;
use super::marks::{Loaded, Marks, Pairs};
use super::{Group, ValueId};

/// All countable values, and which article has which.
pub(in crate::search) struct Values {
    groups: [Range<ValueId>; Group::ALL.len()],
    texts: Arc<Texts>,
    articles: Vec<u64>,
    marks: Marks,
}

/// What values are called. Answers hold it whole, because touching the texts of hundreds of values takes longer than counting them.
#[derive(Default)]
pub(in crate::search) struct Texts {
    /// The folded form, equal for all spellings: a topic's key, a provider's domain, `yyyymm`.
    keys: Vec<Box<str>>,
    /// The most frequent first.
    spellings: Vec<Vec<Box<str>>>,
}

impl Texts {
    pub(in crate::search) fn key(&self, id: ValueId) -> &str {
        &self.keys[id as usize]
    }

    /// The most frequent spelling.
    pub(in crate::search) fn label(&self, id: ValueId) -> &str {
        &self.spellings[id as usize][0]
    }
}

impl Values {
    /// The numbers of a group.
    pub(in crate::search) fn group(&self, group: Group) -> Range<ValueId> {
        self.groups[group as usize].clone()
    }

    /// The group of a value.
    pub(in crate::search) fn group_of(&self, id: ValueId) -> Group {
        // A group without values holds none, wherever it begins.
        let at = self.groups.iter().rposition(|range| range.start <= id && id < range.end).unwrap_or_default();
        Group::ALL[at]
    }

    /// How many values there are in all.
    pub(in crate::search) fn len(&self) -> usize {
        self.texts.keys.len()
    }

    /// What they are called.
    pub(in crate::search) fn texts(&self) -> &Arc<Texts> {
        &self.texts
    }

    /// Which article has which.
    pub(in crate::search) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The folded form, equal for all spellings.
    pub(in crate::search) fn key(&self, id: ValueId) -> &str {
        self.texts.key(id)
    }

    /// The most frequent spelling.
    pub(in crate::search) fn label(&self, id: ValueId) -> &str {
        self.texts.label(id)
    }

    /// All spellings, the most frequent first.
    pub(in crate::search) fn spellings(&self, id: ValueId) -> &[Box<str>] {
        &self.texts.spellings[id as usize]
    }

    /// The value of a group with this key.
    pub(in crate::search) fn find(&self, group: Group, key: &str) -> Option<ValueId> {
        let range = self.group(group);
        let keys = &self.texts.keys[range.start as usize..range.end as usize];
        keys.binary_search_by(|probe| (**probe).cmp(key)).ok().map(|at| range.start + at as ValueId)
    }

    /// How many articles have it.
    pub(in crate::search) fn articles(&self, id: ValueId) -> u64 {
        self.articles[id as usize]
    }

    pub(super) fn load(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        let mut loaded: Vec<GroupValues> = Group::ALL
            .into_par_iter()
            .map(|group| match group.column() {
                Some(column) => GroupValues::of_texts(column, segments),
                None => GroupValues::of_months(segments),
            })
            .collect::<tantivy::Result<_>>()?;
        let mut groups = [const { 0..0 }; Group::ALL.len()];
        let (mut texts, mut articles) = (Texts::default(), Vec::new());
        for (range, group) in groups.iter_mut().zip(&mut loaded) {
            let start = texts.keys.len() as ValueId;
            texts.keys.append(&mut group.keys);
            texts.spellings.append(&mut group.spellings);
            articles.append(&mut group.articles);
            *range = start..texts.keys.len() as ValueId;
        }
        let of_segment = |(ord, segment): (usize, &SegmentReader)| {
            let pairs = |group: Group| Pairs {
                first: groups[group as usize].start,
                pairs: &loaded[group as usize].segments[ord],
            };
            Loaded {
                docs: segment.max_doc(),
                topics: pairs(Group::Topic),
                providers: pairs(Group::Provider),
                bundled: [Group::Scheme, Group::Kind, Group::Month].map(pairs),
            }
        };
        let segments: Vec<Loaded<'_>> = segments.iter().enumerate().map(of_segment).collect();
        let [topics, providers] = [Group::Topic, Group::Provider].map(|group| groups[group as usize].len() as u32);
        let marks = Marks::new(topics, providers, &segments);
        Ok(Self { groups, texts: Arc::new(texts), articles, marks })
    }
}
