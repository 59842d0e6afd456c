//! The policy editor: one page for inline policies of users, groups and roles, for managed policies, and for trust policies.
//!
//! It checks, formats, and shows what would change; nothing is stored before its changes were shown. Whatever is typed is on the
//! next page again.

mod changes;
mod findings;
mod subject;

use askama::Template;

use super::roles::pretty;
use crate::console::{Fields, Frame, May, Outcome, Reply, Shown, Visit, mistyped};
use crate::crypto::digest;
use crate::policy::canonical;
use crate::wire::fault::WireError;
pub use changes::Changes;
use findings::Checked;
use subject::Subject;

/// What a policy begins as that is not there yet.
const BEGINNING: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [],
      "Resource": ["*"]
    }
  ]
}
"#;

/// So many lines are numbered beyond those that there are: what is typed has numbers too.
const NUMBERED: usize = 200;

#[derive(Template)]
#[template(path = "console/iam/editor.html")]
struct EditorPage {
    frame: Frame,
    subject: Subject,
    /// The text in the editor.
    text: String,
    /// Which stored text the changes were shown against.
    base: String,
    may: May,
    may_delete: Option<May>,
    checked: Option<Result<Checked, String>>,
    changes: Option<Changes>,
    /// What is to be said of the last step.
    told: Option<String>,
    refused: Option<WireError>,
}

impl EditorPage {
    async fn of(visit: &Visit, subject: Subject, stored: Option<&str>, text: String) -> Self {
        Self {
            frame: visit.frame(&subject.title()),
            base: digest_of(stored),
            may: subject.may_save(visit).await,
            may_delete: match stored {
                Some(_) if subject.is_deleted_here() => Some(subject.may_delete(visit).await),
                _ => None,
            },
            subject,
            text,
            checked: None,
            changes: None,
            told: None,
            refused: None,
        }
    }

    /// The numbers beside the text.
    fn numbers(&self) -> std::ops::RangeInclusive<usize> {
        1..=self.text.lines().count().saturating_add(NUMBERED)
    }

    /// How many lines the text field shows where it does not grow by itself.
    fn rows(&self) -> usize {
        self.text.lines().count().saturating_add(2).clamp(12, 400)
    }

    /// The worst finding of a line.
    fn mark(&self, line: &usize) -> &'static str {
        self.checked.as_ref().and_then(|checked| checked.as_ref().ok()).map_or("", |checked| checked.mark(*line))
    }
}

/// A page of the editor.
async fn show(visit: &Visit, subject: Subject) -> Outcome {
    let stored = subject.load(visit).await?;
    // A policy that is edited by its address must be there; a new one has a page of its own.
    if stored.is_none() && !subject.is_new() {
        return Err(Shown::NotFound);
    }
    let text = stored.as_deref().map_or_else(|| BEGINNING.to_owned(), pretty);
    Ok(Reply::page(&EditorPage::of(visit, subject, stored.as_deref(), text).await))
}

/// What its form does: `do` is `check`, `format`, `review` or `save`.
async fn edit(visit: &Visit, fields: &Fields, subject: Subject) -> Outcome {
    let subject = subject.named(fields);
    let text = fields.text("document");
    // What is stored may be hidden from who may change it: then everything is new to them.
    let stored = subject.load(visit).await.unwrap_or_default();
    let mut page = EditorPage::of(visit, subject, stored.as_deref(), text).await;
    if page.subject.is_new() && stored.is_some() {
        page.told = Some(format!("There is a policy {} already: saving this would replace it.", page.subject.policy()));
    }
    match fields.text("do").as_str() {
        "format" => match canonical::read(&page.text) {
            Ok(read) => page.text = canonical::write(&read),
            Err(error) => {
                page.told = Some(format!("Line {}, column {}: {} ({})", error.line, error.column, error.problem, error.path));
            }
        },
        "check" => page.checked = Some(Checked::of(visit, &page.subject, &page.text).await),
        "save" if page.base == fields.text("base") => {
            return match page.subject.save(visit, &page.text).await {
                Ok(()) => Ok(Reply::done(page.subject.back(), page.subject.saved())),
                Err(error) => {
                    page.checked = Some(Checked::of(visit, &page.subject, &page.text).await);
                    page.refused = Some(error.clone());
                    Ok(Reply::again(&page, &error))
                }
            };
        }
        step => {
            if step == "save" {
                let told = "Somebody else has changed what is stored meanwhile. This is what saving would change now.";
                page.told = Some(told.to_owned());
            }
            page.checked = Some(Checked::of(visit, &page.subject, &page.text).await);
            page.changes = Some(Changes::of(stored.as_deref().unwrap_or_default(), &page.text));
        }
    }
    Ok(Reply::page(&page))
}

