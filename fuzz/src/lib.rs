//! What the targets share: a place for files, and bytes read through the one way in that every file takes.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use healthnews::ingest::{Mapping, Silent, Source, read, survey};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A folder of this process, in the one for temporary files. A file is written for each input: `fuzz/run` names one in memory.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("healthnews-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for inputs");
    folder
});

/// This thread alone: handing one file to another thread would cost more than reading it.
static POOL: LazyLock<ThreadPool> = LazyLock::new(|| {
    ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a pool of this thread")
});

/// Reads the parts, one after the other, as one file and checks what holds for every file.
pub fn read_as_file(parts: &[&[u8]]) {
    fs::write(FOLDER.join("input"), parts.concat()).expect("write the input");
    let found = survey(&[Source::parse("input", &FOLDER)]).expect("the file is there");
    let read = || read(&found, &Mapping::default(), &Silent);
    let mut articles = POOL.install(read).expect("no input stops a run");
    let mut last = None;
    for article in articles.by_ref() {
        let article = article.expect("records can be stored");
        assert!(last < Some(article.id), "articles come in the order of their ids, each once");
        last = Some(article.id);
        let texts = [Some(&article.title), article.excerpt.as_ref(), article.body.as_ref()];
        for text in texts.into_iter().flatten() {
            assert!(!text.is_empty() && text.trim() == text, "an absent text is none: {text:?}");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "control characters: {text:?}");
        }
        assert!(!article.title.contains('\n') && !article.sources.is_empty());
    }
    let report = articles.into_report();
    assert_eq!((report.files, report.records), (1, report.articles + report.merged));
    assert!(report.rejected == 0 || !report.problems.is_empty(), "a rejected file has a problem");
}
