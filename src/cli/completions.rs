//! `passwright completions SHELL`: what makes a shell complete the commands and their flags.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::report::Report;
use super::{Cli, NAME};

/// The flags of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsFlags {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// The script for a shell.
pub fn run(flags: &CompletionsFlags) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut Cli::command(), NAME, &mut script);
    Report { text: String::from_utf8_lossy(&script).into_owned(), yes: true }
}
