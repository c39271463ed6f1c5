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
            "factors" => "add lend = { factors = \"…\" } to the binding: the kind of its own".to_owned(),
            "oidc" => "add lend = { oidc = [\"…\"] } to the binding: the providers' names".to_owned(),
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

    /// Reports `secrets::get("name")` and `oidc::redeem("name", …)` of what was not lent by that name.
    pub(super) fn configured_name(&mut self, namespace: &Namespace, call: &FnCallExpr) {
        let loan = self.known.loan;
        let (lent, what, which) = match (namespace.to_string().as_str(), call.name.as_str()) {
            ("secrets", "get") => (&loan.secrets, "secret", "secrets"),
            ("oidc", "authorization_url" | "redeem") => (&loan.oidc, "OpenID Provider", "providers in `oidc`"),
            _ => return,
        };
        let Some(Expr::StringConstant(name, position)) = call.args.first() else { return };
        if !lent.is_empty() && !lent.contains(name.as_str()) {
            let hint = format!("add \"{name}\" to the {which} that the binding is lent");
            self.report(*position, format!("the {what} `{name}` is not lent"), Some(hint));
        }
    }
}
