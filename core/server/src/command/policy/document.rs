//! JSON documents that an author hands over.

use super::super::error::CommandError;
use super::PolicyError;
use serde_json::{Map, Value};
use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

/// Largest document, in bytes.
const DOCUMENT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The document in a file, or on standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Value, CommandError> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(DOCUMENT_BYTES_MAX + 1).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(DOCUMENT_BYTES_MAX + 1).read_to_string(&mut text))
    };
    read.map_err(|cause| CommandError::Unreadable { path: path.to_owned(), cause })?;
    if text.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(wrong(path, format!("it is larger than {} MiB", DOCUMENT_BYTES_MAX / 1024 / 1024)));
    }
    serde_json::from_str(&text).map_err(|error| wrong(path, format!("it is no JSON: {error}")))
}

/// A document that is an object, as an input is.
pub(super) fn read_object(path: &Path) -> Result<Value, CommandError> {
    match read(path)? {
        object @ Value::Object(_) => Ok(object),
        _ => Err(wrong(path, "it is no JSON object".to_owned())),
    }
}

/// A document that is an array of objects, as answers are.
pub(super) fn read_objects(path: &Path) -> Result<Vec<Map<String, Value>>, CommandError> {
    serde_json::from_value(read(path)?).map_err(|_| wrong(path, "it is no JSON array of objects".to_owned()))
}

/// Says what is wrong with it.
pub(super) fn wrong(path: &Path, why: String) -> CommandError {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    PolicyError::Document { name, why }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        read_objects(file.path()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_with_a_document_is_told_with_its_name() {
        assert!(said("{").contains("it is no JSON: "));
        assert!(said("{}").ends_with("it is no JSON array of objects"));
        assert!(said("[1]").ends_with("it is no JSON array of objects"));
        let large = " ".repeat(usize::try_from(DOCUMENT_BYTES_MAX).unwrap() + 1);
        assert!(said(&large).ends_with("it is larger than 4 MiB"));
        let gone = read_object(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(gone.contains("/nowhere/at/all"), "{gone}");
    }
}
