//! What reading says of the files: what could not be read, what is broken, what holds no article.

use super::Check;
use super::findings::Findings;
use crate::ingest::{FileAccount, FileOutcome, ProblemKind, Survey};

/// Takes down the accounts of the files, which come in the order of the survey.
pub(super) fn examine(survey: &Survey, accounts: &[FileAccount], findings: &mut Findings<'_>) {
    for problem in survey.problems() {
        findings.problem(Check::Unread, problem);
    }
    for (file, account) in survey.files().zip(accounts) {
        let here = [file.shown().to_owned()];
        if account.outcome == FileOutcome::LeftOut {
            findings.group(Check::NoArticle, 0, &here, None, || "no article".to_owned());
        }
        let is_empty = account.outcome == FileOutcome::Rejected && file.size() == 0 && !file.is_stream();
        let check = |kind| if is_empty { Check::EmptyFile } else { check_of(kind) };
        for problem in &account.problems {
            findings.problem(check(problem.kind), problem);
        }
        for untold in &account.untold {
            findings.untold(check(untold.kind), untold.count);
        }
    }
}

fn check_of(kind: ProblemKind) -> Check {
    match kind {
        ProblemKind::Gone | ProblemKind::Unread => Check::Unread,
        ProblemKind::Yaml => Check::BrokenYaml,
        ProblemKind::Title => Check::NoTitle,
        ProblemKind::Value => Check::BadValue,
        ProblemKind::Characters => Check::BadCharacters,
    }
}
