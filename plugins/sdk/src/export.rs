//! From a plugin's traits to what the server calls.

use crate::bindings::types::Fault;
use crate::failure::Outcome;
use std::marker::PhantomData;

/// A plugin as the server calls it.
#[doc(hidden)]
pub struct Served<P>(PhantomData<P>);

/// Exports the hooks that a plugin serves, named as `policy.toml` names them:
/// `export!(MyPlugin: claims, customize_token)`. For each the plugin implements the trait of that name. Once in a
/// crate.
///
/// A hook that there is not, and one that the plugin does not serve, is an error wherever it is built:
///
/// ```compile_fail
/// struct Plugin;
/// gatewright_plugin::export!(Plugin: authentication);
/// ```
///
/// ```compile_fail,E0277
/// struct Plugin;
/// gatewright_plugin::export!(Plugin: claims);
/// ```
#[macro_export]
macro_rules! export {
    ($plugin:ty: $($hook:ident),+ $(,)?) => {
        $($crate::__export_hook!($plugin, $hook);)+
    };
}

/// One hook of [`export!`]. Anywhere but in WASM nothing is exported, but the plugin must serve the hook all the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_hook {
    ($plugin:ty, select_acr) => {
        $crate::__export_hook!($plugin, select_acr, SelectAcr, export_select_acr);
    };
    ($plugin:ty, authenticate) => {
        $crate::__export_hook!($plugin, authenticate, Authenticate, export_authenticate);
    };
    ($plugin:ty, after_authentication) => {
        $crate::__export_hook!($plugin, after_authentication, AfterAuthentication, export_after_authentication);
    };
    ($plugin:ty, consent) => {
        $crate::__export_hook!($plugin, consent, Consent, export_consent);
    };
    ($plugin:ty, claims) => {
        $crate::__export_hook!($plugin, claims, Claims, export_claims);
    };
    ($plugin:ty, customize_token) => {
        $crate::__export_hook!($plugin, customize_token, CustomizeToken, export_customize_token);
    };
    ($plugin:ty, $unknown:ident) => {
        compile_error!(concat!(
            "there is no hook `",
            stringify!($unknown),
            "`; the hooks are select_acr, authenticate, after_authentication, consent, claims and customize_token"
        ));
    };
    ($plugin:ty, $module:ident, $contract:ident, $export:ident) => {
        const _: () = {
            const fn serves<P: $crate::$module::$contract>() {}
            serves::<$plugin>();
        };
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Served = $crate::Served<$plugin>;
    $crate::bindings::$module::$export!(Served with_types_in $crate::bindings::$module);
        };
    };
}

/// The decision of a hook, or why there is none.
pub(crate) fn decided<D>(hook: impl FnOnce() -> Outcome<D>) -> Result<D, Fault> {
    tell_panics();
    hook().map_err(Into::into)
}

/// A trap does not say why; a line in the log does.
fn tell_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log::warn(&panic.to_string())));
}
