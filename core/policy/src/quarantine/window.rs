//! How often a binding has failed, or taken too long, within a window: pure, the time is given.

use super::Budget;
use gatewright_domain::identifiers::BindingName;
use std::collections::{BTreeMap, VecDeque};

/// What the bindings of the live bundle have used of their budgets.
#[derive(Debug, Default)]
pub(super) struct Windows {
    bad: BTreeMap<BindingName, VecDeque<i64>>,
}

impl Windows {
    /// A run of `binding` was bad at `at_ms`; whether its budget is used up by that.
    pub(super) fn passes(&mut self, budget: &Budget, binding: &BindingName, at_ms: i64) -> bool {
        let limit = budget.faults as usize;
        let bad = self.bad.entry(binding.clone()).or_default();
        bad.push_back(at_ms);
        let since = at_ms.saturating_sub(i64::try_from(budget.within_s).unwrap_or(i64::MAX).saturating_mul(1000));
        while bad.front().is_some_and(|first| *first <= since) || bad.len() > limit {
            bad.pop_front();
        }
        bad.len() >= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(times: &[i64]) -> Vec<bool> {
        let budget = Budget { faults: 3, within_s: 10, slow_ms: None };
        let binding = BindingName::parse("claims/a").unwrap();
        let mut windows = Windows::default();
        times.iter().map(|at| windows.passes(&budget, &binding, *at)).collect()
    }

    #[test]
    fn a_budget_is_used_up_by_so_many_within_the_window() {
        assert_eq!(at(&[0, 1, 2]), [false, false, true]);
        assert_eq!(at(&[0, 5_000, 9_999]), [false, false, true]);
        assert_eq!(at(&[0, 5_000, 10_000]), [false, false, false], "the first is as old as the window is long");
        assert_eq!(at(&[0, 9_000, 10_500, 11_000]), [false, false, false, true]);
    }

    #[test]
    fn bindings_have_budgets_of_their_own() {
        let budget = Budget { faults: 2, within_s: 10, slow_ms: None };
        let [one, other] = ["claims/a", "claims/b"].map(|name| BindingName::parse(name).unwrap());
        let mut windows = Windows::default();
        assert!(!windows.passes(&budget, &one, 1) && !windows.passes(&budget, &other, 2));
        assert!(windows.passes(&budget, &one, 3));
    }
}
