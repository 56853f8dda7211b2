//! The command line of healthnews. Everything it does is in the library; here are arguments, output and exit codes.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
