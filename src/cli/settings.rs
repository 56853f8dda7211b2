//! [`Settings`]: flag > environment > `healthnews.toml` > default.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use healthnews::ingest::Mapping;
use healthnews::query::Vocabulary;
use healthnews::search::Ranking;
use healthnews::{Error, InvalidValue, Result};
use serde::Deserialize;

use super::arguments::Global;

const FILE: &str = "healthnews.toml";
const DEFAULT_INDEX: &str = "index";

/// What is not said anew with every command.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The folder of the index.
    pub(crate) index: PathBuf,
    /// What to read when no source is named, and the folder these are relative to.
    pub(crate) sources: Vec<String>,
    /// The folder that `sources` are relative to.
    pub(crate) base: PathBuf,
    /// Which keys are which field.
    pub(crate) mapping: Mapping,
    /// The strengths of the factors.
    pub(crate) ranking: Ranking,
    /// Other names for the words of a query.
    pub(crate) vocabulary: Vocabulary,
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    index: Option<PathBuf>,
    sources: Vec<String>,
    /// Field → more keys it may be under.
    keys: BTreeMap<String, Vec<String>>,
    /// A file with more names, relative to this one.
    vocabulary: Option<PathBuf>,
    ranking: RankingKeys,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RankingKeys {
    quality_strength: Option<f64>,
    freshness_strength: Option<f64>,
    half_life_days: Option<f64>,
    nearness_strength: Option<f64>,
}

impl Settings {
    /// Brings arguments, environment (known to the arguments) and file together.
    pub(crate) fn load(global: &Global) -> Result<Self> {
        let current =
            std::env::current_dir().map_err(|cause| Error::Io { action: "find", path: PathBuf::from("."), cause })?;
        let path = match &global.config {
            Some(path) => Some(path.clone()),
            None => current.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file()),
        };
        let Some(path) = path else {
            return Ok(Self::of(
                File::default(),
                global,
                current,
                Mapping::default(),
                Ranking::default(),
                Vocabulary::default(),
            ));
        };
        let text = fs::read_to_string(&path)
            .map_err(|cause| Error::Io { action: "read", path: path.clone(), cause })
            .map_err(|error| if global.config.is_some() { usage(error.to_string()) } else { error })?;
        let file = parse(&path, &text)?;
        let mapping = mapping(&file).map_err(|error| placed(&path, &error))?;
        let ranking = ranking(&file).map_err(|error| usage(format!("{}: {error}", path.display())))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let base =
            std::path::absolute(folder).map_err(|cause| Error::Io { action: "find", path: path.clone(), cause })?;
        let vocabulary =
            file.vocabulary.as_ref().map_or_else(|| Ok(Vocabulary::default()), |path| vocabulary(&base.join(path)))?;
        Ok(Self::of(file, global, base, mapping, ranking, vocabulary))
    }

    fn of(
        file: File,
        global: &Global,
        base: PathBuf,
        mapping: Mapping,
        ranking: Ranking,
        vocabulary: Vocabulary,
    ) -> Self {
        // An empty variable counts as none.
        let named = global.index.as_ref().filter(|index| !index.is_empty()).map(PathBuf::from);
        let index = named.or_else(|| file.index.map(|index| base.join(index)));
        let is_here = std::env::current_dir().is_ok_and(|current| current == base);
        let default_index = || if is_here { PathBuf::from(DEFAULT_INDEX) } else { base.join(DEFAULT_INDEX) };
        Self { index: index.unwrap_or_else(default_index), sources: file.sources, base, mapping, ranking, vocabulary }
    }
}

fn parse(path: &Path, text: &str) -> Result<File> {
    toml::from_str(text).map_err(|error| {
        let line =
            error.span().map_or(1, |span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        usage(format!("{}:{line}: {}", path.display(), error.message().trim().replace('\n', " ")))
    })
}

fn mapping(file: &File) -> Result<Mapping> {
    let add =
        |mapping: Mapping, (field, keys): (&String, &Vec<String>)| Ok(mapping.with_extra(field.parse()?, keys.clone()));
    file.keys.iter().try_fold(Mapping::default(), add)
}

fn ranking(file: &File) -> std::result::Result<Ranking, InvalidValue> {
    let default = Ranking::default();
    let keys = &file.ranking;
    let ranking = Ranking {
        quality_strength: keys.quality_strength.unwrap_or(default.quality_strength),
        freshness_strength: keys.freshness_strength.unwrap_or(default.freshness_strength),
        half_life_days: keys.half_life_days.unwrap_or(default.half_life_days),
        nearness_strength: keys.nearness_strength.unwrap_or(default.nearness_strength),
    };
    ranking.check().map(|()| ranking)
}

/// Our own names and those of a file.
fn vocabulary(path: &Path) -> Result<Vocabulary> {
    let text = fs::read_to_string(path)
        .map_err(|cause| usage(Error::Io { action: "read", path: path.to_owned(), cause }.to_string()))?;
    Vocabulary::default().with(&text).map_err(|error| usage(format!("{}:{}: {error}", path.display(), error.line)))
}

fn usage(message: String) -> Error {
    Error::Usage { message, hint: None }
}

fn placed(path: &Path, error: &Error) -> Error {
    Error::Usage { message: format!("{}: {error}", path.display()), hint: error.hint() }
}

#[cfg(test)]
mod tests {
    use super::{mapping, parse, ranking};
    use std::path::Path;

    fn problem(text: &str) -> String {
        match parse(Path::new("healthnews.toml"), text) {
            Err(error) => error.to_string(),
            Ok(file) => {
                let wrong_key = mapping(&file).err().map(|error| error.to_string());
                wrong_key.or(ranking(&file).err().map(|error| error.to_string())).unwrap_or_default()
            }
        }
    }

    #[test]
    fn says_where_a_key_is_unknown() {
        let text = problem("index = \"i\"\n\n[ranking]\nquality = 3\n");
        assert!(text.starts_with("healthnews.toml:4: unknown field `quality`"), "{text}");
        assert!(problem("index = \n").starts_with("healthnews.toml:1: "));
        assert_eq!(problem("[keys]\nheadline = [\"h1\"]\n"), "no field of an article is called `headline`");
        assert_eq!(problem("[ranking]\nhalf_life_days = 0.0\n"), "the half-life must be above 0 days, not 0");
        assert_eq!(problem("index = \"i\"\nsources = [\"news\"]\n[keys]\ntitle = [\"h1\"]\n"), "");
    }
}
