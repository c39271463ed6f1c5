//! What a component imports and exports, by name: read off the file, nothing is compiled or run.

use wasmparser::{Parser, Payload};

/// The names at the outside of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surface {
    /// What it calls.
    pub imports: Vec<String>,
    /// What it answers.
    pub exports: Vec<String>,
}

impl Surface {
    /// Reads it off a component.
    ///
    /// # Errors
    /// What is wrong with the file, where it is none.
    pub fn read(component: &[u8]) -> Result<Self, String> {
        let (mut depth, mut surface) = (0_u32, Self::default());
        let unreadable = |error: wasmparser::BinaryReaderError| error.message().to_owned();
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(unreadable)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        surface.imports.push(import.map_err(unreadable)?.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        surface.exports.push(export.map_err(unreadable)?.name.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(surface)
    }
}
