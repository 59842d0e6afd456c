//! `passwright users`: many users of a running server at once, in bounded memory however many they are.

use clap::Subcommand;

use super::report::Report;

mod export;
mod import;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring users in from a CSV file. Exit codes: 0 every line made a user or found them there, 1 not every one, 2 not begun or lost
    /// from sight.
    ///
    /// The file is sent to an import job, as CreateUserImportJob has it, which goes on if this command is ended.
    Import(import::ImportFlags),
    /// Take users out, as a CSV file that `users import` takes, or as lines of JSON. Exit codes: 0 it is whole, 2 it is not.
    Export(export::ExportFlags),
}

/// Does it.
///
/// # Errors
/// Why it could not be done, or was not done to its end.
pub async fn run(command: &Command) -> Result<Report, String> {
    match command {
        Command::Import(flags) => import::run(flags).await,
        Command::Export(flags) => export::run(flags).await,
    }
}
