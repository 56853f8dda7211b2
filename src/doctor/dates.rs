//! Dates that are missing, or that nothing can have been published on.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::findings::Findings;
use super::{Check, Examiner};
use crate::article::Article;
use crate::ingest::Field;

/// Nothing on the web is older; what is older still says so in print.
const EARLIEST: Date = date(1990, 1, 1);

/// Looks at the day of publication.
pub(super) struct Dates {
    pub(super) today: Date,
}

impl Examiner for Dates {
    fn see(&mut self, article: &Article, findings: &mut Findings<'_>) {
        let Some(published) = article.published else {
            return findings.article(Check::NoDate, article, None, || article.title.clone());
        };
        let day = published.date();
        // East of here it may be tomorrow already.
        let is_future = self.today.checked_add(1.day()).is_ok_and(|tomorrow| day > tomorrow);
        if is_future || day < EARLIEST {
            let check = if is_future { Check::FutureDate } else { Check::EarlyDate };
            findings.article(check, article, Some(Field::Published), || format!("{day}: {}", article.title));
        }
    }
}
