//! The `passwright` binary.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use passwright::config::{Cli, Command};
use passwright::startup;
use tracing_subscriber::EnvFilter;

#[actix_web::main]
async fn main() -> ExitCode {
    if let Some(code) = passwright::cli::run(std::env::args_os()) {
        return code;
    }
    let mut cli = Cli::parse();
    let (Command::Dev(passwright::config::DevFlags { shared, .. }) | Command::Serve(passwright::config::ServeFlags { shared, .. })) =
        &mut cli.command;
    // From the environment only: an argument would be on show in the process list.
    shared.master_key = std::env::var("PASSWRIGHT_MASTER_KEY").ok();
    let filter = EnvFilter::try_from_env("PASSWRIGHT_LOG").unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init()
    } else {
        log.json().init()
    }
    match startup::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passwright: {error}");
            ExitCode::FAILURE
        }
    }
}
