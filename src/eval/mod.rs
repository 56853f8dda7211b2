//! How good the answers are: measures over a collection of queries with judged documents.
//!
//! ```text
//! Queries ─ ask (a Searcher) ─► Run ┐
//!           a run file ─────────────┴─ Evaluation (with Judgements) ─► per query and in the mean ─ compare ─► Comparison
//! ```
//!
//! Files are those of the field: queries and judgements in the layout of BEIR (Thakur et al. 2021) or TREC, runs of TREC. A
//! *document* here is what a file of judgements names: an article by the key that its source gave (`_id`), or by its id.
//!
//! Conventions, all of them on the strict side: the ideal order is made of all judgements, found or not; documents of one score
//! stand in the worst order there is; a query without an answer counts 0; what is not judged is not relevant.

mod ask;
mod compare;
mod evaluation;
mod judgements;
mod measure;
mod queries;
mod run;
mod table;

pub use ask::{Answers, ask};
pub use compare::{Comparison, PERMUTATIONS, compare};
pub use evaluation::{Evaluation, JUDGED_DEPTH, QueryResult};
pub use judgements::Judgements;
pub use measure::{MEASURES, Measure};
pub use queries::Queries;
pub use run::{Answer, Run};
