//! `passwright policy format`: policies in canonical form.

use std::path::Path;

use super::{FormatFlags, Report, read};
use crate::policy::canonical;

/// Rewrites files, or with `--check` names those that would be.
pub fn run(flags: &FormatFlags) -> Result<Report, String> {
    let mut text = String::new();
    let mut yes = true;
    for file in &flags.files {
        let name = file.display();
        let old = read(file)?;
        let policy =
            canonical::read(&old).map_err(|error| format!("{name}:{}:{}: {}: {}", error.line, error.column, error.path, error.problem))?;
        let new = canonical::write(&policy);
        if flags.check {
            if new != old {
                yes = false;
                text.push_str(&format!("{name}: not in canonical form\n"));
            }
        } else if file == Path::new("-") {
            text.push_str(&new);
        } else if new != old {
            replace(file, &new).map_err(|error| format!("{name}: {error}"))?;
            text.push_str(&format!("{name}: formatted\n"));
        }
    }
    Ok(Report { text, yes })
}

/// The file as it was, or as it shall be, and nothing between, whatever happens.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".formatting");
    let beside = file.with_file_name(name);
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(file)?.permissions())?;
    std::fs::rename(&beside, file)
}
