//! Templates into HTML: the built-in ones with the operator's over them, all compiled before the first page.

use super::assets::Assets;
use super::builtin::{ASSETS, MESSAGES, SCRIPTS, TEMPLATES};
use super::catalog::Catalog;
use super::language::{Language, Languages};
use super::overrides::{Layered, PagesError};
use super::{escape, translate};
use gatewright_protocol::locale::looks_like_language_tag;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Work one page may take: instructions of its template and bytes it makes. A built-in page takes less than a
/// twentieth of it.
pub const FUEL_MAX: u64 = 1_000_000;

/// Draws pages.
pub(super) struct Renderer {
    environment: Environment<'static>,
    /// Of plain text: what is escaped there would be read as it stands.
    texts: Environment<'static>,
    pub(super) assets: Arc<Assets>,
    pub(super) languages: Languages,
}

impl Renderer {
    /// A renderer of the built-in pages with `overrides` over them, for a server whose URLs begin with `base`.
    pub(super) fn new(overrides: &Layered, base: &str) -> Result<Self, PagesError> {
        let mut templates: BTreeMap<String, String> =
            TEMPLATES.iter().map(|(name, source)| ((*name).to_owned(), (*source).to_owned())).collect();
        let mut catalogs = builtin_catalogs()?;
        let mut assets = Assets::default();
        ASSETS.iter().try_for_each(|(name, bytes)| assets.put(name, bytes))?;
        SCRIPTS.iter().for_each(|(stem, bytes)| assets.put_script(stem, bytes));
        for (path, bytes) in overrides.files() {
            if let Some(name) = path.strip_prefix("pages/assets/") {
                assets.put(name, bytes)?;
            } else if let Some(name) = path.strip_prefix("pages/") {
                admit_name(path, name)?;
                templates.insert(name.to_owned(), text(path, bytes)?);
            } else {
                let (tag, catalog) = catalog(path, bytes)?;
                catalogs.entry(tag).or_default().overlay(catalog);
            }
        }
        let assets = Arc::new(assets);
        let (texts, templates) = templates.into_iter().partition(|(name, _)| name.ends_with(".txt"));
        let texts = compiled(plain(), texts)?;
        let environment = compiled(html(assets.clone(), base), templates)?;
        Ok(Self { environment, texts, assets, languages: Languages::new(catalogs) })
    }

    /// The page that `template` makes of `page` and what all pages share.
    pub(super) fn render(
        &self,
        template: &str,
        language: &Language,
        page: &impl Serialize,
        shared: Value,
    ) -> Result<String, Error> {
        let context = context! {
            lang => language.tag(),
            dir => language.direction(),
            t => translate::plain(language.clone()),
            tb => translate::bold(language.clone()),
            page => Value::from(Serde(page)),
            ..shared,
        };
        self.environment.get_template(template)?.render(context)
    }

    /// The plain text that `template` makes of `page`.
    pub(super) fn render_text(
        &self,
        template: &str,
        language: &Language,
        page: &impl Serialize,
    ) -> Result<String, Error> {
        let (t, page) = (translate::plain(language.clone()), Value::from(Serde(page)));
        self.texts.get_template(template)?.render(context! { lang => language.tag(), t, page })
    }
}

fn plain() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL_MAX));
    environment
}

fn html(assets: Arc<Assets>, base: &str) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(escape::write_value);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL_MAX));
    let scripts = assets.clone();
    environment.add_function("integrity", move |name: String| scripts.integrity(&name));
    let (named, base) = (assets.clone(), base.to_owned());
    environment.add_function("asset", move |name: String| -> Result<String, Error> {
        let unknown = || Error::new(ErrorKind::InvalidOperation, format!("there is no asset `{name}`"));
        Ok(format!("{base}/assets/{}", named.served_name(&name).ok_or_else(unknown)?))
    });
    environment.add_function("has_asset", move |name: String| assets.served_name(&name).is_some());
    environment
}

fn compiled(
    mut environment: Environment<'static>,
    templates: BTreeMap<String, String>,
) -> Result<Environment<'static>, PagesError> {
    for (name, source) in templates {
        let path = format!("pages/{name}");
        environment
            .add_template_owned(name, source)
            .map_err(|error| PagesError::Template { path, message: described(&error) })?;
    }
    Ok(environment)
}

/// A mistake in a template in one line: what, and where.
pub(super) fn described(error: &Error) -> String {
    let mut described = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        described.push_str(": ");
        described.push_str(&inner.to_string());
        cause = inner.source();
    }
    described
}

/// A page that is none of ours would never be shown, and is most likely a slip of the pen.
fn admit_name(path: &str, name: &str) -> Result<(), PagesError> {
    let known = TEMPLATES.iter().any(|(known, _)| *known == name);
    if known || (name.starts_with("parts/") && name.ends_with(".html")) {
        return Ok(());
    }
    let pages = TEMPLATES.iter().map(|(known, _)| *known).filter(|known| !known.contains('/'));
    Err(PagesError::UnknownPage { path: path.to_owned(), known: pages.collect::<Vec<_>>().join(", ") })
}

fn builtin_catalogs() -> Result<BTreeMap<String, Catalog>, PagesError> {
    let parse = |(tag, source): &(&str, &str)| {
        let catalog = Catalog::parse(source).map_err(|error| PagesError::messages(tag, error))?;
        Ok(((*tag).to_owned(), catalog))
    };
    MESSAGES.iter().map(parse).collect()
}

fn catalog(path: &str, bytes: &[u8]) -> Result<(String, Catalog), PagesError> {
    let tag = path.strip_prefix("messages/").and_then(|name| name.strip_suffix(".toml"));
    let tag = tag.filter(|tag| looks_like_language_tag(tag)).ok_or_else(|| PagesError::LanguageTag(path.to_owned()))?;
    let catalog = Catalog::parse(&text(path, bytes)?).map_err(|error| PagesError::messages(path, error))?;
    Ok((tag.to_owned(), catalog))
}

fn text(path: &str, bytes: &[u8]) -> Result<String, PagesError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| PagesError::NotUtf8(path.to_owned()))
}
