//! `passwright users export`: every user of a pool, page by page, as they are found.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::fetch::ServerFlags;
use crate::cli::progress::Progress;
use crate::cli::report::{OutputFlags, Report, Tabular};
use crate::cli::signed::UserPools;

/// The flags of `users export`.
#[derive(Debug, Args)]
pub struct ExportFlags {
    /// The user pool.
    #[arg(long, value_name = "ID")]
    user_pool_id: String,
    /// A new file for them, which its owner alone can read, in place of standard output.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// How users are written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Only users whom ListUsers finds by this filter: `email ^= "ann"`.
    #[arg(long)]
    filter: Option<String>,
    #[command(flatten)]
    server: ServerFlags,
    #[command(flatten)]
    output: OutputFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The columns of GetCSVHeader, as imports take them.
    Csv,
    /// A line of JSON for each, as ListUsers has them.
    JsonLines,
}

#[derive(Deserialize)]
struct Header {
    #[serde(rename = "CSVHeader")]
    columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    users: Vec<Value>,
    pagination_token: Option<String>,
}

/// What was written, where it did not go to standard output.
#[derive(Serialize)]
struct Exported {
    file: String,
    users: u64,
}

/// Exports the users.
///
/// # Errors
/// What the server refuses; a file that is there already, or cannot be written.
pub async fn run(flags: &ExportFlags) -> Result<Report, String> {
    let pools = UserPools::of(&flags.server, &flags.user_pool_id)?;
    let Some(path) = &flags.file else {
        let written = write(flags, &pools, io::stdout().lock()).await;
        return match written {
            // A reader that has gone away wants no more.
            Ok(_) | Err(Problem::Gone) => Ok(Report { text: String::new(), yes: true }),
            Err(Problem::Other(problem)) => Err(problem),
        };
    };
    let shown = path.display().to_string();
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| format!("{shown}: {error}"))?;
    let users = write(flags, &pools, &file).await.map_err(|problem| match problem {
        Problem::Gone => format!("{shown}: the file is not whole"),
        Problem::Other(problem) => format!("{problem}; {shown} is not whole"),
    })?;
    file.sync_all().map_err(|error| format!("{shown}: {error}"))?;
    Ok(Report { text: flags.output.write(&Exported { file: shown, users })?, yes: true })
}

/// Why users were not written.
#[derive(Debug)]
enum Problem {
    /// Nobody reads what is written.
    Gone,
    /// Anything else, in words.
    Other(String),
}

impl From<String> for Problem {
    fn from(problem: String) -> Self {
        Self::Other(problem)
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Gone } else { Self::Other(error.to_string()) }
    }
}

impl From<csv::Error> for Problem {
    fn from(error: csv::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}

/// Writes all users, and answers how many they are. A page is in memory at a time.
async fn write(flags: &ExportFlags, pools: &UserPools, out: impl Write) -> Result<u64, Problem> {
    let pool = json!({"UserPoolId": flags.user_pool_id});
    let mut sink = match flags.format {
        Format::JsonLines => Sink::JsonLines(BufWriter::new(out)),
        Format::Csv => {
            let Header { columns } = pools.call("GetCSVHeader", &pool).await?;
            let described: Value = pools.call("DescribeUserPool", &pool).await?;
            let rows = Rows { columns, named_by: named_by(&described) };
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(&rows.columns)?;
            Sink::Csv(rows, Box::new(writer))
        }
    };
    let mut progress = Progress::new();
    let mut count = 0;
    let mut from = None;
    loop {
        let asked = ListUsers { user_pool_id: &flags.user_pool_id, filter: flags.filter.as_deref(), pagination_token: from.take() };
        let Page { users, pagination_token } = pools.call("ListUsers", &asked).await?;
        for user in &users {
            sink.write(user)?;
        }
        count += users.len() as u64;
        progress.tell(|| format!("{count} users"));
        if pagination_token.is_none() {
            break;
        }
        from = pagination_token;
    }
    sink.flush()?;
    Ok(count)
}

/// The attributes that users of the pool are known by, in place of a name: what an import has in the name's column.
fn named_by(described: &Value) -> Vec<String> {
    let names = described.pointer("/UserPool/UsernameAttributes").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListUsers<'a> {
    user_pool_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

enum Sink<W: Write> {
    Csv(Rows, Box<csv::Writer<W>>),
    JsonLines(BufWriter<W>),
}

impl<W: Write> Sink<W> {
    fn write(&mut self, user: &Value) -> Result<(), Problem> {
        match self {
            Self::Csv(rows, writer) => {
                let user = User::deserialize(user).map_err(|error| format!("ListUsers: a user is not as it should be: {error}"))?;
                Ok(writer.write_record(rows.values(&user))?)
            }
            Self::JsonLines(out) => Ok(writeln!(out, "{user}")?),
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        match self {
            Self::Csv(_, writer) => writer.flush()?,
            Self::JsonLines(out) => out.flush()?,
        }
        Ok(())
    }
}

/// UserType, as far as an import can make it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    username: String,
    #[serde(default)]
    attributes: Vec<Attribute>,
    #[serde(default, rename = "MFAOptions")]
    mfa_options: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
}

/// Users as lines of a file.
struct Rows {
    columns: Vec<String>,
    named_by: Vec<String>,
}

impl Rows {
    fn values<'a>(&'a self, user: &'a User) -> impl Iterator<Item = &'a str> {
        let attributes: BTreeMap<&str, &str> =
            user.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.value.as_str())).collect();
        self.columns.iter().map(move |column| match column.as_str() {
            "cognito:username" => {
                let known_by = self.named_by.iter().find_map(|name| attributes.get(name.as_str()).copied());
                known_by.unwrap_or(&user.username)
            }
            "cognito:mfa_enabled" if user.mfa_options.is_empty() => "false",
            "cognito:mfa_enabled" => "true",
            name => attributes.get(name).copied().unwrap_or_default(),
        })
    }
}

impl Tabular for Exported {
    const HEADINGS: &'static [&'static str] = &["users", "file"];

    fn rows(&self) -> Vec<Vec<String>> {
        vec![vec![self.users.to_string(), self.file.clone()]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_users_attributes_by_column_and_the_name_that_they_sign_in_with() {
        let user = json!({"Username": "0000-1", "MFAOptions": [{"DeliveryMedium": "SMS"}], "Attributes": [
            {"Name": "sub", "Value": "0000-1"}, {"Name": "email", "Value": "a@b.example"}, {"Name": "custom:plan", "Value": "x,\"y\""}]});
        let user = User::deserialize(&user).unwrap();
        let columns = ["name", "email", "custom:plan", "cognito:mfa_enabled", "cognito:username"].map(str::to_owned).to_vec();
        let line = |named_by: &[&str]| {
            let named_by = named_by.iter().map(|name| (*name).to_owned()).collect();
            let rows = Rows { columns: columns.clone(), named_by };
            rows.values(&user).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(line(&[]), ["", "a@b.example", "x,\"y\"", "true", "0000-1"]);
        assert_eq!(line(&["phone_number", "email"])[4], "a@b.example");
    }
}
