//! The keys that sign a pool's tokens, and the next one's turn.

use askama::Template;
use serde_json::Value;

use super::{Fields, Frame, Head, May, Moment, Outcome, Reply, Row, Visit, form, page, segment};
use crate::console::Shown;
use crate::insight::keys::{Key, Wanted};

/// The page, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/keys", show), form("/pools/{pool}/keys", rotate).grave()]
}

#[derive(Template)]
#[template(path = "console/pools/keys.html")]
struct KeysPage {
    frame: Frame,
    head: Head,
    keys: Vec<(Key, Option<Moment>)>,
    jwks_url: String,
    curl: String,
    days: Option<u64>,
    may_rotate: May,
    refused: Option<String>,
}

async fn load(visit: &Visit, refused: Option<String>) -> Result<KeysPage, Shown> {
    let head = Head::load(visit, "keys").await?;
    let wanted = Wanted { user_pool_id: head.id.clone() };
    let (keys, refused) = match visit.signing_keys(&wanted).await {
        Ok(keys) => (keys, refused),
        Err(failure) => (Vec::new(), Some(Shown::told(failure)?)),
    };
    let since = |key: &Key| Moment::read(&Value::from(key.since.as_str()), visit.now());
    Ok(KeysPage {
        frame: visit.frame(&head.name),
        keys: keys.into_iter().map(|key| (key.clone(), since(&key))).collect(),
        jwks_url: format!("{}/{}/.well-known/jwks.json", visit.public_url(), head.id),
        curl: format!(
            "curl --aws-sigv4 aws:amz:{}:passwright --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\\n  '{}/v1/signing-keys?user_pool_id={}'",
            visit.app().default_region,
            visit.public_url(),
            head.id
        ),
        days: visit.app().signing_key_age.map(|age| age.as_secs() / 86_400),
        may_rotate: visit.may_rotate_signing_key(&wanted).await,
        head,
        refused,
    })
}

/// `GET /console/pools/{pool}/keys`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&load(visit, None).await?))
}

/// `POST /console/pools/{pool}/keys`
async fn rotate(visit: &Visit, _: &Fields) -> Outcome {
    let pool_id = visit.segment("pool");
    match visit.rotate_signing_key(&Wanted { user_pool_id: pool_id.clone() }).await {
        Ok(()) => Ok(Reply::done(format!("/pools/{}/keys", segment(&pool_id)), "The next key signs from now on.".to_owned())),
        Err(failure) => Ok(Reply::page(&load(visit, Some(Shown::told(failure)?)).await?)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn the_next_key_takes_its_turn_for_those_who_may_have_it_so() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (path, browser) = (format!("/pools/{}/keys", pool.id), app.console().await);
        let page = browser.open(&path).await.text;
        assert!(page.contains(">signs<") && page.contains(">is next<") && !page.contains(">has signed<"), "{page}");
        let early = browser.submit(&path, &[]).await;
        assert!(early.text.contains("has not been published for an hour"), "{}", early.text);
        app.advance(Duration::from_secs(3600 - 60));
        browser.open(&path).await;
        app.advance(Duration::from_secs(60));
        let again = app.console().await;
        again.open(&path).await;
        let turned = again.submit_and_follow(&path, &[]).await.text;
        assert!(turned.contains("The next key signs from now on.") && turned.contains(">has signed<"), "{turned}");
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
        let page = guest.open(&path).await.text;
        assert!(page.contains("passwright:ListSigningKeys") && page.contains("passwright:RotateSigningKey"), "{page}");
    }
}
