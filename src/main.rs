//! The `passwright` binary.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use passwright::cli::{self, Command};
use passwright::config::{Server, SettingsRefused};
use passwright::startup;
use tracing_subscriber::EnvFilter;

#[actix_web::main]
async fn main() -> ExitCode {
    match cli::read(std::env::args_os()) {
        Ok(Command::Server(server)) => serve(*server).await,
        Ok(Command::Tool(tool)) => cli::run(tool).await,
        Err(SettingsRefused::CommandLine(error)) => error.exit(),
        Err(SettingsRefused::File(message)) => {
            eprintln!("passwright: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(mut server: Server) -> ExitCode {
    // From the environment only: an argument would be on show in the process list.
    server.shared_mut().master_key = std::env::var("PASSWRIGHT_MASTER_KEY").ok();
    let filter = EnvFilter::try_from_env("PASSWRIGHT_LOG").unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init()
    } else {
        log.json().init()
    }
    match startup::run(server).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passwright: {error}");
            ExitCode::FAILURE
        }
    }
}
