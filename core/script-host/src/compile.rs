//! From a unit to a script that can run: parse, check, compute the constants, optimise once.

use crate::check::{self, Fields, HookFunction, Known, Notes};
use crate::coverage::{Coverage, Marked};
use crate::engine;
use crate::fault;
use crate::input::Wanted;
use crate::kit::Kit;
use crate::sources::{self, Sheet};
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, HookKind, Limits, Study, Unit};
use rhai::module_resolvers::StaticModuleResolver;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Module, OptimizationLevel, Scope, Shared};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Limits within which constants are computed.
const CONSTANT_OPERATIONS_MAX: u64 = 10_000;

/// A script that can run.
pub struct Script {
    /// Its hook.
    pub hook: HookKind,
    /// Its file.
    pub path: String,
    /// Its limits.
    pub limits: Limits,
    /// The functions it can call.
    pub kit: Arc<Kit>,
    /// The body of the hook's function as a main program, so that an error in it keeps its place; with the
    /// functions of the file.
    pub program: AST,
    /// The name of the hook's parameter.
    pub parameter: String,
    /// What of the input it reads.
    pub wanted: Wanted,
    /// The constants of all its files.
    pub constants: Shared<Module>,
    /// The files it imports, by the names it uses.
    pub imports: Vec<(String, Shared<Module>)>,
    /// What is known of it without running it.
    pub study: Study,
    /// Its files as they are compiled to count the lines that run; none live.
    pub marked: BTreeMap<String, Marked>,
}

/// What compiling needs beside the unit.
pub struct Workshop<'w> {
    /// The functions of the hook with this loan.
    pub kit: Arc<Kit>,
    /// The language alone, in which constants are computed.
    pub bare_kit: &'w Kit,
    /// Functions that hooks have, by name.
    pub of_hooks: &'w BTreeMap<String, Vec<HookKind>>,
    /// The fields of inputs.
    pub fields: &'w Fields,
    /// What counts the lines that run; nothing live.
    pub coverage: Option<&'w Coverage>,
}

/// Compiles a unit.
///
/// # Errors
/// Everything that is wrong, by place.
pub fn compile(workshop: &Workshop<'_>, unit: &Unit<'_>) -> Result<Script, Vec<Diagnostic>> {
    let mut engine = engine::build(&workshop.kit, &unit.limits);
    engine::reserve_nothing_in_names(&mut engine);
    let (sheets, mut wrong) = sources::read(&engine, &unit.path, unit.files);
    let known = Known {
        kit: &workshop.kit,
        hook: unit.hook,
        loan: &unit.loan,
        of_hooks: workshop.of_hooks,
        fields: workshop.fields,
        sheets: &sheets,
    };
    let (mut warnings, mut notes) = (Vec::new(), Notes::default());
    for sheet in &sheets {
        let (found, noted) = check::file(&known, sheet);
        wrong.extend(found.wrong);
        warnings.extend(found.warnings);
        notes.add(noted);
    }
    let main = sheets.iter().find(|sheet| sheet.path == unit.path);
    let function = main.map(|main| {
        let (function, found) = check::hook(&known, main);
        wrong.extend(found.wrong);
        warnings.extend(found.warnings);
        function
    });
    if !wrong.is_empty() {
        return Err(in_order(wrong));
    }
    let (Some(main), Some(HookFunction { wanted, never_passes, claims })) = (main, function) else {
        return Err(vec![unreadable(&unit.path)]);
    };
    let linked = Linker::link(workshop, &engine, (&sheets, unit.files)).map_err(|wrong| vec![wrong])?;
    let study = Study { never_passes, claims, ..study(&sheets, notes, in_order(warnings)) };
    let script = linked.script(workshop, unit, main, wanted);
    script.map(|script| Script { study, ..script }).ok_or_else(|| vec![unreadable(&unit.path)])
}

fn study(sheets: &[Sheet], notes: Notes, warnings: Vec<Diagnostic>) -> Study {
    Study {
        files: sheets.iter().map(|sheet| sheet.path.clone()).collect(),
        calls: Some(notes.calls),
        secrets: notes.secrets,
        providers: notes.providers,
        acrs: notes.acrs,
        names_every_acr: notes.names_every_acr,
        warnings,
        ..Study::default()
    }
}

fn in_order(mut wrong: Vec<Diagnostic>) -> Vec<Diagnostic> {
    wrong.sort_by(|a, b| {
        let key =
            |diagnostic: &Diagnostic| (diagnostic.place.file.clone(), diagnostic.place.line, diagnostic.place.column);
        key(a).cmp(&key(b))
    });
    wrong.dedup();
    wrong
}

fn unreadable(path: &str) -> Diagnostic {
    let place = Place { file: path.to_owned(), line: 1, column: 0 };
    Diagnostic { place, message: "the file cannot be read as a script".to_owned(), hint: None }
}

/// Computes constants and turns imported files into modules, file by file, each after those it imports.
struct Linker {
    modules: BTreeMap<String, Shared<Module>>,
    constants: BTreeMap<String, (Dynamic, String)>,
    /// The last file's, which is the script's own.
    optimised: AST,
    /// The texts of those that count their lines.
    marked: BTreeMap<String, Marked>,
}

