//! `search --batch`: requests in, answers out, in order.

use serde_json::{Value, json};

use crate::harness::Home;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn answers_each_line_in_its_place_and_goes_on_after_a_bad_one() {
    let home = Home::indexed();
    let requests = "{\"id\":\"a\",\"q\":\"remote\",\"facets\":[\"topic\"]}\n\
                    \n\
                    {\"id\":\"b\",\"q\":\"remote\",\"colour\":\"red\"}\n\
                    not json\n\
                    {\"id\":\"c\",\"q\":\"zebra\",\"total\":false}\n\
                    {\"id\":\"d\",\"q\":\"remote\",\"after\":\"yesterday\"}\n\
                    {\"q\":\"remote\",\"limit\":1}";
    home.write("requests.ndjson", format!("\u{feff}{requests}"));
    let written = home.run(["search", "--batch", "requests.ndjson"]).exits(2).check();
    let answers = lines(&written.stdout);
    assert_eq!(answers.len(), 6);

    assert_eq!((&answers[0]["id"], &answers[0]["total"]), (&json!("a"), &json!(3)));
    assert_eq!(answers[0]["facets"]["topic"][0]["count"], 2);
    assert_eq!(answers[1]["schema"], "healthnews.error/1");
    assert_eq!(
        (&answers[1]["id"], &answers[1]["line"], &answers[1]["code"]),
        (&json!("b"), &json!(3), &json!("bad_request"))
    );
    assert!(answers[1]["message"].as_str().unwrap().contains("`colour`"), "{}", answers[1]);
    assert_eq!((&answers[2]["id"], &answers[2]["line"]), (&Value::Null, &json!(4)));
    assert_eq!((&answers[3]["id"], &answers[3]["hits"]), (&json!("c"), &json!([])));
    assert_eq!((&answers[4]["id"], &answers[4]["schema"]), (&json!("d"), &json!("healthnews.error/1")));
    assert_eq!(answers[5]["hits"].as_array().unwrap().len(), 1);
}

#[test]
fn answers_from_standard_input_are_those_of_single_searches() {
    let home = Home::indexed();
    let mut single = home.run(["search", "remote", "--topic", "AI", "--json"]).json();
    let written = home
        .run(["search", "--batch", "-", "--format", "ndjson"])
        .stdin("{\"q\":\"remote\",\"topic\":[\"AI\"]}\n{\"q\":\"\"}\n")
        .check();
    let mut answers = lines(&written.stdout);
    assert_eq!(answers[1]["total"], 5);
    single["took_us"].take();
    answers[0]["took_us"].take();
    assert_eq!(answers[0], single);
}

#[test]
fn refuses_what_makes_no_sense_beside_it() {
    let home = Home::indexed();
    home.run(["search", "--batch", "-", "words"]).exits(2).stderr_has("cannot be used with").check();
    home.run(["search", "--batch", "-", "--topic", "AI"]).exits(2).stderr_has("cannot be used with").check();
    home.run(["search", "--batch", "-", "--format", "csv"]).exits(2).stderr_has("has no format `csv`").check();
    // Before a source is read.
    home.run(["search", "--batch", "-", "--source", "gone", "--format", "csv"])
        .exits(2)
        .stderr_has("no format")
        .check();
    home.run(["search", "--batch", "nowhere"]).exits(2).stderr_has("cannot read the requests in `nowhere`").check();
    home.run(["search", "--batch", "news"]).exits(2).stderr_has("cannot read the requests in `news`").check();
    home.run(["search", "--batch", "-"]).stdin("\n\n").stdout("").check();
    home.run(["search", "--batch", "-"]).stdin("[\"a\",\"remote\"]\n").exits(2).stdout_has("it is a list").check();
    home.run(["search", "--batch", "-"])
        .stdin("{\"min_quality\":101}\n")
        .exits(2)
        .stdout_has("grades are 0 to 100")
        .check();
    home.run(["search", "--batch", "-"]).stdin(b"\xff\xfe\n".as_slice()).exits(2).stdout_has("bad_request").check();
}

#[test]
fn an_id_comes_back_as_it_was_given_and_null_is_nothing() {
    let home = Home::indexed();
    let written = home
        .run(["search", "--batch", "-"])
        .stdin("{\"id\":7,\"q\":\"remote\",\"topic\":null}\n{\"id\":8,\"q\":1}\n{\"id\":9,\"q\":\"\",\"after\":\"x\"}\n{}\n")
        .exits(2)
        .check();
    let answers = lines(&written.stdout);
    assert_eq!((&answers[0]["id"], &answers[0]["total"]), (&json!(7), &json!(3)));
    assert_eq!(answers[0]["schema"], "healthnews.search/1");
    assert_eq!([&answers[1]["id"], &answers[2]["id"], &answers[3]["id"]], [&json!(8), &json!(9), &Value::Null]);
    assert_eq!(answers[1]["message"], "cannot understand the request: `q` has to be a text, not 1");
    assert_eq!(answers[3]["hint"], "name words in `q`, or a filter; `\"q\":\"\"` asks for every article");
}

#[test]
fn a_request_that_an_index_cannot_answer_ends_with_what_is_wrong_with_the_index() {
    let home = Home::with_news();
    // More than what is looked at as the index is opened.
    home.write("news/long.md", format!("---\ntitle: Remote care\n---\n{}\n", "Nothing else. ".repeat(5_000)));
    home.run(["index", "news", "-q"]).check();
    let generation = home.path().join("index/gen-000001");
    let files = std::fs::read_dir(generation).unwrap().map(|entry| entry.unwrap().path());
    let stores = files.filter(|path| path.extension().is_some_and(|extension| extension == "store"));
    let store = stores.max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&store).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&store, bytes).unwrap();
    home.run(["search", "--batch", "-"])
        .stdin("{\"q\":\"remote\"}\n{\"min_quality\":101}\n")
        .exits(3)
        .stdout_has("\"code\":\"index_damaged\"")
        .stdout_has("grades are 0 to 100")
        .check();
}
