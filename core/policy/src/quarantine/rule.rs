//! Whether going back would weaken authentication: a pure rule over two bundles.

use crate::bundle::CompiledBundle;
use gatewright_domain::hooks::{HookKind, Policy as _};

/// The hooks that decide who gets in.
const DECIDING: [HookKind; 4] =
    [HookKind::SelectAcr, HookKind::Authenticate, HookKind::AfterAuthentication, HookKind::Consent];

/// Of these, the hooks in which a binding more, or another order, may decide more weakly.
const ORDERED: [HookKind; 2] = [HookKind::SelectAcr, HookKind::Consent];

/// In what `good` authenticates less than `bad`, or may, in words; nothing where going back from `bad` to `good` weakens
/// nothing. Nobody can tell which of two scripts is the weaker one, and whoever can make one fail must not be able to bring
/// back the one before: what decides who gets in has to be the same code.
pub(super) fn weaker(bad: &CompiledBundle, good: &CompiledBundle) -> Vec<String> {
    let mut why = acrs(bad, good);
    for hook in DECIDING {
        for bound in bad.row(hook) {
            let name = &bound.name;
            match good.row(hook).iter().find(|other| other.name == *name) {
                None => why.push(format!("it has no binding {name}")),
                Some(other) if !bound.when.selects_as(&other.when) => {
                    why.push(format!("its binding {name} runs for other requests"));
                }
                Some(other) if !bound.chain().map(|one| one.code).eq(other.chain().map(|one| one.code)) => {
                    why.push(format!("its binding {name} runs other code"));
                }
                Some(other) if other.skips() && !bound.skips() => {
                    why.push(format!("its binding {name} is left out when it fails"));
                }
                Some(_) => {}
            }
        }
    }
    for hook in ORDERED {
        let names = |bundle: &CompiledBundle| bundle.bindings(hook).map(str::to_owned).collect::<Vec<_>>();
        let (before, after) = (names(bad), names(good));
        if before != after && before.iter().all(|name| after.contains(name)) {
            why.push(format!("its bindings of {hook} are more, or in another order"));
        }
    }
    why
}

