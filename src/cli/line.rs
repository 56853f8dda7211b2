//! A request of a batch as it is written.

use healthnews::search::{RequestId, SearchRequest};
use serde_json::{Map, Value};

use super::failure::Failure;

/// What a request asks by: without any of these it would be for every article, which is more likely a mistake.
const ASKING: [&str; 11] = [
    "q",
    "topic",
    "provider",
    "scheme",
    "kind",
    "not_topic",
    "not_provider",
    "after",
    "before",
    "undated",
    "min_quality",
];

/// What is expected of a value: in the words of the parser, and in those of who writes requests.
const EXPECTED: [(&str, &str); 6] = [
    ("a string", "a text"),
    ("a sequence", "a list"),
    ("a boolean", "`true` or `false`"),
    ("usize", "a whole number"),
    ("u8", "a whole number"),
    ("string or map", "a name"),
];

/// The longest value that is repeated in a message, in characters.
const MAX_TOLD: usize = 60;

/// Reads a line.
pub(crate) fn read(line: &[u8]) -> Result<SearchRequest, Failure> {
    let fields = match serde_json::from_slice(line) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Array(_)) => return Err(refused(None, "it is a list", None)),
        Ok(_) => return Err(refused(None, "it is no object", None)),
        Err(error) => return Err(refused(None, &format!("it is no JSON ({})", without_place(&error)), None)),
    };
    let id = fields.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
    let is_asked = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(names) => !names.is_empty(),
        _ => true,
    };
    if !ASKING.iter().any(|name| fields.get(*name).is_some_and(is_asked)) {
        let hint = "name words in `q`, or a filter; `\"q\":\"\"` asks for every article";
        return Err(refused(id, "it asks for nothing", Some(hint.to_owned())));
    }
    serde_json::from_slice(line).map_err(|error| {
        let (reason, hint) = fields.iter().find_map(wrong).unwrap_or_else(|| (without_place(&error), None));
        refused(id, &reason, hint)
    })
}

fn refused(id: Option<RequestId>, reason: &str, hint: Option<String>) -> Failure {
    let usual = || "a request is one JSON object on one line, such as {\"q\":\"remote monitoring\"}".to_owned();
    let message = format!("cannot understand the request: {reason}");
    Failure::bad_request(message, hint.unwrap_or_else(usual)).of_request(id)
}

/// What is wrong with a field, and advice; `None` where nothing is.
fn wrong((name, value): (&String, &Value)) -> Option<(String, Option<String>)> {
    let alone: Map<String, Value> = [(name.clone(), value.clone())].into_iter().collect();
    let error = serde_json::from_value::<SearchRequest>(Value::Object(alone)).err()?.to_string();
    let expected = error.split_once("expected ").map_or(error.as_str(), |(_, expected)| expected);
    if error.starts_with("unknown field") {
        let fields = expected.trim_start_matches("one of ");
        return Some((format!("no field is called `{}`", cut(name)), Some(format!("the fields are {fields}"))));
    }
    let expected = EXPECTED.iter().find(|(theirs, _)| *theirs == expected).map_or(expected, |(_, ours)| ours);
    let of_all = ["invalid type: sequence", "expected "].iter().any(|told| error.starts_with(told));
    let each = if value.is_array() && !of_all { "each value of " } else { "" };
    Some((format!("{each}`{name}` has to be {expected}, not {}", cut(&value.to_string())), None))
}

fn cut(text: &str) -> String {
    let mut told: String = text.chars().take(MAX_TOLD).collect();
    if told.len() < text.len() {
        told.push('…');
    }
    told
}

/// The reason without its place: the line of the batch is told elsewhere, and the column is of little use.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use healthnews::search::RequestId;

    use super::read;

    #[test]
    fn says_what_is_wrong_in_the_words_of_a_request() {
        for (line, reason) in [
            ("{}", "it asks for nothing"),
            ("{\"limit\":3,\"q\":null}", "it asks for nothing"),
            ("{\"topic\":[],\"undated\":false}", "it asks for nothing"),
            ("[\"a\"]", "it is a list"),
            ("5", "it is no object"),
            ("{\"q\":", "it is no JSON (EOF while parsing a value)"),
            ("{\"q\":\"a\",\"colour\":1}", "no field is called `colour`"),
            ("{\"q\":5}", "`q` has to be a text, not 5"),
            ("{\"q\":\"a\",\"q\":\"b\"}", "duplicate field `q`"),
            ("{\"q\":\"a\",\"topic\":\"AI\"}", "`topic` has to be a list, not \"AI\""),
            ("{\"q\":\"a\",\"topic\":[null]}", "each value of `topic` has to be a text, not [null]"),
            ("{\"q\":\"a\",\"limit\":-1}", "`limit` has to be a whole number, not -1"),
            ("{\"q\":\"a\",\"exact\":\"yes\",\"topic\":null}", "`exact` has to be `true` or `false`, not \"yes\""),
            ("{\"q\":\"a\",\"min_quality\":400}", "`min_quality` has to be a whole number, not 400"),
            (
                "{\"q\":\"a\",\"sort\":\"best\"}",
                "`sort` has to be one of `relevance`, `newest`, `oldest`, `quality`, not \"best\"",
            ),
            ("{\"q\":\"a\",\"sort\":1}", "`sort` has to be a name, not 1"),
            ("{\"q\":\"a\",\"id\":[1]}", "`id` has to be a text or a number, not [1]"),
        ] {
            let failure = read(line.as_bytes()).expect_err(line);
            assert_eq!(failure.message, format!("cannot understand the request: {reason}"), "{line}");
        }
    }

    #[test]
    fn null_is_as_if_it_were_not_there() {
        let request = |line: &str| read(line.as_bytes()).unwrap();
        let nulls =
            "{\"q\":\"a\",\"id\":null,\"topic\":null,\"limit\":null,\"sort\":null,\"facets\":null,\"exact\":null}";
        assert_eq!(request(nulls), request("{\"q\":\"a\"}"));
        assert_eq!(request("{\"topic\":[\"AI\"]}").topic, ["AI"]);
        assert_eq!(request("{\"q\":\"\"}").q, "");
        assert_eq!(request("{\"id\":7,\"q\":\"a\"}").id, Some(RequestId::Number(7.into())));
    }
}
