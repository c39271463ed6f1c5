//! Walking the statements and expressions of a file, with what is in scope at each place.

use super::Known;
use super::fields::InputUse;
use super::notes::Notes;
use super::secrets::Held;
use super::variables::Variables;
use crate::sources::{Function, Sheet};
use gatewright_domain::hooks::Diagnostic;
use rhai::{ASTFlags, Expr, FlowControl, Position, Stmt};

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Something uses it.
    Used,
    /// Nothing does.
    Dropped,
}

/// One walk over a file.
pub(super) struct Walk<'k> {
    pub(super) known: &'k Known<'k>,
    pub(super) sheet: &'k Sheet,
    /// Names of the variables in scope, outermost first.
    pub(super) scope: Vec<String>,
    /// What the function does with the hook's input, where that is looked at.
    pub(super) input: Option<InputUse>,
    /// Which of the variables hold secrets.
    pub(super) held: Held,
    /// Which of them hold decisions, or parts of the hook's input.
    pub(super) variables: Variables,
    /// What it calls and names.
    pub(super) notes: Notes,
    pub(super) found: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl<'k> Walk<'k> {
    pub(super) fn new(known: &'k Known<'k>, sheet: &'k Sheet) -> Self {
        let (held, variables, notes) = (Held::default(), Variables::default(), Notes::default());
        Self { known, sheet, scope: vec![], input: None, held, variables, notes, found: vec![], warnings: vec![] }
    }

    /// Reports something, once for a place.
    pub(super) fn report(&mut self, position: Position, message: String, hint: Option<String>) {
        let diagnostic = Diagnostic { place: self.sheet.place(position), message, hint };
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Warns of something, once for a place.
    pub(super) fn warn(&mut self, position: Position, message: String, hint: Option<String>) {
        let diagnostic = Diagnostic { place: self.sheet.place(position), message, hint };
        if !self.warnings.contains(&diagnostic) {
            self.warnings.push(diagnostic);
        }
    }

    /// Walks the constants.
    pub(super) fn statements_outside(&mut self) {
        for statement in self.sheet.ast.statements() {
            if let Stmt::Var(variable, ..) = statement {
                self.expression(&variable.1);
            }
        }
    }

    /// Walks one function.
    pub(super) fn function(&mut self, function: &Function) {
        self.scope.clear();
        self.variables = Variables::of(&function.body);
        for parameter in &function.parameters {
            // A closure's parameters begin with what it captures, constants among it.
            let captured = function.closure && self.is_constant(parameter);
            if !captured {
                self.declare(parameter, function.position);
            }
        }
        self.block(&function.body, Value::Used);
    }

    /// Puts a variable into scope.
    pub(super) fn declare(&mut self, name: &str, position: Position) {
        if self.is_constant(name) {
            let message = format!("`{name}` is a constant of this file already");
            self.report(position, message, Some("choose another name".to_owned()));
        }
        self.held.forget(self.scope.len());
        self.variables.forget(self.scope.len());
        self.scope.push(name.to_owned());
    }

    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.sheet.constants.iter().any(|constant| constant.name == name)
    }

    /// Walks a block. The value of its last statement is that of the block.
    pub(super) fn block(&mut self, statements: &[Stmt], value: Value) {
        let outside = self.scope.len();
        let last = statements.len().saturating_sub(1);
        for (place, statement) in statements.iter().enumerate() {
            self.statement(statement, if place == last { value } else { Value::Dropped });
        }
        self.scope.truncate(outside);
    }

    fn statement(&mut self, statement: &Stmt, value: Value) {
        match statement {
            Stmt::Noop(_) | Stmt::Export(..) => {}
            Stmt::If(parts, _) => {
                self.expression(&parts.expr);
                self.block(parts.body.statements(), value);
                self.block(parts.branch.statements(), value);
            }
            Stmt::Switch(parts, _) => {
                self.expression(&parts.0);
                for case in &parts.1.expressions {
                    self.expression(&case.lhs);
                    self.valued(&case.rhs, value);
                }
            }
            Stmt::While(parts, _) | Stmt::Do(parts, ..) => {
                self.expression(&parts.expr);
                self.block(parts.body.statements(), Value::Dropped);
            }
            Stmt::For(parts, position) => {
                self.expression(&parts.2.expr);
                let outside = self.scope.len();
                self.declare(parts.0.as_str(), *position);
                if let Some(counter) = &parts.1 {
                    self.declare(counter.as_str(), *position);
                }
                self.block(parts.2.body.statements(), Value::Dropped);
                self.scope.truncate(outside);
            }
            Stmt::Var(parts, _, position) => {
                self.expression(&parts.1);
                let (is_secret, passwords) = (self.is_secret(&parts.1), self.passwords(&parts.1));
                let meant = self.meant_by(&parts.1);
                self.declare(parts.0.as_str(), *position);
                self.hold(is_secret, passwords);
                self.means(parts.0.as_str(), meant);
            }
            Stmt::Assignment(parts) => {
                self.assigned(&parts.1.lhs);
                self.expression(&parts.1.lhs);
                self.expression(&parts.1.rhs);
                self.released(&parts.1.lhs);
            }
            Stmt::FnCall(call, position) => {
                self.dropped_call(call, *position, value);
                self.call(call, *position);
            }
            Stmt::Block(block) => self.block(block.statements(), value),
            Stmt::TryCatch(parts, _) => self.try_catch(parts, value),
            Stmt::Expr(expression) => self.valued(expression, value),
            Stmt::BreakLoop(expression, ..) | Stmt::Return(expression, ..) => {
                self.secret_thrown(statement);
                if let Some(expression) = expression {
                    self.expression(expression);
                }
            }
            Stmt::Import(_, position) => {
                let hint = "move the import to the top of the file".to_owned();
                self.report(*position, "an import stands outside of functions".to_owned(), Some(hint));
            }
            Stmt::Share(captured) => self.captured(captured.iter().map(|(name, _)| name)),
            other => {
                let hint = "write it in another way".to_owned();
                self.report(other.position(), "this statement cannot be checked".to_owned(), Some(hint));
            }
        }
    }

    /// The value of a `try` block counts, that of its `catch` block does not.
    fn try_catch(&mut self, parts: &FlowControl, value: Value) {
        self.block(parts.body.statements(), value);
        let outside = self.scope.len();
        if let Expr::Variable(variable, _, position) = &parts.expr {
            self.declare(&variable.1, *position);
        }
        self.block(parts.branch.statements(), Value::Dropped);
        self.scope.truncate(outside);
    }

    /// Walks an expression whose value may be dropped.
    fn valued(&mut self, expression: &Expr, value: Value) {
        match expression {
            Expr::Stmt(block) if !super::closures::is_closure(expression) => self.block(block.statements(), value),
            _ => {
                self.dropped_expression(expression, value);
                self.expression(expression);
            }
        }
    }

    /// Walks an expression whose value is used.
    pub(super) fn expression(&mut self, expression: &Expr) {
        if super::closures::is_closure(expression) {
            return self.stray_closure(expression);
        }
        match expression {
            Expr::Variable(..) => self.variable(expression),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expression),
            Expr::Stmt(block) => self.block(block.statements(), Value::Used),
            Expr::InterpolatedString(parts, _) => {
                for part in parts {
                    self.secret_in_text(part);
                    self.expression(part);
                }
            }
            Expr::Array(parts, _) => parts.iter().for_each(|part| self.expression(part)),
            Expr::Map(parts, _) => parts.0.iter().for_each(|(_, part)| self.expression(part)),
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            // Constants, and properties and methods, which `chain` meets first.
            _ => {}
        }
    }
}