fn acrs(bad: &CompiledBundle, good: &CompiledBundle) -> Vec<String> {
    let mut why = Vec::new();
    for method in bad.acrs().iter() {
        let acr = &method.acr;
        match good.acrs().find(acr) {
            None => why.push(format!("it does not reach the ACR {acr}")),
            Some(other) if other.level < method.level => why.push(format!("its ACR {acr} has a lower level")),
            Some(other) if method.factor.is_some() && other.factor != method.factor => {
                why.push(format!("its ACR {acr} asks for another factor"));
            }
            Some(_) => {}
        }
    }
    let level = |bundle: &CompiledBundle| bundle.acrs().find(bundle.acrs().default_acr()).map(|method| method.level);
    if level(good) < level(bad) {
        why.push("its default ACR has a lower level".to_owned());
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::files::bundle;
    use crate::rehearsal::World;
    use crate::stub::{StubRuntime, runtimes};

    const PWD: &str = "[[authenticate]]\nacr = \"pwd\"\nlevel = 10\namr = [\"pwd\"]\nrun = \"pwd.rhai\"\n";
    const OTP: &str =
        "[[authenticate]]\nacr = \"otp\"\nlevel = 20\namr = [\"otp\"]\nfactor = \"totp\"\nrun = \"otp.rhai\"\n";
    const RISK: &str = "[[after_authentication]]\nrun = \"risk.rhai\"\n";
    const SELECT: &str = "[[select_acr]]\nrun = \"select.rhai\"\n";

    fn policy(default: &str, parts: &[&str]) -> CompiledBundle {
        let manifest = format!("default_acr = \"{default}\"\n{}", parts.concat());
        let scripts = ["pwd.rhai", "otp.rhai", "risk.rhai", "select.rhai", "risk2.rhai"].map(|path| (path, path));
        let files = bundle(&[&[("policy.toml", manifest.as_str())][..], &scripts[..]].concat());
        compile(&files, &runtimes(&StubRuntime::new(&[])), World::new().tools()).unwrap()
    }

    #[test]
    fn going_back_must_not_weaken_authentication() {
        let (low, other) = (OTP.replace("20", "15"), OTP.replace("totp", "webauthn"));
        let plain = OTP.replace("factor = \"totp\"\n", "");
        let narrow = format!("{RISK}when = {{ client = [\"a\"] }}\n");
        let skipping = format!("{SELECT}on_error = \"skip\"\n");
        let table: [(&str, CompiledBundle, CompiledBundle, &[&str]); 12] = [
            ("the same", policy("pwd", &[PWD, OTP]), policy("pwd", &[PWD, OTP]), &[]),
            ("more", policy("pwd", &[PWD]), policy("otp", &[PWD, OTP, RISK]), &[]),
            ("a higher level", policy("pwd", &[PWD, &low]), policy("pwd", &[PWD, OTP]), &[]),
            ("a factor more", policy("pwd", &[PWD, &plain]), policy("pwd", &[PWD, OTP]), &[]),
            (
                "an ACR less",
                policy("pwd", &[PWD, OTP]),
                policy("pwd", &[PWD]),
                &["it does not reach the ACR otp", "it has no binding authenticate/otp"],
            ),
            (
                "a lower level",
                policy("pwd", &[PWD, OTP]),
                policy("pwd", &[PWD, &low]),
                &["its ACR otp has a lower level"],
            ),
            (
                "another factor",
                policy("pwd", &[PWD, OTP]),
                policy("pwd", &[PWD, &other]),
                &["its ACR otp asks for another factor"],
            ),
            (
                "no factor",
                policy("pwd", &[PWD, OTP]),
                policy("pwd", &[PWD, &plain]),
                &["its ACR otp asks for another factor"],
            ),
            (
                "a lower default",
                policy("otp", &[PWD, OTP]),
                policy("pwd", &[PWD, OTP]),
                &["its default ACR has a lower level"],
            ),
            (
                "a deciding binding less",
                policy("pwd", &[PWD, RISK]),
                policy("pwd", &[PWD]),
                &["it has no binding after_authentication/risk"],
            ),
            (
                "for fewer requests",
                policy("pwd", &[PWD, RISK]),
                policy("pwd", &[PWD, &narrow]),
                &["its binding after_authentication/risk runs for other requests"],
            ),
            (
                "left out when it fails",
                policy("pwd", &[PWD, SELECT]),
                policy("pwd", &[PWD, &skipping]),
                &["its binding select_acr/select is left out when it fails"],
            ),
        ];
        for (name, bad, good, expected) in &table {
            assert_eq!(weaker(bad, good), *expected, "{name}");
        }
    }

    #[test]
    fn what_decides_who_gets_in_is_the_same_code_in_the_same_order() {
        let other_code = RISK.replace("run = \"risk", "name = \"risk\"\nrun = \"risk2");
        let (bad, good) = (policy("pwd", &[PWD, RISK]), policy("pwd", &[PWD, &other_code]));
        assert_eq!(weaker(&bad, &good), ["its binding after_authentication/risk runs other code"]);
        let (bad, good) = (policy("pwd", &[PWD]), policy("pwd", &[PWD, SELECT]));
        assert_eq!(weaker(&bad, &good), ["its bindings of select_acr are more, or in another order"]);
    }

    #[test]
    fn bindings_that_only_say_more_about_an_end_user_may_go() {
        let says = "[[claims]]\nscopes = [\"profile\"]\nclaims = [\"a\"]\nrun = \"risk.rhai\"\n";
        assert_eq!(weaker(&policy("pwd", &[PWD, says]), &policy("pwd", &[PWD])), Vec::<String>::new());
    }
}
