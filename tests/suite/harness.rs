//! A folder for one test, and runs of the program in it.
//!
//! Silence on standard error and exit code 0 are expected unless a test says otherwise. Every mismatch of a run is shown at once.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_healthnews");

/// Five small articles: two on AI, one graded high, one without a date, one in Chinese.
pub(crate) const NEWS: [(&str, &str); 5] = [
    (
        "news/telehealth.md",
        "---\ntitle: Telehealth visits double in rural clinics\nexcerpt: Remote visits have doubled since spring.\n\
         publishedDateTime: 2021-03-04\noriginalUrl: https://www.ruralhealth.com/telehealth\nquality: 60\n\
         provider:\n  name: Rural Health Daily\n  domain: ruralhealth.com\ntopics:\n  - Telehealth\n  - \"Gartner: Healthcare\"\n---\n\
         <p>Clinics report that <b>remote</b> visits are here to stay.</p>\n",
    ),
    (
        "news/monitoring.md",
        "---\ntitle: Remote patient monitoring cuts readmissions\nexcerpt: Monitoring at home keeps patients out of hospital.\n\
         publishedDateTime: 2021-11-29T20:06:00Z\noriginalUrl: https://beckers.com/monitoring\nquality: 39\ntype: article\n\
         provider:\n  name: Becker's Hospital Review\n  domain: beckers.com\ntopics:\n  - Remote Monitoring\n  - AI\n\
         related:\n  - title: Telehealth visits double\n    webUrl: https://www.ruralhealth.com/telehealth\n---\n",
    ),
    (
        "news/scans.md",
        "---\ntitle: AI reads remote scans\nexcerpt: An algorithm looks at scans from afar.\npublishedDateTime: 2022-01-15T08:00:00Z\n\
         originalUrl: https://forbes.com/scans\nquality: 80\nauthor: Ada Writer\nprovider:\n  name: Forbes\n  domain: forbes.com\n\
         topics:\n  - ai\n---\nRadiologists agree.\n",
    ),
    (
        "news/wearables.md",
        "---\ntitle: A film about wearables\noriginalUrl: https://forbes.com/wearables\ntype: video\n\
         provider:\n  name: Forbes Magazine\n  domain: www.forbes.com\n---\n",
    ),
    (
        "news/taiwan.md",
        "---\ntitle: 台灣的遠距醫療 👩\u{200d}⚕️\nexcerpt: 遠距監測幫助慢性病患者。\npublishedDateTime: 2021-11-02\n\
         originalUrl: https://example.tw/遠距\n---\n",
    ),
];

/// A folder that lives as long as the test.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    /// Empty.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// With [`NEWS`] in `news/`.
    pub(crate) fn with_news() -> Self {
        let home = Self::new();
        for (path, text) in NEWS {
            home.write(path, text);
        }
        home
    }

    /// With [`NEWS`] and an index of it in `index/`.
    pub(crate) fn indexed() -> Self {
        let home = Self::with_news();
        home.run(["index", "news", "--quiet"]).check();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("create a folder");
        fs::write(&path, text).expect("write a file");
        path
    }

    /// A run of the program in this folder.
    pub(crate) fn run<S: Into<OsString>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = Command::new(PROGRAM);
        command.args(arguments.into_iter().map(Into::into)).current_dir(self.path());
        clean_environment(&mut command);
        Run { command, stdin: Vec::new(), expected: Expected::default() }
    }
}

/// Sends a signal (`-INT`, `-TERM`) to a program.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Takes out whatever the tester's own settings would change.
pub(crate) fn clean_environment(command: &mut Command) {
    let proxies = ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy"];
    for name in
        proxies.into_iter().chain(["HEALTHNEWS_INDEX", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"])
    {
        command.env_remove(name);
    }
}

/// A run and what is expected of it.
#[must_use = "a run happens with `check` or `json`"]
pub(crate) struct Run {
    command: Command,
    stdin: Vec<u8>,
    expected: Expected,
}

#[derive(Default)]
struct Expected {
    exit: i32,
    stdout: Option<String>,
    stdout_has: Vec<String>,
    stderr_has: Vec<String>,
    stderr: Option<String>,
}

/// What a run wrote.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    pub(crate) fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    pub(crate) fn exits(mut self, code: i32) -> Self {
        self.expected.exit = code;
        self
    }

    pub(crate) fn stdout(mut self, text: impl Into<String>) -> Self {
        self.expected.stdout = Some(text.into());
        self
    }

    pub(crate) fn stdout_has(mut self, part: impl Into<String>) -> Self {
        self.expected.stdout_has.push(part.into());
        self
    }

    pub(crate) fn stderr(mut self, text: impl Into<String>) -> Self {
        self.expected.stderr = Some(text.into());
        self
    }

    pub(crate) fn stderr_has(mut self, part: impl Into<String>) -> Self {
        self.expected.stderr_has.push(part.into());
        self
    }

    /// Starts and leaves the rest to the caller, who holds the ends of all pipes.
    pub(crate) fn start(&mut self) -> Child {
        let piped = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().expect("the program starts")
    }

    /// Runs and panics with every mismatch.
    pub(crate) fn check(mut self) -> Written {
        let mut child = self.start();
        let Self { command, stdin, expected } = self;
        // A program that does not read its input closes it: no failure of the test.
        let _ = child.stdin.take().expect("piped").write_all(&stdin);
        let output = child.wait_with_output().expect("the program ends");
        let written = Written {
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
        };

        let mut wrong = String::new();
        if output.status.code() != Some(expected.exit) {
            let _ = writeln!(wrong, "- exit: expected {}, got {:?}", expected.exit, output.status.code());
        }
        if let Some(stdout) = &expected.stdout
            && *stdout != written.stdout
        {
            let _ = writeln!(wrong, "- standard output: expected\n{stdout}");
        }
        for part in expected.stdout_has.iter().filter(|part| !written.stdout.contains(part.as_str())) {
            let _ = writeln!(wrong, "- standard output lacks `{part}`");
        }
        match &expected.stderr {
            Some(stderr) if *stderr != written.stderr => {
                let _ = writeln!(wrong, "- standard error: expected\n{stderr}");
            }
            None if expected.stderr_has.is_empty() && !written.stderr.is_empty() => {
                wrong.push_str("- standard error: expected nothing\n");
            }
            _ => {}
        }
        for part in expected.stderr_has.iter().filter(|part| !written.stderr.contains(part.as_str())) {
            let _ = writeln!(wrong, "- standard error lacks `{part}`");
        }
        assert!(
            wrong.is_empty(),
            "{command:?}\n{wrong}--- standard output\n{}--- standard error\n{}---",
            written.stdout,
            written.stderr
        );
        written
    }

    /// Runs and reads standard output as one JSON document on one line.
    pub(crate) fn json(self) -> Value {
        let written = self.check();
        assert_eq!(written.stdout.lines().count(), 1, "one line: {}", written.stdout);
        serde_json::from_str(&written.stdout).expect("JSON on standard output")
    }
}
