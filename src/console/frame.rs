//! What stands around a page: the rooms, who is signed in, and what has happened.

use super::visit::Visit;
use crate::config::Mode;
use crate::pages::assets;

/// A link among the rooms.
pub struct Room {
    /// Below the console's root.
    pub path: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its picture, by the name that `icons.html` has for it.
    pub icon: &'static str,
    /// The key that goes there, after `g`.
    pub key: &'static str,
}

/// Rooms that belong together.
pub struct Rooms {
    /// What they are called; empty for those that need no name.
    pub title: &'static str,
    /// The rooms.
    pub rooms: &'static [Room],
}

const fn room(path: &'static str, title: &'static str, icon: &'static str, key: &'static str) -> Room {
    Room { path, title, icon, key }
}

/// The rooms, as they stand beside every page.
pub const ROOMS: &[Rooms] = &[
    Rooms { title: "", rooms: &[room("", "Overview", "home", "o")] },
    Rooms { title: "People", rooms: &[room("/pools", "User pools", "pools", "u"), room("/identity-pools", "Identity pools", "id", "i")] },
    Rooms {
        title: "Access",
        rooms: &[
            room("/iam/users", "IAM users", "key", "m"),
            room("/iam/groups", "IAM groups", "people", "p"),
            room("/iam/roles", "Roles", "role", "r"),
            room("/iam/policies", "Policies", "page", "y"),
            room("/iam/providers", "Identity providers", "id", "v"),
            room("/access", "Decisions", "scale", "d"),
            room("/events", "Events", "list", "e"),
        ],
    },
    Rooms { title: "Server", rooms: &[room("/limits", "Limits", "gauge", "l"), room("/settings", "Settings", "gear", "s")] },
];

/// What stands around a page.
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// `light` or `dark` where somebody has chosen; empty to follow the system.
    pub theme: String,
    /// Who is signed in, in short.
    pub who: String,
    /// Who is signed in: the ARN.
    pub arn: String,
    /// The account.
    pub account_id: String,
    /// What forms carry.
    pub form_token: String,
    /// Whether they signed in with a password.
    pub is_by_password: bool,
    /// What has happened.
    pub notice: Option<String>,
    /// The page's path, from the console's root on.
    pub path: String,
    /// Whether this is `dev`, which has an outbox.
    pub is_dev: bool,
}

impl Frame {
    /// What stands around a page of a visit.
    #[must_use]
    pub fn of(visit: &Visit, title: &str) -> Self {
        let caller = visit.caller();
        let arn = caller.principal().to_string();
        let who = arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        Self {
            title: title.to_owned(),
            theme: super::theme::chosen(&visit.request),
            who,
            arn,
            account_id: caller.account_id().map(ToString::to_string).unwrap_or_default(),
            form_token: visit.session.form_token(&visit.app),
            is_by_password: visit.session.is_by_password(),
            notice: visit.notice.clone(),
            path: visit.path().to_owned(),
            is_dev: visit.app.mode == Mode::Dev,
        }
    }

    /// The rooms.
    #[must_use]
    #[expect(clippy::unused_self, reason = "templates know the frame only")]
    pub const fn rooms(&self) -> &'static [Rooms] {
        ROOMS
    }

    /// Whether the page is in a room.
    #[must_use]
    pub fn is_in(&self, room: &Room) -> bool {
        if room.path.is_empty() {
            return self.path.is_empty();
        }
        self.path.strip_prefix(room.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The pool whose page this is, as its path has it; empty on other pages.
    #[must_use]
    pub fn pool(&self) -> &str {
        let below = self.path.strip_prefix("/pools/").unwrap_or_default();
        let pool = below.split('/').next().unwrap_or_default();
        if pool == "new" { "" } else { pool }
    }

    /// The address of a file.
    #[must_use]
    #[expect(clippy::unused_self, reason = "templates know the frame only")]
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
}
