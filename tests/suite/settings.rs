//! Where settings come from, and which one wins.

use std::fs;

use crate::harness::{Home, NEWS};

#[test]
fn the_index_is_named_by_flag_then_environment_then_file_then_default() {
    let home = Home::with_news();
    home.write("healthnews.toml", "index = \"from-file\"\n");
    for (name, source) in [("from-flag", "scans"), ("from-env", "taiwan"), ("from-file", "wearables")] {
        home.run(["index", "--index", name, &format!("news/{source}.md"), "-q"]).check();
    }
    let index = |line: &str| format!("index      {line} (gen-000001");
    home.run(["status", "--index", "from-flag"])
        .env("HEALTHNEWS_INDEX", "from-env")
        .stdout_has(index("from-flag"))
        .check();
    home.run(["status"]).env("HEALTHNEWS_INDEX", "from-env").stdout_has(index("from-env")).check();
    home.run(["status"]).stdout_has("from-file (gen-000001").stdout_has("news/wearables.md").check();
    // The file is found from further down, and what it names is relative to it.
    home.run(["status"]).dir(home.path().join("news")).stdout_has("from-file (gen-000001").check();
    home.run(["status"]).env("HEALTHNEWS_INDEX", "").stdout_has("from-file (gen-000001").check();
    // So is the index that it does not name.
    home.write("healthnews.toml", "");
    home.run(["index", "news/scans.md", "-q"]).check();
    home.run(["status"]).dir(home.path().join("news")).stdout_has("articles   1\n").check();
    home.run(["search", "scans", "--index", "../index"]).dir(home.path().join("news")).stdout_has("AI reads").check();
    fs::remove_dir_all(home.path().join("index")).unwrap();
    home.write("other.toml", "");
    home.run(["status", "--config", "other.toml"]).exits(3).stderr_has("no index in `index`").check();
}

#[test]
fn the_file_names_sources_and_keys() {
    let home = Home::new();
    home.write("set/healthnews.toml", "sources = [\"stories\"]\n\n[keys]\ntitle = [\"headline\"]\n");
    home.write(
        "set/stories/a.md",
        format!("---\nheadline: Pumps for all\n{}", &NEWS[3].1[4..].replace("title:", "name:")),
    );
    home.run(["index", "-q"]).dir(home.path().join("set")).check();
    home.run(["search", "pumps"]).dir(home.path().join("set")).stdout_has("Pumps for all").check();
    home.run(["index"]).dir(home.path().join("set")).stderr_has("nothing has changed").check();
    home.write("set/healthnews.toml", "sources = [\"stories\"]\n\n[keys]\ntitle = [\"headline\", \"name\"]\n");
    home.run(["index"]).dir(home.path().join("set")).stderr_has("1 file read").check();
}

#[test]
fn the_file_sets_the_strengths_of_the_ranking() {
    let home = Home::indexed();
    let first = |home: &Home| -> String {
        let answer = home
            .run(["search", "remote scans OR remote monitoring", "--json", "--as-of", "2022-02-01", "--explain"])
            .json();
        answer["hits"][0]["explain"]["quality"].to_string()
    };
    assert_ne!(first(&home), "1.0");
    home.write("healthnews.toml", "[ranking]\nquality_strength = 0.0\nhalf_life_days = 30\n");
    assert_eq!(first(&home), "1.0");
    home.write("healthnews.toml", "[ranking]\nquality_strength = 1.5\n");
    home.run(["search", "x"]).exits(2).stderr_has("the quality strength must be from 0 to below 1, not 1.5").check();
}

#[test]
fn a_wrong_key_is_an_error_with_its_line() {
    let home = Home::indexed();
    home.write("healthnews.toml", "index = \"index\"\ncolour = \"red\"\n");
    home.run(["status"]).exits(2).stderr_has("healthnews.toml:2: unknown field `colour`").check();
    home.write("healthnews.toml", "index = [\n");
    home.run(["status"]).exits(2).stderr_has("healthnews.toml:1: ").check();
    home.write("healthnews.toml", "[keys]\nheadline = [\"x\"]\n");
    home.run(["status"])
        .exits(2)
        .stderr_has("no field of an article is called `headline`")
        .stderr_has("hint: the fields are")
        .check();
    home.run(["status", "--config", "nowhere.toml"]).exits(2).stderr_has("cannot read `nowhere.toml`").check();
}
