//! What stands outside functions: imports and constants. Anything else would never run, so it is refused.

use crate::check::place;
use gatewright_domain::hooks::Diagnostic;
use rhai::{AST, ASTFlags, Expr, Position, Stmt};

/// `import "lib/names" as names;`
pub struct Import {
    /// The name it is used by.
    pub alias: String,
    /// As written.
    pub written: String,
    /// The file; empty when there is none.
    pub path: String,
    /// Where.
    pub position: Position,
}

/// `const NAME = …;`
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Whether files that import this one see it.
    pub exported: bool,
    /// Where.
    pub position: Position,
}

/// All of a file's.
#[derive(Default)]
pub struct TopLevel {
    /// Imports, in order.
    pub imports: Vec<Import>,
    /// Constants, in order.
    pub constants: Vec<Constant>,
}

/// Reads what stands outside functions, and reports what may not.
pub fn read(path: &str, ast: &AST, wrong: &mut Vec<Diagnostic>) -> TopLevel {
    let mut top = TopLevel::default();
    for statement in ast.statements() {
        let problem = match statement {
            Stmt::Noop(_) => None,
            Stmt::Import(import, position) => top.import(&import.0, import.1.as_str(), *position),
            Stmt::Var(variable, flags, position) => top.constant(variable.0.as_str(), *flags, *position),
            _ => Some((
                "code outside of functions never runs",
                "move it into the hook's function; only `import` and `const` stand outside",
            )),
        };
        if let Some((message, hint)) = problem {
            wrong.push(Diagnostic {
                place: place(path, statement.position()),
                message: message.to_owned(),
                hint: Some(hint.to_owned()),
            });
        }
    }
    top
}

type Problem = Option<(&'static str, &'static str)>;

impl TopLevel {
    fn import(&mut self, from: &Expr, alias: &str, position: Position) -> Problem {
        let Expr::StringConstant(written, _) = from else {
            return Some(("an import names its file in plain text", "write import \"lib/names\" as names;"));
        };
        if alias.is_empty() {
            return Some(("an import needs a name", "write import \"lib/names\" as names;"));
        }
        if self.imports.iter().any(|import| import.alias == alias) {
            return Some(("two imports have one name", "give one of them another name after `as`"));
        }
        let (alias, written) = (alias.to_owned(), written.to_string());
        self.imports.push(Import { alias, written, path: String::new(), position });
        None
    }

    fn constant(&mut self, name: &str, flags: ASTFlags, position: Position) -> Problem {
        if !flags.contains(ASTFlags::CONSTANT) {
            return Some((
                "a variable outside of functions is not seen inside of them",
                "write `const` for what never changes; keep the rest in the hook's function",
            ));
        }
        if self.constants.iter().any(|constant| constant.name == name) {
            return Some(("two constants have one name", "give one of them another name"));
        }
        let exported = flags.contains(ASTFlags::EXPORTED);
        self.constants.push(Constant { name: name.to_owned(), exported, position });
        None
    }
}
