//! Variables of which it is certain what they hold: a decision, or a part of the hook's input.

use super::walk::{Step, Walk, steps};
use rhai::{ASTNode, Expr, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// What a variable certainly holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// A decision.
    Decision,
    /// That field of the hook's input.
    Field(String),
}

/// The variables in scope that are known, by their place in it.
#[derive(Default)]
pub(super) struct Variables {
    known: BTreeMap<usize, Meant>,
    /// Names that hold something else after some statement of the function.
    assigned: BTreeSet<String>,
    /// Names of what is changed by some statement of it.
    changed: BTreeSet<String>,
}

impl Variables {
    /// None yet, of a function.
    pub(super) fn of(body: &[Stmt]) -> Self {
        let mut variables = Self::default();
        for statement in body {
            statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
                if let Some(ASTNode::Stmt(Stmt::Assignment(parts))) = path.last()
                    && let (Expr::Variable(variable, ..), steps) = steps(&parts.1.lhs)
                {
                    let names = if steps.is_empty() { &mut variables.assigned } else { &mut variables.changed };
                    names.insert(variable.1.to_string());
                }
                true
            });
        }
        variables
    }

    /// Whether a variable of that name holds this from its declaration to its end. A decision has nothing to be changed.
    fn stays(&self, name: &str, meant: &Meant) -> bool {
        !self.assigned.contains(name) && (*meant == Meant::Decision || !self.changed.contains(name))
    }

    /// Forgets what was known of a place of the scope that is taken anew.
    pub(super) fn forget(&mut self, place: usize) {
        self.known.remove(&place);
    }
}

impl Walk<'_> {
    /// What an expression certainly stands for.
    pub(super) fn meant_by(&self, expression: &Expr) -> Option<Meant> {
        if self.is_decision(expression) {
            return Some(Meant::Decision);
        }
        let (Expr::Variable(variable, ..), steps) = steps(expression) else { return None };
        match steps.as_slice() {
            [Step::Property(field, _)] if variable.2.is_empty() && self.is_input(&variable.1) => {
                Some(Meant::Field((*field).to_owned()))
            }
            _ => None,
        }
    }

    /// Notes what the variable declared last holds.
    pub(super) fn means(&mut self, name: &str, meant: Option<Meant>) {
        if let Some(meant) = meant.filter(|meant| self.variables.stays(name, meant)) {
            self.variables.known.insert(self.scope.len().saturating_sub(1), meant);
        }
    }

    /// What a name in scope holds.
    pub(super) fn meaning_of(&self, name: &str) -> Option<&Meant> {
        let place = self.scope.iter().rposition(|known| known == name)?;
        self.variables.known.get(&place)
    }

    pub(super) fn holds_decision(&self, name: &str) -> bool {
        self.meaning_of(name) == Some(&Meant::Decision)
    }

    /// A closure that captures a variable may change it.
    pub(super) fn captured_variable(&mut self, name: &str) {
        if let Some(place) = self.scope.iter().rposition(|known| known == name) {
            self.variables.forget(place);
        }
    }
}
