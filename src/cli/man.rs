//! `healthnews man`: the manual page of the program, with a section for each command.

use anyhow::Result;
use clap::CommandFactory;
use clap_mangen::Man;

use super::Exit;
use super::output::print;

/// Runs the command.
pub(crate) fn run() -> Result<Exit> {
    let mut page = Vec::new();
    let mut command = super::Arguments::command();
    // Global options are then known to the commands too.
    command.build();
    Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands() {
        let man = Man::new(subcommand.clone().disable_help_flag(true));
        page.extend(format!(".SH \"{}\"\n", subcommand.get_name().to_uppercase()).bytes());
        let mut section = Vec::new();
        man.render_description_section(&mut section)?;
        man.render_options_section(&mut section)?;
        // Sections of a command are parts of its own section.
        page.extend(String::from_utf8_lossy(&section).replace(".SH ", ".SS ").bytes());
    }
    print(as_typed(&in_one_page(&String::from_utf8_lossy(&page))).as_bytes())?;
    Ok(Exit::Done)
}

/// Commands by the names of their sections: they have no pages of their own.
fn in_one_page(page: &str) -> String {
    let mut page = page.to_owned();
    for command in super::Arguments::command().get_subcommands() {
        let name = command.get_name().replace('-', "\\-");
        page = page.replace(&format!("healthnews\\-{name}(1)"), &name);
    }
    page
}

/// Examples line by line, as they are typed: text is filled otherwise, and justified.
fn as_typed(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut is_example = false;
    for line in page.lines() {
        if line.starts_with("  ") != is_example {
            is_example = !is_example;
            out.push_str(if is_example { ".nf\n" } else { ".fi\n" });
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
