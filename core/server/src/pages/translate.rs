//! The functions templates speak with: `t("key", name=value)` and `tb(…)`, the same with the values in bold.

use super::escape::escape_html;
use super::language::Language;
use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};

/// `t`: the message as plain text, escaped where it is printed.
pub(super) fn plain(language: Language) -> Value {
    Value::from_function(move |key: String, values: Kwargs| -> Result<Value, Error> {
        let parts = parts(&language, &key, &values)?;
        Ok(Value::from(parts.into_iter().map(|part| part.text).collect::<String>()))
    })
}

/// `tb`: the message as HTML, each value in bold and kept from turning the direction of the text around it.
pub(super) fn bold(language: Language) -> Value {
    Value::from_function(move |key: String, values: Kwargs| -> Result<Value, Error> {
        let mut html = String::new();
        for part in parts(&language, &key, &values)? {
            let text = escape_html(&part.text);
            if part.is_value {
                html.push_str("<strong><bdi>");
                html.push_str(&text);
                html.push_str("</bdi></strong>");
            } else {
                html.push_str(&text);
            }
        }
        Ok(Value::from_safe_string(html))
    })
}

struct Part {
    text: String,
    is_value: bool,
}

impl Language {
    /// The message of that key with these values, outside of a template. A value that is missing leaves a gap.
    pub(super) fn filled(&self, key: &str, values: &[(&str, &str)]) -> String {
        let message = self.message(key).unwrap_or_default();
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value);
        let text = |piece| match piece {
            Piece::Text(text) => text,
            Piece::Name(name) => value(name),
        };
        cut(message).map_or_else(|| message.to_owned(), |pieces| pieces.into_iter().map(text).collect())
    }
}

/// The parts of a message with a template's values in their places.
fn parts(language: &Language, key: &str, values: &Kwargs) -> Result<Vec<Part>, Error> {
    let mistake = |said: String| Error::new(ErrorKind::InvalidOperation, said);
    let message = language.message(key).ok_or_else(|| mistake(format!("there is no message `{key}`")))?;
    let pieces = cut(message).ok_or_else(|| mistake(format!("`{key}`: a brace is not closed")))?;
    let part = |piece| match piece {
        Piece::Text(text) => Ok(Part { text: text.to_owned(), is_value: false }),
        Piece::Name(name) => {
            let value: Option<Value> = values.get(name)?;
            let value = value.ok_or_else(|| mistake(format!("`{key}` needs a value for {{{name}}}")))?;
            Ok(Part { text: value.to_string(), is_value: true })
        }
    };
    // A language may leave a value out ("Abmelden?"), so that values without a place are no mistake.
    pieces.into_iter().map(part).collect()
}

/// A piece of a message as it is written.
enum Piece<'m> {
    Text(&'m str),
    Name(&'m str),
}

/// Cuts a message at its `{names}`; `None` where a brace is not closed. A value is not looked at for names of its own.
fn cut(message: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Name(name));
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::super::catalog::Catalog;
    use super::super::language::Languages;
    use super::*;
    use minijinja::{Environment, context};

    fn render(template: &str, value: &str) -> Result<String, Error> {
        let messages = "[form]\nto = \"to {who} & on\"\nopen = \"to {who\"";
        let languages = Languages::new([("en".into(), Catalog::parse(messages).unwrap())].into());
        let language = languages.english().clone();
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        environment.set_formatter(super::super::escape::write_value);
        environment.render_str(template, context! { t => plain(language.clone()), tb => bold(language), v => value })
    }

    #[test]
    fn values_are_put_in_escaped_and_once() {
        assert_eq!(render("{{ t('form.to', who=v) }}", "<{who}>").unwrap(), "to &lt;{who}&gt; &amp; on");
        let bold = render("{{ tb('form.to', who=v) }}", "<b>").unwrap();
        assert_eq!(bold, "to <strong><bdi>&lt;b&gt;</bdi></strong> &amp; on");
    }

    #[test]
    fn a_document_s_message_is_filled_as_it_is_without_markup() {
        let catalog = Catalog::parse("[form]\nto = \"to {who} & on\"\nopen = \"to {who\"").unwrap();
        let languages = Languages::new([("en".into(), catalog)].into());
        let filled = |key: &str| languages.english().filled(key, &[("who", "<{who}>")]);
        assert_eq!([filled("form.to"), filled("form.open")], ["to <{who}> & on", "to {who"]);
    }

    #[test]
    fn a_message_that_is_not_there_or_lacks_a_value_is_a_mistake_of_the_template() {
        for template in ["{{ t('form.other') }}", "{{ t('form.to') }}", "{{ t('form.open', who=v) }}"] {
            assert!(render(template, "x").is_err(), "{template}");
        }
    }
}
