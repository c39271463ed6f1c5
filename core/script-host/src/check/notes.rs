//! What a script calls and names, noted on the way: for what only the whole bundle can tell.

use super::walk::Walk;
use gatewright_domain::capabilities::loan::CAPABILITIES;
use gatewright_domain::hooks::NamedAcr;
use gatewright_protocol::acr::Acr;
use rhai::{Expr, FnCallExpr, Position, Stmt};
use std::collections::BTreeSet;

/// Decisions that name an ACR.
const NAMES_ACRS: [&str; 4] = ["use_acr", "enrol_acr", "step_up", "delegate"];

/// What was noted of a script's files.
pub struct Notes {
    /// The capabilities called.
    pub calls: BTreeSet<String>,
    /// The secrets asked for by name; none once a name was computed.
    pub secrets: Option<BTreeSet<String>>,
    /// The OpenID Providers likewise.
    pub providers: Option<BTreeSet<String>>,
    /// The ACRs named in decisions.
    pub acrs: Vec<NamedAcr>,
    /// Whether every ACR of a decision was one of them.
    pub names_every_acr: bool,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            calls: BTreeSet::new(),
            secrets: Some(BTreeSet::new()),
            providers: Some(BTreeSet::new()),
            acrs: Vec::new(),
            names_every_acr: true,
        }
    }
}

impl Notes {
    /// These and those.
    pub fn add(&mut self, more: Self) {
        self.calls.extend(more.calls);
        self.secrets = both(self.secrets.take(), more.secrets);
        self.providers = both(self.providers.take(), more.providers);
        self.acrs.extend(more.acrs);
        self.names_every_acr &= more.names_every_acr;
    }
}

fn both(one: Option<BTreeSet<String>>, other: Option<BTreeSet<String>>) -> Option<BTreeSet<String>> {
    let mut all = one?;
    all.extend(other?);
    Some(all)
}

impl Walk<'_> {
    /// Notes a call without a namespace that is not of a function of the file.
    pub(super) fn note_bare(&mut self, call: &FnCallExpr) {
        if call.name == "bearer" {
            self.notes.calls.insert("secrets".to_owned());
        }
        if !NAMES_ACRS.contains(&call.name.as_str()) || call.args.is_empty() {
            return;
        }
        let named = self.texts(&call.args[0]).and_then(|texts| {
            let named = |(text, position): (String, Position)| {
                let acr = Acr::try_from(text.as_str()).ok()?;
                Some(NamedAcr { acr, decision: call.name.to_string(), place: self.sheet.place(position) })
            };
            texts.into_iter().map(named).collect::<Option<Vec<_>>>()
        });
        match named {
            Some(named) => self.notes.acrs.extend(named),
            None => self.notes.names_every_acr = false,
        }
    }

    /// Notes a call of a capability.
    pub(super) fn note_namespaced(&mut self, space: &str, call: &FnCallExpr) {
        if !CAPABILITIES.contains(&space) {
            return;
        }
        self.notes.calls.insert(space.to_owned());
        let name = match call.args.first() {
            Some(Expr::StringConstant(name, _)) => Some(name.to_string()),
            _ => None,
        };
        let names = match (space, call.name.as_str()) {
            ("secrets", "get") => &mut self.notes.secrets,
            ("oidc", "authorization_url" | "redeem") => &mut self.notes.providers,
            _ => return,
        };
        match (name, &mut *names) {
            (Some(name), Some(names)) => {
                names.insert(name);
            }
            _ => *names = None,
        }
    }

    /// The texts an expression stands for, each with its place; nothing when only a run can tell.
    fn texts(&self, expression: &Expr) -> Option<Vec<(String, Position)>> {
        match expression {
            Expr::StringConstant(text, position) => Some(vec![(text.to_string(), *position)]),
            Expr::Array(items, _) => {
                let items: Option<Vec<_>> = items.iter().map(|item| self.texts(item)).collect();
                Some(items?.into_iter().flatten().collect())
            }
            Expr::Variable(variable, _, position) => {
                let (name, space) = (variable.1.as_str(), variable.2.to_string());
                let of_this_file =
                    space == "global" || space.is_empty() && !self.scope.iter().any(|known| known == name);
                // Told where it is decided on, not where the constant stands.
                let texts = self.constant_value(name).filter(|_| of_this_file).and_then(|value| self.texts(value))?;
                Some(texts.into_iter().map(|(text, _)| (text, *position)).collect())
            }
            _ => None,
        }
    }

    /// The value of a constant of this file, as written. One that is made of itself is none.
    fn constant_value(&self, wanted: &str) -> Option<&'_ Expr> {
        self.sheet.ast.statements().iter().find_map(|statement| match statement {
            Stmt::Var(variable, ..) if variable.0.as_str() == wanted => match &variable.1 {
                value @ (Expr::StringConstant(..) | Expr::Array(..)) => Some(value),
                _ => None,
            },
            _ => None,
        })
    }
}
