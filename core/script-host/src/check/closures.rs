//! Closures stand where they are used: as the argument of a function that takes one. A closure that could be
//! kept could hold what holds it, which is never freed, or a chain of others too long to free.

use super::walk::Walk;
use rhai::{Expr, Ident, Stmt};

/// Whether an expression is a closure: one that captures variables is a block that shares them first.
pub(super) fn is_closure(expression: &Expr) -> bool {
    match expression {
        Expr::DynamicConstant(value, _) => value.is_fnptr(),
        Expr::Stmt(block) => matches!(block.statements().first(), Some(Stmt::Share(_))),
        _ => false,
    }
}

impl Walk<'_> {
    /// Walks an argument where a function is wanted. Answers whether it is one.
    pub(super) fn passes_function(&mut self, argument: &Expr) -> bool {
        if is_closure(argument) {
            self.captures(argument);
            return true;
        }
        let Expr::Variable(variable, ..) = argument else { return false };
        let known = self.scope.iter().any(|name| name == variable.1.as_str());
        !known && variable.2.is_empty() && self.is_own_function(&variable.1)
    }

    /// Reports a closure that is kept or handed to what takes none.
    pub(super) fn stray_closure(&mut self, closure: &Expr) {
        self.captures(closure);
        let hint = "write it as an argument, as in list.map(|item| …), or give it a name: fn name(item) { … }";
        self.report(closure.start_position(), "a closure cannot be kept".to_owned(), Some(hint.to_owned()));
    }

    fn captures(&mut self, closure: &Expr) {
        if let Expr::Stmt(block) = closure
            && let Some(Stmt::Share(captured)) = block.statements().first()
        {
            self.captured(captured.iter().map(|(name, _)| name));
        }
    }

    /// Walks the variables that a closure captures.
    pub(super) fn captured<'i>(&mut self, captured: impl Iterator<Item = &'i Ident>) {
        for ident in captured {
            let name = ident.as_str();
            if self.scope.iter().any(|known| known == name) {
                self.input_escapes(name);
                self.captured_variable(name);
            } else if !self.is_constant(name) {
                let near = super::nearest(name, self.scope.iter().map(String::as_str));
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                self.report(ident.pos, format!("there is no variable `{name}`"), hint);
            }
        }
    }
}
