//! The command line: one parser, one way to answer, one meaning of exit codes. A command is a variant here and its file.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::{self, Server, SettingsRefused};

mod completions;
mod fetch;
mod policy;
mod progress;
mod report;
mod signed;
mod status;
mod users;

/// A self-hosted auth and token service that speaks Amazon Cognito's, STS's and IAM's own wire protocols.
#[derive(Debug, Parser)]
#[command(name = NAME, version, about, after_help = report::EXIT_CODES)]
pub struct Cli {
    /// What to run.
    #[command(subcommand)]
    pub command: Command,
}

/// What to run.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A server.
    #[command(flatten)]
    Server(Box<Server>),
    /// What is done beside one.
    #[command(flatten)]
    Tool(Tool),
}

/// The commands that run no server.
#[derive(Debug, Subcommand)]
pub enum Tool {
    /// Ask a running server how it is. Exit codes: 0 it is ready, 1 it lives and is not ready, 2 it cannot be reached.
    Status(status::StatusFlags),
    /// Bring users into a pool of a running server, or take them out.
    ///
    /// Credentials are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; the region is the pool's.
    #[command(subcommand)]
    Users(users::Command),
    /// Evaluate, validate, format, compare and test IAM policies, without a server.
    ///
    /// Exit codes: 0 for yes (allowed, valid, formatted, equal, passed), 1 for no, 2 for a question that could not be answered.
    #[command(version, subcommand)]
    Policy(policy::Command),
    /// Print what makes a shell complete these commands: `eval "$(passwright completions bash)"`.
    Completions(completions::CompletionsFlags),
}

/// The binary's name.
const NAME: &str = "passwright";

/// Reads the command line, the environment, and the settings file that they name.
///
/// # Errors
/// [`SettingsRefused`].
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, SettingsRefused> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match Cli::try_parse_from(&arguments)?.command {
        Command::Server(server) => Ok(Command::Server(Box::new(config::with_file(*server, Cli::command(), &arguments)?))),
        tool @ Command::Tool(_) => Ok(tool),
    }
}

/// Runs a command that is no server.
pub async fn run(tool: Tool) -> ExitCode {
    report::print(match tool {
        Tool::Status(flags) => status::run(&flags).await,
        Tool::Users(command) => users::run(&command).await,
        Tool::Policy(command) => policy::run(command),
        Tool::Completions(flags) => Ok(completions::run(&flags)),
    })
}
