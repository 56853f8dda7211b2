//! The README's commands do what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use healthnews::search::SearchRequest;

use crate::collection::{Collection, article};
use crate::harness::{Home, PROGRAM, clean_environment};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The lines after `$ ` in fenced `console` blocks.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let mut commands = Vec::new();
    let mut is_console = false;
    for line in readme.lines() {
        if let Some(language) = line.strip_prefix("```") {
            is_console = language == "console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            commands.push(command.to_owned());
        }
    }
    commands
}

#[cfg(unix)]
#[test]
fn its_commands_run_in_their_order() {
    let home = Home::new();
    std::os::unix::fs::symlink(Path::new(ROOT).join("fixtures"), home.path().join("fixtures")).unwrap();
    let commands = commands();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        if command == "cargo test" {
            // This is it.
            continue;
        }
        // The program is built already: `cargo run --` and the installed name stand for it.
        let line = match command.strip_prefix("cargo run -- ") {
            Some(arguments) => format!("healthnews {arguments}"),
            None => command.clone(),
        };
        let mut shell = Command::new("sh");
        clean_environment(&mut shell);
        let script = format!("healthnews() {{ \"$PROGRAM\" \"$@\"; }}; {line}");
        let output = shell.args(["-ec", &script]).env("PROGRAM", PROGRAM).current_dir(home.path()).output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command}\n{stdout}{stderr}");
        assert!(!stderr.contains("error") && !stderr.contains("warning"), "{command}\n{stderr}");
        if !line.starts_with("healthnews index") {
            assert!(!stdout.trim().is_empty(), "{command}\n{stderr}");
        }
        if command.starts_with("cargo run") {
            for part in ["articles (", "Topics\n", "Providers\n", "Months\n"] {
                assert!(stdout.contains(part), "{part}\n{stdout}");
            }
        }
    }
}

#[test]
fn its_settings_are_accepted_and_are_the_defaults() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let settings = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let home = Home::indexed();
    let arguments = ["search", "remote", "--explain", "--format", "ndjson", "--as-of", "2022-02-01"];
    let by_default = home.run(arguments).check().stdout;
    home.write("healthnews.toml", settings);
    home.write("names.txt", "");
    home.run(arguments).stdout(by_default).check();
}

/// The texts in backticks of a cell.
fn spans(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn its_examples_of_words_find_what_it_says() {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let tables = readme.split("| query | finds | does not find |\n").skip(1);
    let rows = tables.flat_map(|table| table.lines().skip(1).take_while(|line| line.starts_with('|')));
    let mut wrong = Vec::new();
    let mut queries = 0;
    for row in rows {
        let cells: Vec<Vec<String>> = row.split('|').skip(1).take(3).map(spans).collect();
        let [typed, found, missed] = cells.as_slice() else { panic!("{row}") };
        let titles: Vec<&String> = found.iter().chain(missed).collect();
        let articles: Vec<_> = titles.iter().zip(1..).map(|(title, number)| article(number, title)).collect();
        let collection = Collection::of(&articles);
        for query in typed {
            queries += 1;
            let response =
                collection.search(&SearchRequest { q: query.clone(), limit: 100, ..SearchRequest::default() });
            let mut finds: Vec<&str> = response.hits.iter().map(|hit| hit.article.title.as_str()).collect();
            finds.sort_unstable();
            let mut expected: Vec<&str> = found.iter().map(String::as_str).collect();
            expected.sort_unstable();
            if response.relaxed || finds != expected {
                wrong.push(format!("`{query}` finds {finds:?}, not {expected:?}"));
            }
        }
    }
    assert!(queries > 50, "the tables are not found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn its_links_lead_somewhere() {
    for file in ["README.md", "docs/ARCHITECTURE.md", "docs/DEPENDENCIES.md", "docs/RELEVANCE.md", "CHANGELOG.md"] {
        let path = Path::new(ROOT).join(file);
        let text = fs::read_to_string(&path).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !target.starts_with("http") && !target.starts_with('<') {
                assert!(path.parent().unwrap().join(target).exists(), "{file}: {target}");
            }
        }
    }
}
