//! QR codes (ISO/IEC 18004), drawn as one path of an SVG: no picture to load, nothing that a strict
//! Content-Security-Policy would have to allow.

use gatewright_domain::fault::Fault;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;
use std::fmt::Write as _;

/// White modules around the code, without which cameras do not find it.
const QUIET_ZONE: i32 = 4;
/// Letters of a key in one group.
const GROUP_LETTERS: usize = 4;

/// A QR code, as `parts/field.html` draws it.
#[derive(Debug, Serialize)]
pub(super) struct QrModel {
    /// Width and height of the drawing, in modules.
    size: i32,
    /// The black modules.
    path: String,
    /// The same for typing, in groups.
    groups: Vec<String>,
    /// What an app on this very device opens.
    link: Option<String>,
}

impl QrModel {
    /// A code that says `text`, with `typed` for those who type it.
    ///
    /// # Errors
    /// A fault when the text is too long for any code.
    pub(super) fn new(text: &str, typed: &str, link: Option<&str>) -> Result<Self, Fault> {
        let code =
            QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|error| Fault::new("pages.qr", error.to_string()))?;
        Ok(Self {
            size: code.size() + 2 * QUIET_ZONE,
            path: path(&code),
            groups: vec![typed.to_owned()],
            link: link.map(ToOwned::to_owned),
        })
    }

    /// The same with what is typed cut into groups.
    pub(super) fn in_groups(self) -> Self {
        let letters: Vec<char> = self.groups.concat().chars().collect();
        Self { groups: letters.chunks(GROUP_LETTERS).map(|group| group.iter().collect()).collect(), ..self }
    }
}

/// Every run of black modules in a row as a rectangle.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // Writing to a String does not fail.
                let _ = write!(path, "M{},{}h{run}v1h-{run}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += i32::try_from(run).unwrap_or(code.size()) + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::page::QR_BYTES_MAX;
    use std::collections::BTreeSet;

    fn drawn(path: &str) -> BTreeSet<(i32, i32)> {
        let mut black = BTreeSet::new();
        for part in path.split('M').skip(1) {
            let (place, rest) = part.split_once('h').unwrap();
            let (x, y) = place.split_once(',').unwrap();
            let run: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            black.extend((x..x + run).map(|x| (x, y)));
        }
        black
    }

    #[test]
    fn the_path_is_black_where_the_code_is_and_leaves_the_quiet_zone_white() {
        let text = "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example";
        let model = QrModel::new(text, "", None).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let black: BTreeSet<_> =
            all.filter(|(x, y)| code.get_module(*x, *y)).map(|(x, y)| (x + QUIET_ZONE, y + QUIET_ZONE)).collect();
        assert_eq!(drawn(&model.path), black);
        assert_eq!(model.size, code.size() + 8);
    }

    #[test]
    fn the_longest_text_a_page_may_show_fits_in_a_code() {
        assert!(QrModel::new(&"ü".repeat(QR_BYTES_MAX / 2), "", None).is_ok());
        assert!(QrModel::new(&"x".repeat(4096), "", None).is_err());
    }

    #[test]
    fn a_key_is_typed_in_groups_of_four() {
        let model = QrModel::new("x", "JBSWY3DPEH", None).unwrap().in_groups();
        assert_eq!(model.groups, ["JBSW", "Y3DP", "EH"]);
    }
}
