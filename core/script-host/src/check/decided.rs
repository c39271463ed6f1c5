//! What is held of decisions: they have no fields, and no hook sets a claim of the server's own. Only what is certain is
//! told: of a variable that is assigned to again, or captured, nothing is known.

use super::names::nearest;
use super::walk::{Step, Walk, steps};
use gatewright_protocol::claims::is_protected;
use rhai::{Expr, FnCallExpr, Position};

/// What changes a decision, of those that can be changed.
const CHANGES: [&str; 6] = ["audience", "claim", "forget", "lifetime", "remove", "scope"];
/// Those that name a claim.
const NAMES_A_CLAIM: [&str; 2] = ["claim", "remove"];

impl Walk<'_> {
    /// Looks at a chain that begins with a decision: at what is read of it, and at the claims it changes.
    pub(super) fn decision_chain(&mut self, root: &Expr, steps: &[Step<'_>]) {
        if !self.is_decision(root) {
            return;
        }
        for step in steps {
            match step {
                Step::Method(call, _) if self.changes(&call.name) => self.protected_claim(call),
                Step::Property(field, at) => return self.no_field_of_decision(field, *at),
                Step::Method(..) | Step::Index(_) => return,
            }
        }
    }

    /// Whether an expression is certainly a decision: `keep()`, `keep().claim(…)`, or a variable that holds one.
    pub(super) fn is_decision(&self, expression: &Expr) -> bool {
        match expression {
            Expr::FnCall(call, _) => {
                let arguments = call.args.len();
                let known = self.known.kit.catalogue.overloads(&call.name);
                let makes = self.is_of_decisions(&call.name) && !CHANGES.contains(&call.name.as_str());
                let is_called_rightly = known.iter().any(|overload| overload.arguments == arguments);
                call.namespace.is_empty() && makes && is_called_rightly && !self.is_own_function(&call.name)
            }
            Expr::Variable(variable, ..) if variable.2.is_empty() => self.holds_decision(&variable.1),
            Expr::Dot(..) => {
                let (root, steps) = steps(expression);
                let changes = |step: &Step<'_>| matches!(step, Step::Method(call, _) if self.changes(&call.name));
                self.is_decision(root) && steps.iter().all(changes)
            }
            _ => false,
        }
    }

    fn changes(&self, name: &str) -> bool {
        CHANGES.contains(&name) && self.is_of_decisions(name)
    }

    fn is_of_decisions(&self, name: &str) -> bool {
        self.known.kit.decisions.iter().any(|known| known == name)
    }

    fn protected_claim(&mut self, call: &FnCallExpr) {
        let Some(Expr::StringConstant(claim, at)) = call.args.first() else { return };
        if NAMES_A_CLAIM.contains(&call.name.as_str()) && is_protected(claim) {
            let hint = "leave it out: whoever could change it could forge a login or a grant".to_owned();
            self.report(*at, format!("the claim `{claim}` is the server's own, no hook may change it"), Some(hint));
        }
    }

    fn no_field_of_decision(&mut self, field: &str, at: Position) {
        let there: Vec<&str> = CHANGES.into_iter().filter(|name| self.changes(name)).collect();
        let hint = match nearest(field, there.iter().copied()) {
            Some(near) => format!("did you mean `{near}(…)`?"),
            None if there.is_empty() => format!("return {}", self.known.hook.decisions()),
            None => {
                let there: Vec<String> = there.iter().map(|name| format!("{name}(…)")).collect();
                format!("it has {}", there.join(", "))
            }
        };
        self.report(at, format!("a decision has no field `{field}`"), Some(hint));
    }
}
