//! What a hook's function comes to: the value of each `return`, and of what stands at its end. A hook that returns a
//! text fails whenever it does; one that may end without a decision fails when it does.

use super::Known;
use super::walk::{Step, steps};
use crate::sources::{Function, Sheet};
use gatewright_domain::capabilities::loan::CAPABILITIES;
use gatewright_domain::hooks::{Diagnostic, HookKind, NamedClaim};
use rhai::{ASTFlags, ASTNode, Expr, FnCallExpr, Ident, Position, Stmt};

/// Namespaces that every script has.
const ALWAYS: [&str; 2] = ["clock", "random"];
/// Functions of the host that answer nothing.
const ANSWERS_NOTHING: [(&str, &str); 6] =
    [("log", "debug"), ("log", "info"), ("log", "warn"), ("kv", "put"), ("kv", "delete"), ("mail", "send")];
/// Decisions of `select_acr` that leave nothing to the next binding.
const FINAL: [&str; 3] = ["use_acr", "enrol_acr", "deny"];

/// One thing that a function may come to.
enum Outcome {
    /// A decision of its hook, made by this function.
    Decision(String),
    /// What is certainly none.
    Other(String),
    /// Nothing at all.
    Nothing,
    /// What only a run can tell.
    Unknown,
}

/// What a hook's function comes to.
#[derive(Default)]
pub(super) struct Results {
    /// What is certainly wrong.
    pub wrong: Vec<Diagnostic>,
    /// What is probably not meant.
    pub warnings: Vec<Diagnostic>,
    /// Whether it always ends its hook's row.
    pub never_passes: bool,
    /// The claims in the maps that it returns.
    pub claims: Vec<NamedClaim>,
}

/// Reads what the hook's function comes to.
pub(super) fn read(known: &Known<'_>, sheet: &Sheet, function: &Function) -> Results {
    let mut reader = Reader { known, sheet, found: Vec::new(), claims: Vec::new() };
    returns(&function.body, &mut |value, position| match value {
        Some(value) => reader.value(value),
        None => reader.found.push((position, Outcome::Nothing)),
    });
    reader.tail(&function.body, function.position);
    Results { claims: std::mem::take(&mut reader.claims), ..reader.judge(function) }
}

struct Reader<'k> {
    known: &'k Known<'k>,
    sheet: &'k Sheet,
    found: Vec<(Position, Outcome)>,
    claims: Vec<NamedClaim>,
}

