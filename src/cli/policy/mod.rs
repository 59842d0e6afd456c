//! `passwright policy …`: work on policies without a server. Texts in, a report and an exit code out.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::report::{OutputFlags, Report};

mod cases;
mod diff;
mod evaluate;
mod format;
mod junit;
mod test;
mod validate;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer a hypothetical question, all of which is in a file.
    #[command(after_help = evaluate::HELP)]
    Evaluate(EvaluateFlags),
    /// Check policies by the checks of AWS's ValidatePolicy. Errors make the exit code 1; warnings and suggestions don't.
    Validate(ValidateFlags),
    /// Write policies in their canonical form: two-blank indentation, elements in AWS's order.
    Format(FormatFlags),
    /// Compare what two policies say, statement by statement, whatever their layout.
    Diff(DiffFlags),
    /// Run a folder of test cases.
    #[command(after_help = cases::HELP)]
    Test(TestFlags),
}

/// The flags of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateFlags {
    /// The question, JSON as `POST /v1/simulate` takes it; `-` reads standard input.
    file: PathBuf,
    /// The account of a resource whose ARN names none.
    #[arg(long, default_value = OWN_ACCOUNT)]
    account_id: String,
    /// Also say what failed of the statements about the action.
    #[arg(long)]
    explain: bool,
    /// Add what the principal's ARN tells: aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:username, and
    /// aws:ResourceAccount. Keys of the context stay as they are.
    #[arg(long)]
    derive: bool,
}

/// The flags of `validate`.
#[derive(Debug, Args)]
pub struct ValidateFlags {
    /// Policies; `-` reads standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the policies are attached to.
    #[arg(long = "type", value_enum, default_value_t = PolicyType::Identity)]
    policy_type: PolicyType,
    /// An issue code whose findings are left out, repeatable: `INVALID_SERVICE_IN_ACTION` for services of your own.
    #[arg(long = "ignore", value_name = "CODE")]
    ignored: Vec<String>,
    #[command(flatten)]
    output: OutputFlags,
}

/// The flags of `format`.
#[derive(Debug, Args)]
pub struct FormatFlags {
    /// Policies, rewritten in place; `-` reads standard input and writes standard output.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write nothing: name the files that are not in canonical form, and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
}

/// The flags of `diff`.
#[derive(Debug, Args)]
pub struct DiffFlags {
    /// The policy as it was.
    old: PathBuf,
    /// The policy as it is.
    new: PathBuf,
}

/// The flags of `test`.
#[derive(Debug, Args)]
pub struct TestFlags {
    /// The folder; every `*.test.json` below it is run.
    folder: PathBuf,
    /// Also write a JUnit report here.
    #[arg(long)]
    junit: Option<PathBuf>,
}

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PolicyType {
    /// Of a user, group or role; permissions boundaries.
    Identity,
    /// Of a resource.
    Resource,
    /// Service control policies of an organization.
    Scp,
    /// Resource control policies of an organization.
    Rcp,
    /// Of a role: who may assume it.
    Trust,
}

const OWN_ACCOUNT: &str = "000000000000";

/// Longer files are not read: no question has more.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Runs a command.
///
/// # Errors
/// Why it could not be answered.
pub fn run(command: Command) -> Result<Report, String> {
    match command {
        Command::Evaluate(flags) => evaluate::run(&flags),
        Command::Validate(flags) => validate::run(&flags),
        Command::Format(flags) => format::run(&flags),
        Command::Diff(flags) => diff::run(&flags),
        Command::Test(flags) => test::run(&flags),
    }
}

/// The text of a file, or of standard input for `-`.
fn read(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    let outcome = if path == Path::new("-") {
        io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text))
    };
    match outcome {
        Ok(bytes) if bytes as u64 > MAX_FILE_BYTES => Err(format!("{}: longer than {MAX_FILE_BYTES} bytes", path.display())),
        Ok(_) => Ok(text),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}