impl Linker {
    fn link(
        workshop: &Workshop<'_>,
        engine: &Engine,
        (sheets, files): (&[Sheet], &BTreeMap<String, Vec<u8>>),
    ) -> Result<Self, Diagnostic> {
        let (modules, constants, marked) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut linker = Self { modules, constants, optimised: AST::empty(), marked };
        let last = sheets.len().saturating_sub(1);
        for (place, sheet) in sheets.iter().enumerate() {
            let computing = linker.computing_engine(workshop, sheet);
            let own = linker.compute(&computing, sheet)?;
            let tree = linker.tree(workshop.coverage, engine, sheet, files);
            let mut optimised = engine.optimize_ast(&own, tree, OptimizationLevel::Simple);
            optimised.set_source(sheet.path.as_str());
            if place == last {
                linker.optimised = optimised;
            } else {
                let module = Module::eval_ast_as_new(Scope::new(), &optimised, &computing);
                let module = module.map_err(|error| failed(sheet, &error))?;
                linker.modules.insert(sheet.path.clone(), module.into());
            }
        }
        Ok(linker)
    }

    /// The tree of a file: as the author wrote it, or with marks that count its lines.
    fn tree(
        &mut self,
        coverage: Option<&Coverage>,
        engine: &Engine,
        sheet: &Sheet,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> AST {
        let text = || std::str::from_utf8(files.get(&sheet.path)?).ok();
        match coverage.and_then(|coverage| coverage.marked(engine, sheet, text()?)) {
            Some((tree, marked)) => {
                self.marked.insert(sheet.path.clone(), marked);
                tree
            }
            None => sheet.ast.clone(),
        }
    }

    /// An engine of the language alone that knows the files this one imports.
    fn computing_engine(&self, workshop: &Workshop<'_>, sheet: &Sheet) -> Engine {
        let limits = Limits { operations: CONSTANT_OPERATIONS_MAX, ..Limits::default() };
        let mut engine = engine::build(workshop.bare_kit, &limits);
        let mut resolver = StaticModuleResolver::new();
        for import in &sheet.imports {
            if let Some(module) = self.modules.get(&import.path) {
                resolver.insert(import.written.as_str(), Module::clone(module));
            }
        }
        engine.set_module_resolver(resolver);
        engine
    }

    /// The constants of a file, in a scope.
    fn compute(&mut self, engine: &Engine, sheet: &Sheet) -> Result<Scope<'static>, Diagnostic> {
        let mut scope = Scope::new();
        let outside = engine.run_ast_with_scope(&mut scope, &sheet.ast);
        outside.map_err(|error| failed(sheet, &error))?;
        let mut own = Scope::new();
        for (name, _, value) in scope.iter() {
            if let Some((_, elsewhere)) = self.constants.get(name) {
                return Err(twice(sheet, name, elsewhere));
            }
            self.constants.insert(name.to_owned(), (value.clone(), sheet.path.clone()));
            own.push_constant_dynamic(name.to_owned(), value);
        }
        Ok(own)
    }

    fn script(self, workshop: &Workshop<'_>, unit: &Unit<'_>, main: &Sheet, wanted: Wanted) -> Option<Script> {
        let functions = sources::functions_of(&self.optimised);
        let hook = functions
            .into_iter()
            .find(|function| function.name == unit.hook.name() && function.parameters.len() == 1)?;
        let mut constants = Module::new();
        constants.set_id("global");
        for (name, (value, _)) in self.constants {
            constants.set_var(name, value);
        }
        constants.build_index();
        let library = self.optimised.shared_lib().clone();
        let program = AST::new_with_source(hook.body, library, unit.path.as_str());
        let import = |import: &sources::Import| Some((import.alias.clone(), self.modules.get(&import.path)?.clone()));
        Some(Script {
            hook: unit.hook,
            path: unit.path.clone(),
            limits: unit.limits,
            kit: workshop.kit.clone(),
            program,
            parameter: hook.parameters.into_iter().next()?,
            wanted,
            constants: constants.into(),
            imports: main.imports.iter().filter_map(import).collect(),
            study: Study::default(),
            marked: self.marked,
        })
    }
}

fn twice(sheet: &Sheet, name: &str, elsewhere: &str) -> Diagnostic {
    let constant = sheet.constants.iter().find(|constant| constant.name == name);
    Diagnostic {
        place: sheet.place(constant.map_or(rhai::Position::NONE, |constant| constant.position)),
        message: format!("`{name}` is a constant of `{elsewhere}` already"),
        hint: Some("give one of them another name, or import the other file and export it there".to_owned()),
    }
}

/// A constant that cannot be computed.
fn failed(sheet: &Sheet, error: &EvalAltResult) -> Diagnostic {
    let (position, message) = fault::innermost(error);
    Diagnostic {
        place: sheet.place(position),
        message: format!("this constant cannot be computed: {message}"),
        hint: Some("constants are computed when the bundle is compiled, without the host".to_owned()),
    }
}
