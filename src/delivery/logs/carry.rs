//! One delivery of records: JSON lines, posted with a signature or appended to a day's file.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use awc::http::header;

use crate::config::LogRoute;
use crate::crypto::webhook;
use crate::kit::clock::Timestamp;
use crate::kit::https;
use crate::store::pool_logs::{Stream, Waiting};

/// A program that takes longer has not taken the records.
const PATIENCE: Duration = Duration::from_secs(10);

const JSON_LINES: &str = "application/x-ndjson";

/// Hands records over.
pub struct LogCarrier {
    client: awc::Client,
}

impl LogCarrier {
    /// A carrier for the thread that makes it.
    #[must_use]
    pub fn of_this_thread() -> Self {
        Self { client: https::client(https::system_authorities(), PATIENCE) }
    }

    /// Hands records over, all or none. Those that were taken and are not known to be come again: a program tells by the first
    /// one's id, which is the request's `Idempotency-Key`.
    ///
    /// # Errors
    /// What stood in the way.
    pub(super) async fn carry(
        &self,
        route: &LogRoute,
        arn: &str,
        stream: &Stream,
        records: &[Waiting],
        now: Timestamp,
    ) -> Result<(), String> {
        let lines: String = records.iter().flat_map(|waiting| [waiting.record.as_str(), "\n"]).collect();
        match route {
            LogRoute::Webhook { url, secret } => {
                let first = records.first().map_or("", |first| first.record_id.as_str());
                let request = self
                    .client
                    .post(url)
                    .insert_header((header::CONTENT_TYPE, JSON_LINES))
                    .insert_header((webhook::SIGNATURE, webhook::signature(secret, now, lines.as_bytes())))
                    .insert_header(("x-passwright-destination", arn))
                    .insert_header(("idempotency-key", first));
                let answer = request.send_body(lines).await.map_err(|_| "the destination could not be reached".to_owned())?;
                let status = answer.status();
                if status.is_success() { Ok(()) } else { Err(format!("the destination answered {status}")) }
            }
            LogRoute::Folder(folder) => {
                // Ids of pools and the words of sources have no separators of paths.
                let folder = folder.join(stream.pool_id.as_str());
                let day = now.to_rfc3339().get(..10).unwrap_or_default().to_owned();
                let name = format!("{}-{day}.jsonl", stream.event_source);
                let written = tokio::task::spawn_blocking(move || append(&folder, &name, &lines)).await;
                let unwritten = |error: io::Error| format!("the folder cannot be written: {}", error.kind());
                written.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(unwritten)
            }
        }
    }
}

/// Appends lines, and has them on the disk before it says so.
fn append(folder: &Path, name: &str, lines: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // The records say what users are called and where they were.
        options.mode(0o600);
    }
    let mut file = options.create(true).append(true).open(folder.join(name))?;
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}
