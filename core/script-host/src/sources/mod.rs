//! A script's file and all it imports, parsed and in order: a file comes after those it imports.

mod functions;
mod syntax;
mod top_level;

pub use functions::{Function, functions_of};
pub use top_level::{Constant, Import};

use crate::check::{nearest, place};
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::Diagnostic;
use rhai::{AST, Engine};
use std::collections::BTreeMap;

/// Most files of one script, imported ones included.
pub const FILES_MAX: usize = 32;
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024;

/// One file, parsed.
pub struct Sheet {
    /// Its path in the bundle.
    pub path: String,
    /// As the author wrote it, nothing optimised.
    pub ast: AST,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Its constants.
    pub constants: Vec<Constant>,
    /// Its functions, closures among them.
    pub functions: Vec<Function>,
}

impl Sheet {
    /// A place in this file.
    pub fn place(&self, position: rhai::Position) -> Place {
        place(&self.path, position)
    }
}

/// Reads `path` and what it imports, the file itself last.
pub fn read(engine: &Engine, path: &str, files: &BTreeMap<String, Vec<u8>>) -> (Vec<Sheet>, Vec<Diagnostic>) {
    let mut reader = Reader { engine, files, sheets: vec![], open: vec![], wrong: vec![] };
    let begin = Place { file: path.to_owned(), line: 1, column: 0 };
    reader.read(path, &begin);
    (reader.sheets, reader.wrong)
}

struct Reader<'r> {
    engine: &'r Engine,
    files: &'r BTreeMap<String, Vec<u8>>,
    sheets: Vec<Sheet>,
    /// Paths of the files whose imports are being read.
    open: Vec<String>,
    wrong: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, path: &str, asked_at: &Place) {
        if self.open.iter().any(|open| open == path) {
            return self.report(asked_at, format!("`{path}` imports itself"), "move what both need into a third file");
        }
        if self.sheets.iter().any(|sheet| sheet.path == path) {
            return;
        }
        if self.sheets.len() + self.open.len() >= FILES_MAX {
            let message = format!("a script has at most {FILES_MAX} files");
            return self.report(asked_at, message, "merge some of the imported files");
        }
        let Some(text) = self.text(path, asked_at) else { return };
        match self.engine.compile(&text) {
            Ok(mut ast) => {
                ast.set_source(path);
                self.admit(path, &text, ast);
            }
            Err(error) => self.wrong.push(syntax::diagnostic(path, &error)),
        }
    }

    fn text(&mut self, path: &str, asked_at: &Place) -> Option<String> {
        let Some(bytes) = self.files.get(path) else {
            self.report(
                asked_at,
                format!("there is no file `{path}` in the bundle"),
                "paths begin at the bundle's root",
            );
            return None;
        };
        if bytes.len() > FILE_BYTES_MAX {
            let message = format!("`{path}` is larger than {} KiB", FILE_BYTES_MAX / 1024);
            self.report(asked_at, message, "split it into files and import them");
            return None;
        }
        let text = String::from_utf8(bytes.clone()).ok();
        if text.is_none() {
            self.report(asked_at, format!("`{path}` is not UTF-8 text"), "save it as UTF-8");
        }
        text
    }

    fn admit(&mut self, path: &str, text: &str, ast: AST) {
        let mut top = top_level::read(path, &ast, &mut self.wrong);
        self.open.push(path.to_owned());
        for import in &mut top.imports {
            let at = place(path, import.position);
            match self.resolve(&import.written) {
                Some(found) => {
                    self.read(&found, &at);
                    import.path = found;
                }
                None => self.missing(&import.written, &at),
            }
        }
        self.open.pop();
        let functions = functions::read(&ast, text);
        self.sheets.push(Sheet {
            path: path.to_owned(),
            ast,
            imports: top.imports,
            constants: top.constants,
            functions,
        });
    }

    fn resolve(&self, written: &str) -> Option<String> {
        let with_extension = format!("{written}.rhai");
        [written.to_owned(), with_extension].into_iter().find(|path| self.files.contains_key(path))
    }

    fn missing(&mut self, written: &str, at: &Place) {
        let scripts = self.files.keys().filter_map(|path| path.strip_suffix(".rhai"));
        let hint = match nearest(written, scripts) {
            Some(near) => format!("did you mean \"{near}\"? paths begin at the bundle's root"),
            None => "paths begin at the bundle's root, as in import \"lib/names\" as names".to_owned(),
        };
        self.report(at, format!("there is no file `{written}` or `{written}.rhai` in the bundle"), &hint);
    }

    fn report(&mut self, at: &Place, message: String, hint: &str) {
        self.wrong.push(Diagnostic { place: at.clone(), message, hint: Some(hint.to_owned()) });
    }
}
