//! Words to leave out, as arguments of their own: `healthnews search telehealth -hype`.
//!
//! Clap takes what begins with a hyphen for options. Such words come to it with a space in front, which makes them values; it is taken
//! off again where the words of a query are joined.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _};

use super::Arguments;

/// The commands whose words are a query.
const ASK: [&str; 2] = ["search", "facets"];

/// The arguments of a command line, with words to leave out as values.
pub(super) fn as_values(mut typed: Vec<OsString>) -> Vec<OsString> {
    let Some((at, name)) = asking(&typed) else { return typed };
    let behind = at + 1..behind_words(&typed).max(at + 1);
    if !typed[behind.clone()].iter().any(|argument| with_one_hyphen(argument).is_some()) {
        return typed;
    }
    let mut command = Arguments::command();
    command.build();
    let Some(command) = command.find_subcommand(name) else { return typed };
    let mut is_value = false;
    for argument in &mut typed[behind] {
        if !is_value && let Some(word) = with_one_hyphen(argument).filter(|word| !is_option(word, command)) {
            *argument = format!(" -{word}").into();
        }
        is_value = wants_value(argument, command);
    }
    typed
}

/// The first option among the arguments that is written with one hyphen too few: `json` for `-json`.
pub(super) fn one_hyphen_too_few(typed: &[OsString]) -> Option<&str> {
    let mut command = Arguments::command();
    command.build();
    let options: Vec<&str> = std::iter::once(&command)
        .chain(command.get_subcommands())
        .flat_map(Command::get_arguments)
        .filter_map(Arg::get_long)
        .collect();
    let mut words = typed[..behind_words(typed)].iter().filter_map(with_one_hyphen).map(name_of);
    words.find(|word| options.contains(word))
}

/// The command that asks the index and its place among the arguments, if it is one of those.
fn asking(typed: &[OsString]) -> Option<(usize, &'static str)> {
    let command = |argument: &OsString| ASK.into_iter().find(|name| argument == name);
    typed.iter().enumerate().find_map(|(at, argument)| Some((at, command(argument)?)))
}

/// The place behind the last argument that may be an option: that of `--`.
fn behind_words(typed: &[OsString]) -> usize {
    typed.iter().position(|argument| argument == "--").unwrap_or(typed.len())
}

/// What stands behind the one hyphen that an argument begins with. One sign alone is an option, known or not.
fn with_one_hyphen(argument: &OsString) -> Option<&str> {
    let word = argument.to_str()?.strip_prefix('-')?;
    (!word.starts_with('-') && word.chars().nth(1).is_some()).then_some(word)
}

/// Whether a word behind one hyphen is options: switches in one (`-qv`), a number for one (`-n20`), or the name of one (`-json`), which
/// is an error that says so.
fn is_option(word: &str, command: &Command) -> bool {
    let letters = |with_value| {
        let options = command.get_arguments().filter(move |option| option.get_action().takes_values() == with_value);
        options.filter_map(Arg::get_short).collect::<Vec<char>>()
    };
    let number = word.strip_prefix(letters(true).as_slice());
    number.is_some_and(|number| number.trim_start_matches('=').bytes().all(|byte| byte.is_ascii_digit()))
        || word.chars().all(|letter| letters(false).contains(&letter))
        || command.get_arguments().any(|option| option.get_long() == Some(name_of(word)))
}

/// The name of an option that may have its value in the same argument.
fn name_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

/// Whether the next argument is the value of this one.
fn wants_value(argument: &OsString, command: &Command) -> bool {
    let Some(option) = argument.to_str().and_then(|argument| argument.strip_prefix('-')) else { return false };
    command.get_arguments().filter(|known| known.get_action().takes_values()).any(|known| {
        let is_long = option.strip_prefix('-').is_some_and(|name| known.get_long() == Some(name));
        is_long || known.get_short().is_some_and(|letter| option.chars().eq([letter]))
    })
}