/// One step of a chain such as `login.client.id` or `scope[0].len()`.
pub(super) enum Step<'e> {
    /// `.name`
    Property(&'e str, Position),
    /// `.name(…)`
    Method(&'e rhai::FnCallExpr, Position),
    /// `[…]`
    Index(&'e Expr),
}

/// A chain as its root and its steps.
pub(super) fn steps(chain: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let mut steps = Vec::new();
    let (root, mut rest, mut dot, mut ends) = match chain {
        Expr::Dot(parts, flags, _) => (&parts.lhs, &parts.rhs, true, flags.contains(ASTFlags::BREAK)),
        Expr::Index(parts, flags, _) => (&parts.lhs, &parts.rhs, false, flags.contains(ASTFlags::BREAK)),
        _ => return (chain, steps),
    };
    loop {
        match rest {
            Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _) if !ends => {
                steps.push(step(&parts.lhs, dot));
                dot = matches!(rest, Expr::Dot(..));
                ends = flags.contains(ASTFlags::BREAK);
                rest = &parts.rhs;
            }
            _ => {
                steps.push(step(rest, dot));
                return (root, steps);
            }
        }
    }
}

fn step(expression: &Expr, dot: bool) -> Step<'_> {
    match expression {
        Expr::Property(property, position) if dot => Step::Property(&property.2, *position),
        Expr::MethodCall(call, position) if dot => Step::Method(call, *position),
        _ => Step::Index(expression),
    }
}
