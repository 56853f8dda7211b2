//! `healthnews search --batch`: one request per line, one answer per line, in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::num::NonZeroU64;
use std::path::Path;

use anyhow::Result;
use healthnews::Error;
use healthnews::search::Searcher;

use super::failure::Failure;
use super::output::document;
use super::{Context, Exit, line};

/// Answers the requests of a file, `-` for standard input. Empty lines are passed over.
pub(crate) fn run(context: &Context, file: &Path) -> Result<Exit> {
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
                failure.line = NonZeroU64::new(line);
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

fn answer(searcher: &Searcher, line: &[u8]) -> Result<Vec<u8>, Failure> {
    let request = line::read(line)?;
    let failed = |failure: Failure| failure.of_request(request.id.clone());
    let response = searcher.search(&request).map_err(|error| failed(Failure::of_library(&error)))?;
    document(&response).map_err(|error| failed(Failure::internal(error.to_string())))
}
