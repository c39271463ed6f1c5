//! The name that was probably meant.

/// Longest name that is compared, in characters.
const NAME_CHARS_MAX: usize = 64;

/// The candidate nearest to `name`, if one is near: one slip in three letters, two at most of each kind.
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let letters = name.chars().count();
    let allowed = (letters / 3).clamp(1, 3);
    candidates
        .filter(|candidate| *candidate != name && candidate.chars().count() <= NAME_CHARS_MAX)
        .filter(|candidate| candidate.chars().count().abs_diff(letters) <= allowed)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let right: Vec<char> = right.to_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (row, letter) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let mut best =
                (rows[row][column] + usize::from(letter != other)).min(rows[row][column + 1] + 1).min(next[column] + 1);
            let swapped = row > 0 && column > 0 && left[row - 1] == *other && right[column - 1] == *letter;
            if swapped {
                best = best.min(rows[row - 1][column - 1] + 1);
            }
            next.push(best);
        }
        rows.push(next);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = || ["authenticated", "delegate", "fail", "client", "users::verify_password"].into_iter();
        for (written, meant) in [
            ("autenticated", Some("authenticated")),
            ("clientt", Some("client")),
            ("cleint", Some("client")),
            ("fial", Some("fail")),
            ("users::verify_pasword", Some("users::verify_password")),
            ("permit", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, names()), meant, "{written}");
        }
    }
}
