//! Titles that several articles have.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::findings::{Findings, Mark};
use super::{Check, Examiner};
use crate::article::{Article, Provider, fold_words};
use crate::ingest::Field;

/// So many places of articles with one title are kept; all but the first are told in its line.
const KEPT: usize = 4;
/// So many outlets of one title are told apart.
const OUTLETS: usize = 16;

/// Looks at titles, by a hash of their words. Of those that only one article has, little is kept: there are as many as articles.
#[derive(Default)]
pub(super) struct Titles {
    once: FxHashMap<u64, (Mark, Outlet)>,
    several: BTreeMap<u64, Group>,
}

/// A hash of what the outlet is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outlet(u64);

/// The articles of one title.
struct Group {
    title: String,
    count: u64,
    /// The first of their outlets, each once.
    outlets: Vec<Outlet>,
    /// Whether an outlet has several of them.
    repeated: bool,
    /// The first of their places, in order.
    marks: Vec<Mark>,
}

impl Group {
    fn add(&mut self, mark: Mark, outlet: Outlet) {
        self.count += 1;
        if self.outlets.contains(&outlet) {
            self.repeated = true;
        } else if self.outlets.len() < OUTLETS {
            self.outlets.push(outlet);
        }
        let at = self.marks.partition_point(|other| *other < mark);
        self.marks.insert(at, mark);
        self.marks.truncate(KEPT);
    }
}

impl Examiner for Titles {
    fn see(&mut self, article: &Article, findings: &mut Findings<'_>) {
        let words = fold_words(&article.title);
        let Some(mark) = article.sources.first().and_then(|source| findings.mark(source)) else { return };
        if words.is_empty() {
            return;
        }
        let hash = xxh3_64(words.as_bytes());
        let outlet = Outlet(xxh3_64(article.provider.as_ref().map(Provider::key).unwrap_or_default().as_bytes()));
        if let Some(group) = self.several.get_mut(&hash) {
            group.add(mark, outlet);
        } else if let Some((first, other)) = self.once.insert(hash, (mark, outlet)) {
            let title = article.title.clone();
            let mut group = Group { title, count: 1, outlets: vec![other], repeated: false, marks: vec![first] };
            group.add(mark, outlet);
            self.several.insert(hash, group);
        }
    }

    fn conclude(&self, findings: &mut Findings<'_>) {
        for Group { title, count, repeated, marks, .. } in self.several.values() {
            let check = if *repeated { Check::RepeatedTitle } else { Check::SharedTitle };
            let sources: Vec<String> = marks.iter().map(|mark| findings.source(*mark)).collect();
            findings.group(check, *count, &sources[..1], Some(Field::Title), || {
                let more = if *count > KEPT as u64 { ", …" } else { "" };
                format!("`{title}`: {count} articles, also in {}{more}", sources[1..].join(", "))
            });
        }
    }
}
