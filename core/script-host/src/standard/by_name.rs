//! Rhai's list functions can be handed the name of a function as text. What a text names is known only when it
//! runs, past the check; so here they take functions alone.

use crate::failure::{Thrown, refuse};
use rhai::{Array, Dynamic, ImmutableString, Module};

pub(super) fn register(module: &mut Module) {
    for name in ["map", "filter", "some", "all", "dedup", "sort", "drain", "retain", "reduce", "reduce_rev"] {
        module.set_native_fn(name, move |_: &mut Array, _: ImmutableString| no(name));
    }
    for name in ["reduce", "reduce_rev"] {
        module.set_native_fn(name, move |_: &mut Array, _: ImmutableString, _: Dynamic| no(name));
    }
}

fn no(name: &str) -> Thrown<Dynamic> {
    Err(refuse(format!("{name} takes a function, not the name of one: list.{name}(|item| …)")))
}

#[cfg(test)]
mod tests {
    use rhai::{Array, Dynamic, Engine};

    #[test]
    fn no_text_becomes_a_function() {
        let mut engine = Engine::new_raw();
        engine.register_global_module(crate::standard::module().into());
        for name in ["map", "filter", "some", "all", "dedup", "sort", "drain", "retain", "reduce", "reduce_rev"] {
            let script = format!("fn f(x) {{ true }} fn f(x, y) {{ true }} [1, 2].{name}(\"f\")");
            let error = engine.eval::<Dynamic>(&script).unwrap_err().to_string();
            assert!(error.contains("takes a function"), "{name}: {error}");
        }
        assert_eq!(engine.eval::<Array>("[1, 2].map(|x| x + 1)").unwrap().len(), 2);
    }
}
