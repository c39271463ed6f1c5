//! The functions of a file, with their bodies, closures among them.

use rhai::{AST, ASTNode, FnAccess, Module, Position, ScriptFuncDef, Shared, Stmt};

/// A function of a script.
pub struct Function {
    /// Its name; made up for a closure.
    pub name: String,
    /// The names of its parameters; a closure's begin with those of the variables it captures.
    pub parameters: Vec<String>,
    /// Whether only its own file can call it.
    pub private: bool,
    /// Whether it has no name of its own.
    pub closure: bool,
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Where its name stands.
    pub position: Position,
}

/// What Rhai calls the functions that closures become.
const CLOSURE_PREFIX: &str = "anon$";

/// The functions of a tree whose text is no longer at hand.
pub fn functions_of(ast: &AST) -> Vec<Function> {
    read(ast, "")
}

/// Reads the functions of `ast`, whose text is `text`, in the order of the text.
pub fn read(ast: &AST, text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions: Vec<_> = ast
        .shared_lib()
        .iter_script_fn_info()
        .map(|(_, access, name, _, definition)| Function {
            name: name.to_owned(),
            parameters: definition.params.iter().map(ToString::to_string).collect(),
            private: access == FnAccess::Private,
            closure: name.starts_with(CLOSURE_PREFIX),
            body: body(definition),
            position: position(&lines, name, definition.body.start_position()),
        })
        .collect();
    functions.sort_by_key(|function| (function.position.line(), function.position.position()));
    functions
}

/// The statements of one function. The type that holds them is not public, so they are taken by walking a tree
/// of that function alone.
fn body(definition: &Shared<ScriptFuncDef>) -> Vec<Stmt> {
    let mut alone = Module::new();
    alone.set_script_fn(definition.clone());
    let mut statements = Vec::new();
    AST::new_from_module(alone).walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements
}

/// Where the name of a function stands whose body begins at `begin`: at `fn name` before it, else at the body.
fn position(lines: &[&str], name: &str, begin: Position) -> Position {
    let Some(last) = begin.line() else { return begin };
    let head = format!("fn {name}");
    let found = lines.iter().take(last).enumerate().rev().find_map(|(line, text)| {
        let column = text.find(&head)?;
        let rest = text[column + head.len()..].chars().next();
        let whole = rest.is_none_or(|next| !next.is_alphanumeric() && next != '_');
        whole.then(|| (line + 1, text[..column].chars().count() + "fn ".len() + 1))
    });
    let Some((line, column)) = found else { return begin };
    match (u16::try_from(line), u16::try_from(column)) {
        (Ok(line), Ok(column)) => Position::new(line, column),
        _ => begin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Engine;

    #[test]
    fn functions_are_found_where_they_are_named() {
        let text = "fn a(x) { x }\n\nprivate fn ab(x, y)\n{\n  [x].map(|z| z + y)\n}\n";
        let functions = read(&Engine::new_raw().compile(text).unwrap(), text);
        let named: Vec<_> = functions.iter().filter(|function| !function.closure).collect();
        assert_eq!(named.len(), 2);
        assert_eq!((named[0].name.as_str(), named[0].position), ("a", Position::new(1, 4)));
        assert_eq!((named[1].name.as_str(), named[1].position), ("ab", Position::new(3, 12)));
        assert!(named[1].private && named[1].body.len() == 1);
        let closure = functions.iter().find(|function| function.closure).unwrap();
        assert_eq!(closure.parameters, ["y", "z"]);
    }
}
