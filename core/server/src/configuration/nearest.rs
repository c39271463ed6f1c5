//! The setting that someone who wrote another name most likely meant.

use strsim::damerau_levenshtein;

/// Letters of difference that leave no doubt what was meant, for each three letters written.
const LETTERS_AN_ERROR: usize = 3;

/// The path nearest to `written`, if any is near enough: by all its letters, or, where the section is wrong or
/// missing, by its last name.
pub(super) fn nearest<'p>(written: &str, paths: &'p [String]) -> Option<&'p str> {
    let leaf = last_name(written);
    let whole = |path: &str| Some(damerau_levenshtein(written, path)).filter(|&errors| is_near(errors, leaf));
    let by_leaf = |path: &str| {
        let errors = damerau_levenshtein(leaf, last_name(path));
        // A name that two sections have says little: the section counts for one error more.
        is_near(errors, leaf).then_some(errors + 1)
    };
    let near = |path: &'p String| Some((whole(path).into_iter().chain(by_leaf(path)).min()?, path.as_str()));
    paths.iter().filter_map(near).min().map(|(_, path)| path)
}

fn last_name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_near(errors: usize, leaf: &str) -> bool {
    errors <= (leaf.len() / LETTERS_AN_ERROR).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_finds_what_was_meant_and_another_word_finds_nothing() {
        let paths =
            ["lifetimes", "lifetimes.access_token_s", "lifetimes.code_s", "tls.key_file", "listen", "listen.address"];
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        let table = [
            ("lifetimes.acces_token_s", Some("lifetimes.access_token_s")),
            ("lifetimes.access_token", Some("lifetimes.access_token_s")),
            ("lifetime.access_token_s", Some("lifetimes.access_token_s")),
            ("access_token_s", Some("lifetimes.access_token_s")),
            ("lifetime", Some("lifetimes")),
            ("listen.adress", Some("listen.address")),
            ("tls.keyfile", Some("tls.key_file")),
            ("colour", None),
            ("x", None),
        ];
        for (written, meant) in table {
            assert_eq!(nearest(written, &paths), meant, "{written}");
        }
    }
}
