//! A full build: everything is read into a new generation.
//!
//! Where the live one could be changed as well, and files that it tells of turn out to be unreadable, it is changed: a new one would
//! lose their articles.

use super::edit::Difference;
use super::plan::Plan;
use super::reading::{account, ledger, read_all};
use super::{Observer, Outcome, Update, UpdateOptions, lasting, lasting_in};
use crate::Result;
use crate::index::{Build, WriteLock};
use crate::ingest::{Survey, go_on};

pub(super) fn build(
    mut plan: Plan,
    difference: Option<Difference>,
    lock: &WriteLock,
    options: &UpdateOptions,
    observer: &dyn Observer,
) -> Result<Update> {
    let mut build = Build::begin(lock, &options.writers())?;
    let mut articles = read_all(&plan.survey, options, observer)?;
    let accounts = articles.take_accounts();
    if let Some(difference) = difference
        && accounts.iter().any(|account| account.unreadable)
    {
        drop((build, articles));
        return difference.apply(&plan, lock, options, observer);
    }
    let ledger = ledger(&plan.survey, &accounts);
    drop(accounts);
    // From here on the ledger knows the files, in less memory, which is wanted for writing now.
    plan.survey = Survey::default();
    let mut comparison = plan.comparison(lock.folder().path(), options)?;
    let refused = options.refuse(&articles.report().problems) || options.refuse(&plan.vanished);
    observer.indexing(articles.report().records);
    for article in articles.by_ref() {
        let article = article?;
        go_on(observer)?;
        // Also when refused, all is merged: the account is to be complete.
        if !refused {
            comparison.see(&article);
            build.add(&article)?;
            observer.article_indexed();
        }
    }
    let ingest = plan.with_vanished(articles.into_report());
    go_on(observer)?;
    if refused {
        return Ok(Update::ended(Outcome::Refused, plan.live, ingest));
    }
    if let Some(live) = &plan.live {
        let after = lasting_in(&ledger, ingest.articles);
        options.max_shrink.check(lasting(lock.folder(), live), after, &plan.vanished)?;
    }
    observer.publishing();
    let live = build.publish(plan.origin(account(&ingest), &ledger), &ledger)?;
    let changes = comparison.finish();
    Ok(Update { changes, ..Update::ended(Outcome::Built, Some(live), ingest) })
}
