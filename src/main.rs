//! The command line of healthnews. Everything it does is in the library; here are arguments, output and exit codes.

mod cli;

use std::process::ExitCode;

/// Reading and writing articles is a matter of many small allocations: a fifth of their time with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