impl Reader<'_> {
    fn judge(&self, function: &Function) -> Results {
        let hook = self.known.hook;
        let mut results = Results::default();
        let at = |position, message, hint: String| Diagnostic {
            place: self.sheet.place(position),
            message,
            hint: Some(hint),
        };
        let returned = format!("return {}", hook.decisions());
        let nothing = |(_, outcome): &(Position, Outcome)| matches!(outcome, Outcome::Nothing);
        let passes_by_ending = hook == HookKind::SelectAcr;
        if !passes_by_ending && self.found.iter().all(nothing) {
            if !self.found.is_empty() {
                let message = format!("`{hook}` never comes to a decision");
                results.wrong.push(at(function.position, message, returned));
            }
            return results;
        }
        for (position, outcome) in &self.found {
            match outcome {
                Outcome::Other(what) => {
                    let message = format!("`{hook}` returns {what} here, which is no decision");
                    results.wrong.push(at(*position, message, returned.clone()));
                }
                Outcome::Nothing if !passes_by_ending => {
                    let message = format!("`{hook}` may end here without a decision, which is a fault");
                    results.warnings.push(at(*position, message, returned.clone()));
                }
                _ => {}
            }
        }
        let is_final = |(_, outcome): &(Position, Outcome)| match outcome {
            Outcome::Decision(name) => FINAL.contains(&name.as_str()),
            _ => false,
        };
        results.never_passes = passes_by_ending && self.found.iter().all(is_final);
        results
    }

    /// The value of a block: that of its last statement.
    fn tail(&mut self, statements: &[Stmt], at: Position) {
        let Some((last, before)) = statements.split_last() else {
            return self.found.push((at, Outcome::Nothing));
        };
        if leaves(before) {
            return;
        }
        match last {
            Stmt::If(parts, at) => {
                self.tail(parts.body.statements(), *at);
                self.tail(parts.branch.statements(), *at);
            }
            Stmt::Switch(parts, at) => {
                parts.1.expressions.iter().for_each(|case| self.value(&case.rhs));
                if parts.1.def_case.is_none() {
                    self.found.push((*at, Outcome::Nothing));
                }
            }
            Stmt::While(parts, at) => self.after_loop(parts.body.statements(), is_endless(last), *at),
            Stmt::Do(parts, _, at) => self.after_loop(parts.body.statements(), false, *at),
            Stmt::For(parts, at) => self.after_loop(parts.2.body.statements(), false, *at),
            Stmt::Block(block) => self.tail(block.statements(), block.position()),
            Stmt::TryCatch(parts, at) => {
                self.tail(parts.body.statements(), *at);
                if !leaves(parts.branch.statements()) {
                    self.found.push((*at, Outcome::Nothing));
                }
            }
            Stmt::FnCall(call, at) => self.call(call, *at),
            Stmt::Expr(expression) => self.value(expression),
            Stmt::Return(..) | Stmt::BreakLoop(..) => {}
            Stmt::Share(_) => self.found.push((at, Outcome::Unknown)),
            other => self.found.push((other.position(), Outcome::Nothing)),
        }
    }

    fn after_loop(&mut self, body: &[Stmt], endless: bool, at: Position) {
        breaks(body, &mut |value, position| match value {
            Some(value) => self.value(value),
            None => self.found.push((position, Outcome::Nothing)),
        });
        if !endless {
            self.found.push((at, Outcome::Nothing));
        }
    }

    fn value(&mut self, expression: &Expr) {
        let position = expression.start_position();
        let outcome = match expression {
            Expr::Stmt(block) => return self.tail(block.statements(), block.position()),
            Expr::FnCall(call, at) => return self.call(call, *at),
            Expr::Dot(..) => self.chain(expression),
            Expr::Unit(_) => Outcome::Nothing,
            Expr::StringConstant(..) | Expr::InterpolatedString(..) | Expr::CharConstant(..) => other("a text"),
            Expr::IntegerConstant(..) | Expr::FloatConstant(..) => other("a number"),
            Expr::BoolConstant(..) | Expr::And(..) | Expr::Or(..) => other("true or false"),
            Expr::Array(..) => other("a list"),
            Expr::Map(parts, _) if self.known.hook == HookKind::Claims => {
                // A claim without a value is none.
                let set = parts.0.iter().filter(|(_, value)| !matches!(value, Expr::Unit(_)));
                let place = |name: &Ident| self.sheet.place(name.pos);
                let named = set.map(|(name, _)| NamedClaim { claim: name.as_str().to_owned(), place: place(name) });
                self.claims.extend(named.collect::<Vec<_>>());
                Outcome::Decision("claims".to_owned())
            }
            Expr::Map(..) => other("a map"),
            _ => Outcome::Unknown,
        };
        self.found.push((position, outcome));
    }

    fn call(&mut self, call: &FnCallExpr, at: Position) {
        let outcome = self.called(call);
        self.found.push((at, outcome));
    }

    fn called(&self, call: &FnCallExpr) -> Outcome {
        let name = call.name.as_str();
        if !call.namespace.is_empty() {
            let space = call.namespace.to_string();
            let of_the_host = CAPABILITIES.contains(&space.as_str()) || ALWAYS.contains(&space.as_str());
            let is_import = self.sheet.imports.iter().any(|import| import.alias == space);
            // A stored map may be claims; and of what is not known it is said elsewhere.
            let unknown = !self.is_known(&format!("{space}::{name}"), call);
            if of_the_host && !is_import && ANSWERS_NOTHING.contains(&(space.as_str(), name)) {
                return Outcome::Nothing;
            }
            let may_decide = is_import || !of_the_host || unknown || self.known.hook == HookKind::Claims;
            return if may_decide { Outcome::Unknown } else { other(&format!("what `{space}::{name}` answers")) };
        }
        let is_own = self.sheet.functions.iter().any(|function| !function.closure && function.name == name);
        match name {
            _ if is_own || !self.is_known(name, call) => Outcome::Unknown,
            _ if self.known.kit.decisions.iter().any(|decision| decision == name) => Outcome::Decision(name.to_owned()),
            "notice" => Outcome::Nothing,
            "form" => other("a form that nobody is shown"),
            "ask" => other("the answer to a page"),
            "visit" => other("the answer to a visit"),
            _ => Outcome::Unknown,
        }
    }

    fn is_known(&self, name: &str, call: &FnCallExpr) -> bool {
        let overloads = self.known.kit.catalogue.overloads(name);
        overloads.iter().any(|overload| overload.arguments == call.args.len())
    }

    /// `keep().claim(…)` is a decision, `form(…).text(…)` none.
    fn chain(&self, chain: &Expr) -> Outcome {
        let (root, steps) = steps(chain);
        let Expr::FnCall(call, _) = root else { return Outcome::Unknown };
        let changes = |step: &Step<'_>| match step {
            Step::Method(method, _) => self.known.kit.decisions.iter().any(|known| *known == method.name),
            _ => false,
        };
        let builds = |step: &Step<'_>| matches!(step, Step::Method(..));
        match self.called(call) {
            Outcome::Other(what) if call.name == "form" && steps.iter().all(builds) => Outcome::Other(what),
            Outcome::Decision(name) if steps.iter().all(changes) => Outcome::Decision(name),
            _ => Outcome::Unknown,
        }
    }
}

