//! The page for a request that ends here: never a redirect, since there is nobody to be trusted with one (RFC
//! 6749 4.1.2.1).

use super::error_story::ErrorStory;
use super::renderer::described;
use super::{Frame, Pages, Rendered, presentable};
use gatewright_protocol::error::Refusal;
use serde::Serialize;

/// Longest technical reason shown, in characters.
const REASON_CHARS_MAX: usize = 300;

/// An error page.
#[derive(Debug, Clone, Copy)]
pub struct ErrorView<'a> {
    /// What the pages of this visit share, as far as it is known.
    pub frame: &'a Frame,
    /// What happened.
    pub story: ErrorStory,
    /// The code and sentence of the specification, for the client's developer.
    pub refusal: Option<&'a Refusal>,
    /// What the log calls this request.
    pub correlation_id: Option<&'a str>,
}

/// What `error.html` is given.
#[derive(Debug, Serialize)]
pub(super) struct ErrorModel<'a> {
    story: &'static str,
    title: String,
    happened: String,
    next: String,
    code: Option<&'a str>,
    reason: Option<String>,
    correlation_id: Option<&'a str>,
}

impl Pages {
    /// Draws an error page. It never fails: where an operator's template does, the built-in one is shown, and
    /// where that did, plain words.
    pub fn error(&self, view: ErrorView<'_>) -> Rendered {
        let model = model(view);
        let renderers = [Some(&self.renderer), self.builtin.as_ref()].into_iter().flatten();
        let html = renderers.into_iter().find_map(|renderer| {
            let drawn = self.draw_with(renderer, "error.html", view.frame, &model);
            drawn.inspect_err(|error| tracing::error!(page = "error.html", "{}", described(error))).ok()
        });
        let needs = view.frame.needs();
        Rendered {
            status: view.story.status(),
            headers: needs.headers(view.frame.language.tag()),
            html: html.unwrap_or_else(|| in_plain_words(&model)),
        }
    }
}

/// What `error.html` is given for `view`.
pub(super) fn model(view: ErrorView<'_>) -> ErrorModel<'_> {
    let ErrorView { frame, story, refusal, correlation_id } = view;
    let words = |part: &str| {
        let message = frame.language.message(&format!("error.{}.{part}", story.key()));
        message.unwrap_or_default().to_owned()
    };
    let reason =
        refusal.map(|refusal| presentable::block(refusal.description()).chars().take(REASON_CHARS_MAX).collect());
    ErrorModel {
        story: story.key(),
        title: words("title"),
        happened: words("happened"),
        next: words("next"),
        code: refusal.map(|refusal| refusal.code().as_str()),
        reason,
        correlation_id,
    }
}

fn in_plain_words(model: &ErrorModel<'_>) -> String {
    let [title, happened, next] =
        [&model.title, &model.happened, &model.next].map(|text| super::escape::escape_html(text));
    format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{happened}</p><p>{next}</p>")
}
