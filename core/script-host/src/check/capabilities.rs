//! What was not lent does not exist, and what only another hook may do cannot be done: each said in those words.

use super::walk::Walk;
use gatewright_domain::capabilities::loan::CAPABILITIES;
use rhai::{Expr, FnCallExpr, Namespace, Position};

impl Walk<'_> {
    /// Reports a namespace that exists but was not lent. Answers whether it was one.
    pub(super) fn not_lent(&mut self, namespace: &str, position: Position) -> bool {
        if !CAPABILITIES.contains(&namespace) || self.known.loan.names().contains(&namespace) {
            return false;
        }
        let hint = match namespace {
            "http" => "add lend = { http = [\"https://…\"] } to the binding".to_owned(),
            "secrets" => "add lend = { secrets = [\"…\"] } to the binding".to_owned(),
            _ => format!("add lend = [\"{namespace}\"] to the binding"),
        };
        self.report(position, format!("`{namespace}` is not lent"), Some(hint));
        true
    }

    /// Reports a function that only other hooks have, or that comes with what was not lent. Answers whether it was
    /// one.
    pub(super) fn of_another_hook(&mut self, name: &str, position: Position) -> bool {
        if name == "bearer" {
            return self.not_lent("secrets", position);
        }
        let Some(hooks) = self.known.of_hooks.get(name) else { return false };
        let names: Vec<String> = hooks.iter().map(ToString::to_string).collect();
        let message = format!("`{name}` is not for {}", self.known.hook);
        self.report(position, message, Some(format!("only {} can call it", names.join(", "))));
        true
    }

    /// Reports `secrets::get("name")` of a secret that was not lent.
    pub(super) fn configured_secret(&mut self, namespace: &Namespace, call: &FnCallExpr) {
        if namespace.to_string() != "secrets" || call.name != "get" {
            return;
        }
        let [Expr::StringConstant(name, position)] = call.args.as_slice() else { return };
        let lent = &self.known.loan.secrets;
        if !lent.is_empty() && !lent.contains(name.as_str()) {
            let hint = format!("add \"{name}\" to the secrets that the binding is lent");
            self.report(*position, format!("the secret `{name}` is not lent"), Some(hint));
        }
    }
}
