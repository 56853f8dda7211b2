//! `healthnews show`: one article with all its fields.

use anyhow::Result;
use clap::Args;
use healthnews::article::Article;
use serde::Serialize;

use super::failure::Failure;
use super::output::{self, Format, document, print};
use super::{Context, Exit};

/// The arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The article's id or address
    #[arg(value_name = "ID|URL")]
    key: String,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    #[serde(flatten)]
    article: &'a Article,
}

/// Runs the command.
pub(crate) fn run(context: &Context, arguments: &Arguments) -> Result<Exit> {
    context.format().fits("show", &[Format::Text, Format::Json, Format::Ndjson, Format::Ris, Format::Bibtex])?;
    let Some(article) = context.searcher()?.find(&arguments.key)? else {
        return Ok(not_found(context, &arguments.key));
    };
    let bytes = match context.format() {
        Format::Json | Format::Ndjson => document(&Document { schema: "healthnews.article/1", article: &article })?,
        Format::Ris => output::ris::record(&article.into()).into_bytes(),
        Format::Bibtex => output::bibtex::entry(&article.into()).into_bytes(),
        _ => output::page(&article, context.look).into_bytes(),
    };
    print(&bytes)?;
    Ok(Exit::Done)
}

/// Tells that there is no such article.
pub(super) fn not_found(context: &Context, key: &str) -> Exit {
    let message = format!("no article has the id or address `{key}`");
    Failure::not_found(message, "`healthnews search WORDS --verbose` tells the ids of articles")
        .tell(context.format().is_json())
}
