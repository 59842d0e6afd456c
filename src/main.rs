//! The `passwright` binary.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use passwright::config::{self, SettingsRefused};
use passwright::startup;
use tracing_subscriber::EnvFilter;

#[actix_web::main]
async fn main() -> ExitCode {
    if let Some(code) = passwright::cli::run(std::env::args_os()) {
        return code;
    }
    let mut cli = match config::load(std::env::args_os()) {
        Ok(cli) => cli,
        Err(SettingsRefused::CommandLine(error)) => error.exit(),
        Err(SettingsRefused::File(message)) => {
            eprintln!("passwright: {message}");
            return ExitCode::FAILURE;
        }
    };
    // From the environment only: an argument would be on show in the process list.
    cli.command.shared_mut().master_key = std::env::var("PASSWRIGHT_MASTER_KEY").ok();
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
