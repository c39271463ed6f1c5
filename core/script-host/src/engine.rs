//! Building an engine: a raw one with the functions of a kit, the limits of a binding, and nothing else. It
//! reads no file, prints nowhere, and cannot compile text while it runs.

use crate::kit::Kit;
use crate::slot::Slot;
use gatewright_domain::flow::LOG_CHARS_MAX;
use gatewright_domain::hooks::Limits;
use rhai::{Dynamic, Engine, Module, OptimizationLevel, Position, Shared, Token, is_valid_identifier};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Deepest nesting of one expression or block, in a function and outside.
pub const EXPRESSION_DEPTH_MAX: usize = 64;
/// Most variables alive in one function.
pub const VARIABLES_MAX: usize = 128;
/// Most functions in one file.
pub const FUNCTIONS_MAX: usize = 256;

/// An engine for scripts of `kit` within `limits`.
pub fn build(kit: &Kit, limits: &Limits) -> Engine {
    let mut engine = Engine::new_raw();
    // The check compiles as the author wrote; what runs is optimised once, after it.
    engine.set_optimization_level(OptimizationLevel::None);
    engine
        .set_max_operations(limits.operations)
        .set_max_call_levels(limits.call_depth)
        .set_max_expr_depths(EXPRESSION_DEPTH_MAX, EXPRESSION_DEPTH_MAX)
        .set_max_string_size(limits.string_bytes)
        .set_max_array_size(limits.array_items)
        .set_max_map_size(limits.map_items)
        .set_max_variables(VARIABLES_MAX)
        .set_max_functions(FUNCTIONS_MAX);
    engine.on_print(|text| tracing::debug!("{}", cut(text)));
    engine.on_debug(|text, _, _| tracing::debug!("{}", cut(text)));
    for module in &kit.bare {
        engine.register_global_module(module.clone());
    }
    for (name, module) in &kit.namespaces {
        engine.register_static_module(name, module.clone());
    }
    engine
}

/// Gives an engine the constants of a script's files, as `NAME` and as `global::NAME`.
pub fn lend_constants(engine: &mut Engine, constants: &Shared<Module>) {
    engine.register_global_module(constants.clone());
    engine.register_static_module("global", constants.clone());
}

/// Puts the watch of a seat into its engine: over the time and over the sizes of variables.
#[allow(deprecated, reason = "not deprecated, says its author, but volatile")]
pub fn watch(engine: &mut Engine, slot: &Arc<Slot>) {
    let (timed, sized) = (slot.clone(), slot.clone());
    engine.set_default_tag(Dynamic::from(slot.clone()));
    engine.on_progress(move |operations| timed.progress(operations));
    engine.on_var(move |_, _, context| sized.sizes.look(&context));
}

/// Lets an engine that parses one text at a time read `client.public` and `log::debug`: Rhai reserves words, some of
/// which it gives no meaning to, and after a dot or two colons there is none they could have.
pub fn reserve_nothing_in_names(engine: &mut Engine) {
    read_tokens(engine, |_, _| {});
}

/// Reserves nothing in names, and tells `seen` of every token and its place, in the order of the text.
#[allow(deprecated, reason = "not deprecated, says its author, but volatile")]
pub fn read_tokens(engine: &mut Engine, seen: impl Fn(&Token, Position) + Send + Sync + 'static) {
    let inside = AtomicBool::new(false);
    engine.on_parse_token(move |token, position, _| {
        seen(&token, position);
        let named = inside.swap(matches!(token, Token::Period | Token::Elvis | Token::DoubleColon), Ordering::Relaxed);
        match token {
            Token::Reserved(word) if named && is_valid_identifier(&word) => Token::Identifier(word),
            other => other,
        }
    });
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(LOG_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}
