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

/// Cuts a message at its `{names}` and puts the values in. A value is not looked at for names of its own.
fn parts(language: &Language, key: &str, values: &Kwargs) -> Result<Vec<Part>, Error> {
    let mistake = |said: String| Error::new(ErrorKind::InvalidOperation, said);
    let message = language.message(key).ok_or_else(|| mistake(format!("there is no message `{key}`")))?;
    let mut parts = Vec::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| mistake(format!("`{key}`: a brace is not closed")))?;
        let value: Option<Value> = values.get(name)?;
        let value = value.ok_or_else(|| mistake(format!("`{key}` needs a value for {{{name}}}")))?;
        parts.push(Part { text: before.to_owned(), is_value: false });
        parts.push(Part { text: value.to_string(), is_value: true });
        rest = behind;
    }
    parts.push(Part { text: rest.to_owned(), is_value: false });
    // A language may leave a value out ("Abmelden?"), so that values without a place are no mistake.
    Ok(parts)
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
    fn a_message_that_is_not_there_or_lacks_a_value_is_a_mistake_of_the_template() {
        for template in ["{{ t('form.other') }}", "{{ t('form.to') }}", "{{ t('form.open', who=v) }}"] {
            assert!(render(template, "x").is_err(), "{template}");
        }
    }
}
