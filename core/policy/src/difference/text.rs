//! Two texts, line by line: the longest common subsequence, shown as a unified diff.

use std::fmt::Write as _;

/// Most lines of each text, between what both begin and end with, that are compared one by one; more are shown as
/// replaced whole.
pub const LINES_MAX: usize = 2_000;
/// Lines that are alike, shown around those that differ.
const CONTEXT: usize = 3;

/// A line and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// The unified diff of two texts, without its header.
pub(super) fn unified(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let rest = old[begin..].iter().rev().zip(new[begin..].iter().rev());
    let end = rest.take_while(|(one, other)| one == other).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let mut lines: Vec<Line<'_>> = old[..begin].iter().map(|line| Line::Both(line)).collect();
    lines.extend(compared(&old[begin..old_end], &new[begin..new_end]));
    lines.extend(old[old_end..].iter().map(|line| Line::Both(line)));
    hunks(&lines)
}

fn compared<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let mut lines = Vec::new();
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        lines.extend(old.iter().map(|line| Line::Old(line)));
        lines.extend(new.iter().map(|line| Line::New(line)));
        return lines;
    }
    let common = common(old, new);
    let width = new.len() + 1;
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            lines.push(Line::Both(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
            lines.push(Line::Old(old[i]));
            i += 1;
        } else {
            lines.push(Line::New(new[j]));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(|line| Line::Old(line)));
    lines.extend(new[j..].iter().map(|line| Line::New(line)));
    lines
}

/// How many lines two ends have in common: at `i * (new.len() + 1) + j` of `old[i..]` and `new[j..]`.
fn common(old: &[&str], new: &[&str]) -> Vec<u16> {
    let width = new.len() + 1;
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    common
}

/// The lines that differ, with some around them; those that are close stand together.
fn hunks(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(first) = lines[at..].iter().position(|line| !matches!(line, Line::Both(_))) {
        let first = at + first;
        let begin = first.saturating_sub(CONTEXT).max(at);
        let mut end = first;
        // On to the next that differs, while it is close enough to share its context.
        while let Some(next) = lines[end..].iter().take(2 * CONTEXT + 1).position(|line| !matches!(line, Line::Both(_)))
        {
            end += next + 1;
        }
        at = (end + CONTEXT).min(lines.len());
        hunk(&mut text, lines, begin, at);
    }
    text
}

fn hunk(text: &mut String, lines: &[Line<'_>], begin: usize, end: usize) {
    let count = |lines: &[Line<'_>], new: bool| {
        lines.iter().filter(|line| !matches!((line, new), (Line::Old(_), true) | (Line::New(_), false))).count()
    };
    let of = &lines[begin..end];
    let range = |new: bool| {
        let (before, count) = (count(&lines[..begin], new), count(of, new));
        // As `diff -u`: where nothing is there, the line before.
        format!("{},{count}", if count == 0 { before } else { before + 1 })
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "@@ -{} +{} @@", range(false), range(true));
    for line in of {
        let (sign, line) = match line {
            Line::Both(line) => (' ', line),
            Line::Old(line) => ('-', line),
            Line::New(line) => ('+', line),
        };
        let _ = writeln!(text, "{sign}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_that_differ_stand_among_three_that_do_not() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("10\n", "ten\nhalf\n").replace("\n20\n", "\n");
        let expected =
            "@@ -7,7 +7,8 @@\n 7\n 8\n 9\n-10\n+ten\n+half\n 11\n 12\n 13\n@@ -17,4 +18,3 @@\n 17\n 18\n 19\n-20\n";
        assert_eq!(unified(&old, &new), expected);
    }

    #[test]
    fn a_text_that_is_new_or_gone_is_whole() {
        assert_eq!(unified("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(unified("a\n", ""), "@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(unified("a\n", "a\n"), "");
    }

    #[test]
    fn texts_over_the_limit_are_replaced_whole() {
        let of = |word: &str, count: usize| format!("same\n{}", format!("{word}\nalike\n").repeat(count));
        let told = unified(&of("old", LINES_MAX / 2 + 1), &of("new", LINES_MAX / 2 + 1));
        assert!(told.contains("-alike\n") && told.contains("+alike\n"));
        let told = unified(&of("old", LINES_MAX / 2), &of("new", LINES_MAX / 2));
        assert!(!told.contains("-alike\n") && !told.contains("+alike\n"));
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_off_the_difference(old in "([ab]\n){0,12}", new in "([ab]\n){0,12}") {
            // With all lines shown, nothing is left out between the hunks.
            let (one, other): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
            let lines = compared(&one, &other);
            let of = |skip: fn(&Line<'_>) -> bool| -> Vec<&str> {
                let kept = lines.iter().filter(|line| !skip(line));
                kept.map(|line| match line { Line::Both(text) | Line::Old(text) | Line::New(text) => *text }).collect()
            };
            prop_assert_eq!(of(|line| matches!(line, Line::New(_))), one);
            prop_assert_eq!(of(|line| matches!(line, Line::Old(_))), other);
            prop_assert_eq!(unified(&old, &new).is_empty(), old == new);
        }
    }
}
