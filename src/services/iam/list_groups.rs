//! ListGroups, paged.

use super::answers::GroupsAnswer;
use super::errors::Error;
use super::pages::ByPath;
use crate::context::Context;
use crate::store;

pub async fn handle(cx: &Context, (): (), request: ByPath) -> Result<GroupsAnswer, Error> {
    let place = ["iam:ListGroups", cx.account_id.as_str()];
    let asked = request.asked();
    let after = asked.after(cx, &place)?;
    let groups = cx.read(async |tx| store::iam::list_groups(tx, &cx.account_id, request.prefix(), &after, asked.limit() + 1).await).await?;
    Ok(asked.cut(cx, &place, groups, |group| group.id.to_string())?.into())
}
