//! The rows of the console's table: a path, and what answers there.

use actix_web::http::Method;
use futures_util::future::LocalBoxFuture;

use super::fields::Fields;
use super::reply::Outcome;
use super::visit::Visit;

/// A page, or what a form does.
pub struct Row {
    /// Below the console's root; `{name}` is a segment.
    pub path: &'static str,
    /// GET or POST.
    pub method: Method,
    /// Whether it wants a secret that was proven lately: what it does cannot be undone, or what it shows is a secret.
    pub is_grave: bool,
    run: Box<Run>,
}

type Run = dyn for<'a> Fn(&'a Visit, &'a Fields) -> LocalBoxFuture<'a, Outcome>;

impl Row {
    /// The same, for those only who have proven their secret lately: whoever finds a browser unlocked does not get this far.
    pub fn grave(self) -> Self {
        Self { is_grave: true, ..self }
    }

    /// Answers somebody who is signed in; `fields` are a form's, whose token has been checked.
    pub fn run<'a>(&'a self, visit: &'a Visit, fields: &'a Fields) -> LocalBoxFuture<'a, Outcome> {
        (self.run)(visit, fields)
    }
}

/// What is shown at a path.
pub fn page<Handler>(path: &'static str, handler: Handler) -> Row
where
    Handler: AsyncFn(&Visit) -> Outcome + Copy + 'static,
{
    Row { path, method: Method::GET, is_grave: false, run: Box::new(move |visit, _| Box::pin(async move { handler(visit).await })) }
}

/// What a form does that is sent to a path.
pub fn form<Handler>(path: &'static str, handler: Handler) -> Row
where
    Handler: AsyncFn(&Visit, &Fields) -> Outcome + Copy + 'static,
{
    Row {
        path,
        method: Method::POST,
        is_grave: false,
        run: Box::new(move |visit, fields| Box::pin(async move { handler(visit, fields).await })),
    }
}
