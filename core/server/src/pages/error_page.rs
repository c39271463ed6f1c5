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
    pub(super) title: String,
    pub(super) happened: String,
    pub(super) next: String,
    code: Option<&'a str>,
    pub(super) reason: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use gatewright_protocol::error::ErrorCode;

    #[test]
    fn a_reason_is_cut_to_what_a_page_holds() {
        let refusal = Refusal::new(ErrorCode::InvalidRequest, "x".repeat(REASON_CHARS_MAX + 1));
        let frame = samples::frame();
        let view =
            ErrorView { frame: &frame, story: ErrorStory::BadRequest, refusal: Some(&refusal), correlation_id: None };
        assert_eq!(model(view).reason.unwrap().len(), REASON_CHARS_MAX);
    }

    #[test]
    fn an_operator_s_broken_error_page_gives_way_to_the_built_in_one_and_that_to_plain_words() {
        let frame = samples::frame();
        let view = ErrorView { frame: &frame, story: ErrorStory::Fault, refusal: None, correlation_id: Some("<id>") };
        let broken = || {
            let template = "{{ page.gone }}".as_bytes();
            super::super::Overrides::from_files([("pages/error.html", template)]).unwrap()
        };
        let renderer = |overrides| super::super::renderer::Renderer::new(&overrides, "").unwrap();
        let mut pages = Pages {
            renderer: renderer(broken().into()),
            builtin: Some(renderer(super::super::Layered::default())),
            site: super::super::Site::default(),
        };
        assert!(pages.error(view).html.contains("&lt;id&gt;"));
        pages.builtin = None;
        let plain = pages.error(view);
        assert!(plain.html.contains("<h1>Something went wrong here</h1>") && plain.status.is_server_error());
    }
}