fn other(what: &str) -> Outcome {
    Outcome::Other(what.to_owned())
}

/// Whether a run never gets past these statements.
fn leaves(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| match statement {
        Stmt::Return(..) | Stmt::BreakLoop(..) => true,
        Stmt::If(parts, _) => leaves(parts.body.statements()) && leaves(parts.branch.statements()),
        Stmt::Block(block) => leaves(block.statements()),
        Stmt::TryCatch(parts, _) => leaves(parts.body.statements()) && leaves(parts.branch.statements()),
        Stmt::Switch(parts, _) => {
            let left = |case: &rhai::Expr| matches!(case, Expr::Stmt(block) if leaves(block.statements()));
            parts.1.def_case.is_some() && parts.1.expressions.iter().all(|case| left(&case.rhs))
        }
        Stmt::While(parts, _) if is_endless(statement) => {
            let mut ends = false;
            breaks(parts.body.statements(), &mut |_, _| ends = true);
            !ends
        }
        _ => false,
    })
}

/// Whether it is `loop { … }` or `while true { … }`.
fn is_endless(statement: &Stmt) -> bool {
    let Stmt::While(parts, _) = statement else { return false };
    matches!(parts.expr, Expr::Unit(_) | Expr::BoolConstant(true, _))
}

/// Every `return` of a function, with its value.
fn returns(body: &[Stmt], each: &mut dyn FnMut(Option<&Expr>, Position)) {
    for statement in body {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            // Its flag tells `throw`.
            if let Some(ASTNode::Stmt(Stmt::Return(value, flags, at))) = path.last()
                && !flags.contains(ASTFlags::BREAK)
            {
                each(value.as_deref(), *at);
            }
            true
        });
    }
}

/// Every `break` out of the loop with this body, with its value.
fn breaks(body: &[Stmt], each: &mut dyn FnMut(Option<&Expr>, Position)) {
    let is_loop = |node: &ASTNode<'_>| matches!(node, ASTNode::Stmt(Stmt::While(..) | Stmt::Do(..) | Stmt::For(..)));
    for statement in body {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            if let Some(ASTNode::Stmt(Stmt::BreakLoop(value, flags, at))) = path.last()
                && flags.contains(ASTFlags::BREAK)
                && !path.iter().any(is_loop)
            {
                each(value.as_deref(), *at);
            }
            true
        });
    }
}
