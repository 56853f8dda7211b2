//! What the doctor found: for people, and as a table.

use std::fmt::Write as _;
use std::io;

use anstyle::{AnsiColor, Style};
use healthnews::doctor::{Diagnosis, Finding, Place, Severity};

use super::look::{DIM, Look, TITLE};
use super::neutral::neutral;
use super::table;
use super::wrap::wrap_whole;
use crate::cli::numbers::{counted, grouped};

/// How far the places stand in.
const INDENT: &str = "    ";

/// One section for each finding, the gravest first: how many there are, what it means, how to mend it, and where the first are.
pub(crate) fn text(diagnosis: &Diagnosis, look: &Look) -> String {
    let mut out = format!(
        "{} in {}: {}\n",
        counted(diagnosis.articles, "article"),
        counted(diagnosis.files, "file"),
        summary(diagnosis)
    );
    for finding in &diagnosis.findings {
        out.push('\n');
        section(finding, look, &mut out);
    }
    out
}

/// One row for each place that is told.
pub(crate) fn csv(diagnosis: &Diagnosis) -> io::Result<Vec<u8>> {
    let rows = diagnosis.findings.iter().flat_map(|finding| {
        let check = finding.check;
        finding.places.iter().map(move |Place { path, line, what }| {
            let line = line.map(|line| line.to_string()).unwrap_or_default();
            let [severity, name, remedy] = [check.severity().name(), check.name(), check.remedy()].map(str::to_owned);
            vec![severity, name, path.clone(), line, what.clone(), remedy]
        })
    });
    table::write(&["severity", "check", "path", "line", "what", "remedy"], rows)
}

fn summary(diagnosis: &Diagnosis) -> String {
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (diagnosis.count(severity), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect();
    if counts.is_empty() { "nothing to mend".to_owned() } else { counts.join(", ") }
}

fn section(finding: &Finding, look: &Look, out: &mut String) {
    let check = finding.check;
    let severity = look.paint(style(check.severity()), check.severity().name());
    let name = look.paint(TITLE, check.name());
    let _ = writeln!(out, "{severity}: {name}, {}", counted(finding.count, check.noun()));
    for sentence in [check.meaning().to_owned(), format!("mend: {}", check.remedy())] {
        for line in wrap_whole(&sentence, look.text_width().saturating_sub(2)) {
            let _ = writeln!(out, "  {}", look.line(&line, Style::new()));
        }
    }
    for place in &finding.places {
        let _ = writeln!(out, "{INDENT}{}", look.paint(DIM, &where_it_is(place)) + " " + &neutral(&place.what));
    }
    let more = finding.count - finding.places.len() as u64;
    if more > 0 {
        let _ = writeln!(out, "{INDENT}{}", look.paint(DIM, &format!("… and {} more (`--all`)", grouped(more))));
    }
}

/// `path:line`, as editors and terminals know to open it.
fn where_it_is(place: &Place) -> String {
    let path = neutral(&place.path);
    match place.line {
        Some(line) => format!("{path}:{line}:"),
        None => format!("{path}:"),
    }
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    color.on_default().bold()
}
