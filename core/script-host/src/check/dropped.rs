//! A decision that is made and then lost would let a request through that was to be refused: `deny("…");` in
//! the middle of a function decides nothing.

use super::walk::{Value, Walk, steps};
use rhai::{Expr, FnCallExpr, Position};

impl Walk<'_> {
    /// Reports a decision in a statement whose value nothing uses.
    pub(super) fn dropped_expression(&mut self, expression: &Expr, value: Value) {
        match expression {
            Expr::FnCall(call, position) => self.dropped_call(call, *position, value),
            Expr::Dot(..) => {
                let (root, _) = steps(expression);
                self.dropped_expression(root, value);
            }
            _ => {}
        }
    }

    /// Reports a call that makes a decision which nothing uses.
    pub(super) fn dropped_call(&mut self, call: &FnCallExpr, position: Position, value: Value) {
        let decides = call.namespace.is_empty() && self.known.kit.decisions.iter().any(|name| *name == call.name);
        if value == Value::Used || !decides || self.is_own_function(&call.name) {
            return;
        }
        let name = call.name.as_str();
        let hint = format!("write return {name}(…);");
        self.report(position, format!("the decision of `{name}` is lost here"), Some(hint));
    }
}
