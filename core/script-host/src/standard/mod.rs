//! The language's own functions: Rhai's packages without those that wait, read the clock or look into other
//! functions, and with our own where Rhai's could outgrow the limits before they are looked at.

mod by_name;
mod compare;
mod print;
mod text;

use crate::{failure, secret};
use rhai::Module;
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package as _,
};

/// All of it in one module: one look-up a call.
pub fn module() -> Module {
    let mut module = Module::new();
    ArithmeticPackage::init(&mut module);
    LogicPackage::init(&mut module);
    BasicMathPackage::init(&mut module);
    BasicStringPackage::init(&mut module);
    MoreStringPackage::init(&mut module);
    BasicArrayPackage::init(&mut module);
    BasicMapPackage::init(&mut module);
    BasicIteratorPackage::init(&mut module);
    BasicFnPackage::init(&mut module);
    // Else each call would search a thousand functions by their hash, one by one.
    module.register_lazy_functions();
    by_name::register(&mut module);
    compare::register(&mut module);
    print::register(&mut module);
    text::register(&mut module);
    failure::register(&mut module);
    secret::register(&mut module);
    module
}
