//! `on_error`: what happens when a binding fails.

use super::Spot;
use super::document::Document;
use super::table::{Table, expected};
use crate::nearest::suggestion;
use gatewright_domain::hooks::HookKind;
use toml::de::DeValue;

/// What happens when a binding fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnError {
    /// The request fails. The default.
    Deny,
    /// As if the binding were not there; only where [`HookKind::may_be_skipped`].
    Skip,
    /// The stand-in of this name runs instead; its own `on_error` says what happens when that fails too.
    Fallback(String),
}

/// Reads `on_error`.
pub(super) fn read(hook: HookKind, binding: &mut Table<'_, '_>, document: &mut Document<'_>) -> Spot<OnError> {
    let Some(value) = binding.value("on_error") else {
        return Spot { value: OnError::Deny, place: document.place(&binding.at()) };
    };
    let place = document.place(&value.span());
    let on_error = match value.get_ref() {
        DeValue::String(word) => match word.as_ref() {
            "deny" => OnError::Deny,
            "skip" => {
                if !hook.may_be_skipped() {
                    let hint = "use \"deny\", or { fallback = \"<binding>\" }".to_owned();
                    document.wrong(value.span(), format!("{hook} may not be skipped"), Some(hint));
                }
                OnError::Skip
            }
            other => {
                let message = format!("`{other}` is no answer to an error");
                document.wrong(
                    value.span(),
                    message,
                    suggestion(other, &["deny", "skip", "{ fallback = \"<binding>\" }"]),
                );
                OnError::Deny
            }
        },
        DeValue::Table(inner) => {
            let mut table = Table::new(inner, value.span(), "`on_error`");
            let name = table.text("fallback", document).map(|name| name.value.to_owned());
            if inner.get("fallback").is_none() {
                table.missing("fallback", "write `{ fallback = \"<binding>\" }`", document);
            }
            table.finish(document);
            name.map_or(OnError::Deny, OnError::Fallback)
        }
        _ => {
            let hint = "write \"deny\", \"skip\" or { fallback = \"<binding>\" }".to_owned();
            expected(value, "on_error", "a text or a table", Some(hint), document);
            OnError::Deny
        }
    };
    Spot { value: on_error, place }
}
