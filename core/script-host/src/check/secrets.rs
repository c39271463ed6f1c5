//! Secrets on their way to where they may not go. No type lets one out: it cannot be joined, compared, stored or
//! logged, and prints as dots. What would fail in a run, or print dots where its author expects more, is said before.

use super::walk::{Step, Walk, steps};
use rhai::{ASTFlags, Expr, FnCallExpr, Position, Stmt};
use std::collections::{BTreeMap, BTreeSet};

const HINT: &str = "hand it to a host function, as bearer(secret) or users::verify_password(username, secret)";

/// Fields of a form that arrive as secrets.
const SECRET_FIELDS: [&str; 4] = ["password", "code", "passkey", "register_passkey"];

/// The variables in scope that hold secrets, by their place in it.
#[derive(Default)]
pub(super) struct Held {
    secrets: BTreeSet<usize>,
    /// Answers of forms with secret fields, and those fields.
    answers: BTreeMap<usize, BTreeSet<String>>,
}

impl Held {
    /// Forgets what was held at a place of the scope that is taken anew.
    pub(super) fn forget(&mut self, place: usize) {
        self.secrets.remove(&place);
        self.answers.remove(&place);
    }
}

impl Walk<'_> {
    /// Notes what the variable declared last holds.
    pub(super) fn hold(&mut self, is_secret: bool, passwords: BTreeSet<String>) {
        let place = self.scope.len().saturating_sub(1);
        if is_secret {
            self.held.secrets.insert(place);
        }
        if !passwords.is_empty() {
            self.held.answers.insert(place, passwords);
        }
    }

    /// A variable that is assigned to holds something else.
    pub(super) fn released(&mut self, to: &Expr) {
        if let (Expr::Variable(variable, ..), _) = steps(to)
            && let Some(place) = self.scope.iter().rposition(|known| known == variable.1.as_str())
        {
            self.held.forget(place);
        }
    }

    /// Whether an expression is certainly a secret.
    pub(super) fn is_secret(&self, expression: &Expr) -> bool {
        match expression {
            Expr::FnCall(call, _) => match (call.namespace.to_string().as_str(), call.name.as_str()) {
                ("secrets", "get") => true,
                ("", "bearer") => !self.is_own_function("bearer"),
                _ => false,
            },
            Expr::Variable(variable, ..) if variable.2.is_empty() => {
                self.place_of(&variable.1).is_some_and(|place| self.held.secrets.contains(&place))
            }
            Expr::Dot(..) => {
                let (root, steps) = steps(expression);
                let (Expr::Variable(variable, ..), [Step::Property(field, _)]) = (root, steps.as_slice()) else {
                    return false;
                };
                let answer = self.place_of(&variable.1).and_then(|place| self.held.answers.get(&place));
                answer.is_some_and(|passwords| passwords.contains(*field))
            }
            _ => false,
        }
    }

    /// Whether it is one, or a list or a map with one in it.
    fn holds_secret(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Array(items, _) => items.iter().any(|item| self.holds_secret(item)),
            Expr::Map(members, _) => members.0.iter().any(|(_, member)| self.holds_secret(member)),
            _ => self.is_secret(expression),
        }
    }

    fn place_of(&self, name: &str) -> Option<usize> {
        self.scope.iter().rposition(|known| known == name)
    }

    /// The secret fields of `ask(form(…).password("…"))`.
    pub(super) fn passwords(&self, expression: &Expr) -> BTreeSet<String> {
        let Expr::FnCall(call, _) = expression else { return BTreeSet::new() };
        let Some(form) = call.args.first().filter(|_| call.namespace.is_empty() && call.name == "ask") else {
            return BTreeSet::new();
        };
        let named = |step: Step<'_>| match step {
            Step::Method(call, _) if SECRET_FIELDS.contains(&call.name.as_str()) => match call.args.first() {
                Some(Expr::StringConstant(name, _)) => Some(name.to_string()),
                _ => None,
            },
            _ => None,
        };
        steps(form).1.into_iter().filter_map(named).collect()
    }

    /// Reports a secret in a call that would let others see it.
    pub(super) fn secret_in_call(&mut self, call: &FnCallExpr) {
        let space = call.namespace.to_string();
        let (cannot, at) = match (space.as_str(), call.name.as_str()) {
            ("log", _) => ("logged", 0),
            ("kv", "put") => ("stored", 1),
            ("http", "post") => ("sent in a body of JSON", 1),
            ("", "form" | "notice" | "say") => ("shown", 0),
            ("", "fail" | "deny") => ("told to the client", 0),
            ("", "to_json" | "url_encode") => ("turned into text", 0),
            ("", "==" | "!=" | "<" | ">" | "<=" | ">=") => return self.secret_operand(call, "compared"),
            ("", "+" | "+=") => return self.secret_operand(call, "joined to text"),
            _ => return,
        };
        if let Some(argument) = call.args.get(at)
            && self.holds_secret(argument)
        {
            self.no_secret(argument.start_position(), cannot);
        }
    }

    /// Reports a secret in a method call; the first argument is the first after what it is called on.
    pub(super) fn secret_in_method(&mut self, call: &FnCallExpr) {
        let (cannot, at) = match call.name.as_str() {
            "say" => ("shown", 0),
            "value" | "error" | "qr_code" => ("shown", 1),
            "claim" => ("said in a token", 1),
            _ => return,
        };
        if let Some(argument) = call.args.get(at)
            && self.holds_secret(argument)
        {
            self.no_secret(argument.start_position(), cannot);
        }
    }

    fn secret_operand(&mut self, call: &FnCallExpr, cannot: &str) {
        if let Some(operand) = call.args.iter().find(|operand| self.is_secret(operand)) {
            self.no_secret(operand.start_position(), cannot);
        }
    }

    /// Reports a secret that is thrown.
    pub(super) fn secret_thrown(&mut self, statement: &Stmt) {
        if let Stmt::Return(Some(thrown), flags, _) = statement
            && flags.contains(ASTFlags::BREAK)
            && self.holds_secret(thrown)
        {
            self.no_secret(thrown.start_position(), "thrown");
        }
    }

    /// Warns of a secret in `${…}`: what is read there are dots.
    pub(super) fn secret_in_text(&mut self, part: &Expr) {
        let inner = match part {
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Expr(inner)] => inner,
                _ => return,
            },
            other => other,
        };
        if self.holds_secret(inner) {
            let message = "a Secret is shown as `Secret(…)` here, never as what it is".to_owned();
            self.warn(inner.start_position(), message, Some(HINT.to_owned()));
        }
    }

    fn no_secret(&mut self, position: Position, cannot: &str) {
        self.report(position, format!("a Secret cannot be {cannot}"), Some(HINT.to_owned()));
    }
}
