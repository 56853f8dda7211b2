//! `healthnews search --batch`: one request per line, one answer per line, in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use healthnews::Error;
use healthnews::search::{SearchRequest, Searcher};

use super::failure::Failure;
use super::output::document;
use super::{Context, Exit};

/// Answers the requests of a file, `-` for standard input. Empty lines are passed over.
pub(crate) fn run(context: &Context, file: &Path) -> Result<Exit> {
    if let Some(format) = context.global.chosen_format().filter(|format| !format.is_json()) {
        return Err(format.unfit("search --batch", "`json` and `ndjson`").into());
    }
    let unreadable = |cause: io::Error| Error::Usage {
        message: format!("cannot read the requests in `{}`: {cause}", file.display()),
        hint: Some("name a file with one JSON object on each line, or `-`".to_owned()),
    };
    let live = file == Path::new("-");
    let mut requests: Box<dyn BufRead> = if live {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file).and_then(|opened| {
            if opened.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(opened) }
        });
        Box::new(BufReader::new(opened.map_err(unreadable)?))
    };
    let searcher = context.searcher()?;
    let mut stdout = BufWriter::new(io::stdout().lock());
    let mut exit = Exit::Done;
    let mut request = Vec::new();
    for line in 1.. {
        request.clear();
        if requests.read_until(b'\n', &mut request).map_err(unreadable)? == 0 {
            break;
        }
        let request = request.strip_prefix(b"\xef\xbb\xbf").filter(|_| line == 1).unwrap_or(&request).trim_ascii();
        if request.is_empty() {
            continue;
        }
        match answer(&searcher, request) {
            Ok(response) => stdout.write_all(&response)?,
            Err(mut failure) => {
                failure.line = Some(line);
                stdout.write_all(&document(&failure)?)?;
                exit = exit.max(failure.exit);
            }
        }
        // Whoever asks by and by waits for each answer.
        if live {
            stdout.flush()?;
        }
    }
    stdout.flush()?;
    Ok(exit)
}

fn answer(searcher: &Searcher, line: &[u8]) -> Result<Vec<u8>, Box<Failure>> {
    let bad_request = |reason: &str| {
        let hint = "a request is one JSON object on one line, such as {\"q\":\"remote monitoring\"}";
        Failure::bad_request(format!("cannot understand the request: {reason}"), hint)
    };
    // A list of values would be taken for those of the fields, in their order.
    if line.starts_with(b"[") {
        return Err(Box::new(bad_request("it is a list")));
    }
    let request: SearchRequest = serde_json::from_slice(line).map_err(|error| {
        let mut failure = bad_request(&reason(&error));
        let value: Option<serde_json::Value> = serde_json::from_slice(line).ok();
        failure.id = value.and_then(|value| value.get("id")?.as_str().map(str::to_owned));
        Box::new(failure)
    })?;
    let failed = |error: Error| {
        let mut failure = Failure::of_library(&error);
        failure.id.clone_from(&request.id);
        Box::new(failure)
    };
    let response = searcher.search(&request).map_err(failed)?;
    document(&response).map_err(|error| failed(Error::Source { path: "the answer".to_owned(), cause: error }))
}

/// The reason without its place: the line of the batch is told elsewhere, and the column is of little use.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
