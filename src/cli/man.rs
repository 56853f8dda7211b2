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
    print(&page)?;
    Ok(Exit::Done)
}
