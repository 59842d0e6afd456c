//! The console: pages that call the wire's operations as the person who is signed in, and that have no powers of their own.
//!
//! # To add a page
//! One file here, with a view struct that has a `Frame` and names its template under `templates/console/`, and two functions
//! at most: `show` (a GET), and what its forms do (a POST each); and a row of `rows` for each. A link in the rooms beside the
//! page is a line of `frame::ROOMS`.
//!
//! - What is shown and done comes from `Visit::call`: the very operation, validated, judged and audited. `Visit::may` asks
//!   beforehand, so that a button which would be refused is greyed and says why.
//! - A row of a form gets its `Fields` only after the session's own form token has been found in them: nothing that is
//!   posted from elsewhere comes as far as a handler.
//! - What cannot be undone, and what shows a secret, is a row that is `grave`: who has not proven their secret lately does first.
//! - A handler answers a `Reply`; with `?`, what an operation refused becomes a page that says so. A form that somebody has
//!   filled in is shown again instead, with what they typed and the refusal above it.
//! - Every page works without JavaScript: a control is a link or a form. Filters stand in the address.

mod access;
mod chart;
mod events;
mod fields;
mod find;
mod frame;
mod gate;
mod iam;
mod identity_pools;
mod limits;
mod login;
mod moment;
mod my_password;
mod overview;
mod pools;
mod reply;
mod row;
mod session;
mod settings;
mod sign_in;
#[cfg(test)]
mod tests;
mod theme;
mod visit;

use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::web::{ServiceConfig, get, post, resource};

pub use theme::chosen as theme_of;

use fields::{Fields, number};
use frame::Frame;
use moment::Moment;
use reply::{Outcome, Reply, Shown, confirmed, mistyped};
use row::{Row, form, page};
use visit::{May, Visit, segment};

/// Where the console is.
pub const ROOT: &str = "/console";

/// Every page and every form, by its path below [`ROOT`].
fn rows() -> Vec<Row> {
    let mut rows = vec![
        page("", overview::show),
        page("/access", access::show),
        page("/access/what", access::what::show),
        page("/access/who", access::who::show),
        page("/events", events::show),
        page("/find", find::show),
        page("/limits", limits::show),
        form("/limits", limits::change),
        page("/password", my_password::show),
        form("/password", my_password::change),
        page("/settings", settings::show),
        page("/reauthenticate", sign_in::ask_again),
        form("/reauthenticate", sign_in::authenticate_again),
        form("/sign-out", sign_in::sign_out),
        form("/sign-out-everywhere", sign_in::sign_out_everywhere),
        form("/theme", theme::choose),
    ];
    rows.extend(iam::rows());
    rows.extend(identity_pools::rows());
    rows.extend(pools::rows());
    rows
}

/// `GET /`, for a browser: the console is what the server shows to people.
pub async fn enter() -> HttpResponse {
    reply::see_other("")
}

/// The routes.
pub fn configure(config: &mut ServiceConfig) {
    config.service(resource(format!("{ROOT}/sign-in/code")).route(post().to(login::code)).route(get().to(sign_in::show)));
    config.service(resource(format!("{ROOT}/sign-in/password")).route(post().to(login::password)).route(get().to(sign_in::show)));
    config.service(resource(format!("{ROOT}/sign-in")).route(get().to(sign_in::show)).route(post().to(sign_in::sign_in)));
    let mut paths: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for row in rows() {
        match paths.iter_mut().find(|(path, _)| *path == row.path) {
            Some((_, rows)) => rows.push(row),
            None => paths.push((row.path, vec![row])),
        }
    }
    for (path, rows) in paths {
        let mut resource = resource(format!("{ROOT}{path}"));
        for row in rows {
            let method = row.method.clone();
            let row = Rc::new(row);
            let route = actix_web::web::method(method);
            resource = resource.route(route.to(move |app, request, body| gate::run(Rc::clone(&row), app, request, body)));
        }
        config.service(resource);
    }
    config.service(resource(format!("{ROOT}/{{path:.*}}")).route(get().to(gate::not_found)));
}
