//! A hook, as it is named on the command line.

use gatewright_domain::hooks::HookKind;

/// The hook of that name.
pub(super) fn named(text: &str) -> Result<HookKind, String> {
    let names = HookKind::ALL.map(HookKind::name).join(", ");
    HookKind::ALL.into_iter().find(|hook| hook.name() == text).ok_or_else(|| format!("the hooks are {names}"))
}
