//! `healthnews similar`: the curator's links, then the nearest.

use std::collections::HashSet;

use healthnews::article::Article;
use proptest::prelude::*;
use serde_json::json;

use crate::collection::{Collection, article, articles};
use crate::harness::Home;

#[test]
fn the_nearest_share_the_words_that_others_lack() {
    let mut articles: Vec<Article> = (10..60).map(|number| article(number, "Hospitals and money")).collect();
    articles.push(article(1, "Robots in eye surgery"));
    articles.push(article(2, "Eye surgery and robots: money"));
    articles.push(article(3, "Surgical theatres"));
    let collection = Collection::of(&articles);
    let similar = collection.searcher.similar(&articles[50].id.to_string(), 5).unwrap().unwrap();
    assert_eq!(similar.article.title, "Robots in eye surgery");
    assert_eq!(similar.hits.iter().map(|hit| hit.article.id.bits()).collect::<Vec<_>>(), [2, 3]);
    assert!(collection.searcher.similar("0000000000000099", 5).unwrap().is_none());
    assert!(collection.searcher.similar("no key", 5).unwrap().is_none());
}

#[test]
fn the_curators_links_come_first_and_lead_to_the_articles_that_are_there() {
    let home = Home::new();
    let card = |title: &str, url: &str, more: &str| {
        format!("---\ntitle: {title}\noriginalUrl: {url}\nexcerpt: Heart valves made of cells\n{more}---\n")
    };
    home.write(
        "news/a.md",
        card(
            "Valves",
            "https://a.org/valves",
            "related:\n  - title: Old name\n    webUrl: http://www.b.org/cells/\n  - title: Elsewhere\n    webUrl: https://c.org/x\n  \
             - title: Itself\n    webUrl: https://a.org/valves\n  - title: Again\n    webUrl: https://b.org/cells\n",
        ),
    );
    home.write("news/b.md", card("Cells", "https://b.org/cells", ""));
    home.write("news/d.md", card("Hearts", "https://d.org/hearts", ""));
    home.run(["index", "news", "-q"]).check();
    let answer = home.run(["similar", "https://a.org/valves", "--json"]).json();
    assert_eq!(answer["schema"], "healthnews.similar/1");
    let related = answer["related"].as_array().unwrap();
    assert_eq!(related.len(), 2, "neither itself nor one twice");
    assert_eq!((&related[0]["title"], related[0]["id"].is_string()), (&json!("Cells"), true));
    assert_eq!((&related[1]["title"], &related[1]["id"]), (&json!("Elsewhere"), &json!(null)));
    let hits = answer["hits"].as_array().unwrap();
    assert_eq!(
        hits.iter().map(|hit| &hit["title"]).collect::<Vec<_>>(),
        ["Hearts"],
        "what is linked is not told again"
    );
    home.run(["similar", "https://a.org/valves", "--limit", "1"])
        .stdout_has("Linked by the curator\n- Cells")
        .stdout_has("Nearest by words")
        .stdout_has(" 1. Hearts")
        .check();
    home.run(["similar", "https://nowhere.org"]).exits(1).stderr_has("no article has the id or address").check();
    home.run(["similar", "https://a.org/valves", "--format", "csv"]).exits(2).stderr_has("no format `csv`").check();

    // What was deleted is neither found nor counted.
    std::fs::remove_file(home.path().join("news/b.md")).unwrap();
    home.run(["index", "--force", "-q"]).check();
    let after = home.run(["similar", "https://a.org/valves", "--json"]).json();
    assert_eq!((&after["related"][0]["title"], &after["related"][0]["id"]), (&json!("Old name"), &json!(null)));
    assert_eq!(after["hits"].as_array().unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn it_is_never_itself_and_the_same_however_the_index_was_built(articles in articles(), limit in 0usize..5) {
        let (one, three) = (Collection::built_by(&articles, 1), Collection::built_by(&articles, 3));
        for article in articles.iter().take(4) {
            let similar = one.searcher.similar(&article.id.to_string(), limit).unwrap().unwrap();
            let ids: Vec<_> = similar.hits.iter().map(|hit| hit.article.id).collect();
            prop_assert!(ids.len() <= limit && !ids.contains(&article.id));
            prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
            let again = three.searcher.similar(&article.id.to_string(), limit).unwrap().unwrap();
            prop_assert_eq!(ids, again.hits.iter().map(|hit| hit.article.id).collect::<Vec<_>>());
            prop_assert_eq!(similar.words, again.words);
        }
    }
}
