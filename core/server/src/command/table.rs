//! Columns for people.

use std::io::{self, Write};

/// Space between two columns.
const GAP: usize = 2;

/// Writes rows in columns as wide as their widest cell; the last one is not filled up.
pub(super) fn write_rows<const N: usize>(out: &mut dyn Write, rows: &[[String; N]]) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<fill$}", fill = width + GAP));
        let line: String = cells.collect();
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Text on its way to a terminal: control characters, which could draw over what stands there, are replaced.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut out = Vec::new();
        let rows = [["NAME", "METHOD"], ["é", "none"], ["longer", "basic"]];
        write_rows(&mut out, &rows.map(|row| row.map(str::to_owned))).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "NAME    METHOD\né       none\nlonger  basic\n");
    }

    #[test]
    fn what_a_client_called_itself_cannot_draw_on_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