fn digest_of(stored: Option<&str>) -> String {
    stored.map(|text| digest::hex(&digest::sha256(&[text.as_bytes()]))).unwrap_or_default()
}

/// `GET /console/iam/users/{name}/policies`, which begins a new one, or `…/{policy}`
pub async fn of_user(visit: &Visit) -> Outcome {
    show(visit, Subject::of_user(visit)).await
}

/// `GET /console/iam/groups/{name}/policies`, which begins a new one, or `…/{policy}`
pub async fn of_group(visit: &Visit) -> Outcome {
    show(visit, Subject::of_group(visit)).await
}

/// `POST` to either.
pub async fn edit_of_user(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::of_user(visit)).await
}

/// `POST` to either.
pub async fn edit_of_group(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::of_group(visit)).await
}

/// `GET /console/iam/roles/{name}/policies`, or `…/{policy}`
pub async fn of_role(visit: &Visit) -> Outcome {
    show(visit, Subject::of_role(visit)).await
}

/// `POST` to either.
pub async fn edit_of_role(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::of_role(visit)).await
}

/// `GET /console/iam/roles/{name}/trust`
pub async fn trust(visit: &Visit) -> Outcome {
    show(visit, Subject::trust_of(visit)).await
}

/// `POST /console/iam/roles/{name}/trust`
pub async fn edit_trust(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::trust_of(visit)).await
}

/// `POST /console/iam/users/{name}/policies/{policy}/delete`
pub async fn delete_of_user(visit: &Visit, fields: &Fields) -> Outcome {
    delete(visit, fields, Subject::of_user(visit)).await
}

/// `POST /console/iam/groups/{name}/policies/{policy}/delete`
pub async fn delete_of_group(visit: &Visit, fields: &Fields) -> Outcome {
    delete(visit, fields, Subject::of_group(visit)).await
}

/// `POST /console/iam/roles/{name}/policies/{policy}/delete`
pub async fn delete_of_role(visit: &Visit, fields: &Fields) -> Outcome {
    delete(visit, fields, Subject::of_role(visit)).await
}

/// `GET /console/iam/new-policy`
pub async fn new_managed(visit: &Visit) -> Outcome {
    show(visit, Subject::managed()).await
}

/// `POST /console/iam/new-policy`
pub async fn edit_new_managed(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::managed()).await
}

/// `GET /console/iam/policies/{arn}/edit`
pub async fn of_managed(visit: &Visit) -> Outcome {
    show(visit, Subject::version_of(visit)).await
}

/// `POST /console/iam/policies/{arn}/edit`
pub async fn edit_of_managed(visit: &Visit, fields: &Fields) -> Outcome {
    edit(visit, fields, Subject::version_of(visit)).await
}

async fn delete(visit: &Visit, fields: &Fields, subject: Subject) -> Outcome {
    if let Some(reply) = mistyped(fields, subject.policy(), subject.at()) {
        return Ok(reply);
    }
    subject.delete(visit).await?;
    Ok(Reply::done(subject.back(), format!("The policy {} was deleted. It holds no longer, from this moment on.", subject.policy())))
}

#[cfg(test)]
mod tests;
