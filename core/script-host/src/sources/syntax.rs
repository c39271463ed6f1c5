//! A syntax error as a diagnostic.

use crate::check::place;
use crate::engine::{EXPRESSION_DEPTH_MAX, FUNCTIONS_MAX, VARIABLES_MAX};
use gatewright_domain::hooks::Diagnostic;
use rhai::{LexError, ParseError, ParseErrorType};

/// What is wrong with the text of `path`.
pub fn diagnostic(path: &str, error: &ParseError) -> Diagnostic {
    let kind = error.err_type();
    let mut message = kind.to_string();
    if let Some(first) = message.get(..1) {
        message.replace_range(..1, &first.to_lowercase());
    }
    Diagnostic { place: place(path, error.position()), message, hint: hint(kind) }
}

fn hint(kind: &ParseErrorType) -> Option<String> {
    Some(match kind {
        ParseErrorType::MissingToken(token, _) => format!("put a `{token}` here or before"),
        ParseErrorType::UnexpectedEOF => "a bracket or brace is still open at the end".to_owned(),
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            "close the string on its line, or write it between backticks".to_owned()
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(found)) => {
            format!("is there something missing before `{found}`?")
        }
        ParseErrorType::WrongFnDefinition => "move the function out; functions stand side by side in a file".to_owned(),
        ParseErrorType::FnMissingParams(name) => format!("write fn {name}(…) with its parameters"),
        ParseErrorType::ExprTooDeep => {
            format!("nest at most {EXPRESSION_DEPTH_MAX} deep; move a part into a function of its own")
        }
        ParseErrorType::TooManyFunctions => {
            format!("a file has at most {FUNCTIONS_MAX} functions; import some from another file")
        }
        ParseErrorType::Reserved(word) => format!(
            "`{word}` is a word of the language; choose another name, or write it in quotes as the key of a map"
        ),
        ParseErrorType::AssignmentToConstant(name) => format!("declare `{name}` with let"),
        ParseErrorType::LiteralTooLarge(..) => {
            format!("keep it smaller; a function has at most {VARIABLES_MAX} variables")
        }
        _ => return None,
    })
}
