//! The fields of the hook's input: those a script reads must be there, and are the only ones made for it.

use super::names::nearest;
use super::variables::Meant;
use super::walk::{Step, Walk};
use crate::input::Wanted;
use crate::samples;
use crate::sources::Function;
use gatewright_domain::hooks::{Diagnostic, HookKind};
use rhai::{Expr, Position};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The fields of each hook's input and, where they are known, the fields of those.
pub struct Fields(BTreeMap<HookKind, BTreeMap<String, Option<BTreeSet<String>>>>);

/// A member whose fields are the operator's own.
const OPEN: &str = "claims";

impl Fields {
    /// From the contracts' samples. What is absent in one is looked up in the others: a session, a user.
    pub fn of_samples() -> Self {
        let samples = HookKind::ALL.map(|hook| (hook, samples::json(hook)));
        let inner = |name: &str| {
            let members = samples.iter().find_map(|(_, sample)| sample.get(name).and_then(Value::as_object));
            members.filter(|_| name != OPEN).map(|members| members.keys().cloned().collect())
        };
        let fields = |sample: &Value| {
            let members = sample.as_object().into_iter().flatten();
            members.map(|(name, _)| (name.clone(), inner(name))).collect()
        };
        Self(samples.iter().map(|(hook, sample)| (*hook, fields(sample))).collect())
    }
}

/// What a function does with the hook's input.
#[derive(Default)]
pub(super) struct InputUse {
    /// The parameter's name.
    name: String,
    /// Fields it reads.
    reads: Vec<Read>,
    /// Fields it sets.
    sets: BTreeSet<String>,
    /// Whether it is used other than by its fields.
    escapes: bool,
}

/// A field that is read.
struct Read {
    field: String,
    at: Position,
    /// A field of that field, and where.
    inner: Option<(String, Position)>,
}

impl Walk<'_> {
    /// Looks at how a function uses its one parameter.
    pub(super) fn input(&mut self, function: &Function) -> (Wanted, Vec<Diagnostic>) {
        let name = function.parameters.first().cloned().unwrap_or_default();
        self.input = Some(InputUse { name, ..InputUse::default() });
        self.function(function);
        self.found.clear();
        let using = self.input.take().unwrap_or_default();
        self.compare(&using);
        let whole = using.escapes || !using.sets.is_empty();
        let wanted = if whole {
            Wanted::All
        } else {
            let names: BTreeSet<String> = using.reads.into_iter().map(|read| read.field).collect();
            Wanted::Only(names.into_iter().collect())
        };
        (wanted, std::mem::take(&mut self.found))
    }

    /// Notes a chain that begins with the input. Answers whether it was one.
    pub(super) fn input_chain(&mut self, root: &Expr, steps: &[Step<'_>]) -> bool {
        let Expr::Variable(variable, ..) = root else { return false };
        if !variable.2.is_empty() {
            return false;
        }
        if !self.is_input(&variable.1) {
            self.part_of_input(&variable.1, steps);
            return false;
        }
        let Some(using) = &mut self.input else { return false };
        match steps {
            [Step::Property(first, at), rest @ ..] => {
                let inner = match rest.first() {
                    Some(Step::Property(second, at)) => Some(((*second).to_owned(), *at)),
                    _ => None,
                };
                using.reads.push(Read { field: (*first).to_owned(), at: *at, inner });
            }
            _ => using.escapes = true,
        }
        true
    }

    /// Notes a field of a variable that holds a field of the input.
    fn part_of_input(&mut self, name: &str, steps: &[Step<'_>]) {
        let Some(Meant::Field(field)) = self.meaning_of(name) else { return };
        let field = field.clone();
        match (steps, &mut self.input) {
            ([Step::Property(inner, at), ..], Some(using)) => {
                using.reads.push(Read { field, at: *at, inner: Some(((*inner).to_owned(), *at)) });
            }
            // A method may put fields there.
            _ => self.captured_variable(name),
        }
    }

    /// Notes that a variable is used as a whole, in case it is the input.
    pub(super) fn input_escapes(&mut self, name: &str) {
        if self.is_input(name)
            && let Some(using) = &mut self.input
        {
            using.escapes = true;
        }
    }

    /// Notes an assignment, in case it is to the input or a field of it.
    pub(super) fn assigned(&mut self, to: &Expr) {
        let (root, steps) = super::walk::steps(to);
        let Expr::Variable(variable, ..) = root else { return };
        if !self.is_input(&variable.1) {
            return;
        }
        let Some(using) = &mut self.input else { return };
        match steps.first() {
            Some(Step::Property(first, _)) => {
                using.sets.insert((*first).to_owned());
            }
            _ => using.escapes = true,
        }
    }

    /// Whether a name means the input here: the parameter, not a later variable of its name.
    pub(super) fn is_input(&self, name: &str) -> bool {
        self.input.as_ref().is_some_and(|using| using.name == name)
            && self.scope.iter().rposition(|known| known == name) == Some(0)
    }

    fn compare(&mut self, using: &InputUse) {
        let Some(fields) = self.known.fields.0.get(&self.known.hook) else { return };
        let name = &using.name;
        for Read { field, at, inner } in &using.reads {
            if using.sets.contains(field) {
                continue;
            }
            match (fields.get(field), inner) {
                (None, _) => self.no_field(name, field, *at, fields.keys()),
                (Some(Some(known)), Some((inner, at))) if !known.contains(inner) => {
                    self.no_field(&format!("{name}.{field}"), inner, *at, known.iter());
                }
                _ => {}
            }
        }
    }

    fn no_field<'n>(&mut self, of: &str, field: &str, at: Position, known: impl Iterator<Item = &'n String> + Clone) {
        let hint = match nearest(field, known.clone().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => list(known),
        };
        self.report(at, format!("`{of}` has no `{field}`"), Some(hint));
    }
}

fn list<'n>(names: impl Iterator<Item = &'n String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    format!("it has {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_in_one_sample_is_known_from_another() {
        let fields = Fields::of_samples();
        let authenticate = &fields.0[&HookKind::Authenticate];
        assert!(authenticate["session"].as_ref().unwrap().contains("level"));
        assert!(authenticate["user"].as_ref().unwrap().contains("username"));
        assert_eq!(authenticate["acr"], None);
        assert_eq!(fields.0[&HookKind::CustomizeToken]["claims"], None);
    }
}
