//! Which lines of the scripts ran.

use gatewright_policy::files::Files;
use gatewright_script_host::CoveredScript;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Most groups of lines that are named of one script; the rest are counted.
const GROUPS_MAX: usize = 8;

/// Each script with its share; with `lines` also the source of those with lines that did not run.
pub(super) fn write(out: &mut dyn Write, scripts: &[CoveredScript], lines: bool, files: &Files) -> io::Result<()> {
    let widest = scripts.iter().map(|script| script.path.chars().count()).max().unwrap_or(0).max("all".len());
    writeln!(out, "\nlines on which a statement begins, and how many of them ran:")?;
    let (mut ran_of_all, mut all) = (0, 0);
    for CoveredScript { path, lines } in scripts {
        let Some(lines) = lines else {
            writeln!(out, "  {path:<widest$}  its statements cannot be told apart")?;
            continue;
        };
        let ran = ran(lines);
        (ran_of_all, all) = (ran_of_all + ran, all + lines.len());
        let missed = missed(lines);
        let missed = if missed.is_empty() { String::new() } else { format!("   not {missed}") };
        writeln!(out, "  {path:<widest$}  {}{missed}", share(ran, lines.len()))?;
    }
    writeln!(out, "  {:<widest$}  {}", "all", share(ran_of_all, all))?;
    if lines {
        let partly = scripts.iter().filter_map(|script| Some((&script.path, script.lines.as_ref()?)));
        for (path, lines) in partly.filter(|(_, lines)| ran(lines) < lines.len()) {
            write_source(out, path, lines, files)?;
        }
    }
    Ok(())
}

/// A script with how often each line ran before it, and a mark before those that did not.
fn write_source(out: &mut dyn Write, path: &str, lines: &BTreeMap<usize, u64>, files: &Files) -> io::Result<()> {
    writeln!(out, "\n{path}")?;
    for (place, text) in files.text(path).unwrap_or_default().lines().enumerate() {
        let times = match lines.get(&(place + 1)) {
            Some(0) => "!!!".to_owned(),
            Some(times) => times.to_string(),
            None => String::new(),
        };
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(out, "{}", format!("{times:>6} {:>5} | {text}", place + 1).trim_end())?;
    }
    Ok(())
}

fn ran(lines: &BTreeMap<usize, u64>) -> usize {
    lines.values().filter(|times| **times > 0).count()
}

/// Rounded down, so that only all is 100 %.
fn share(ran: usize, all: usize) -> String {
    let percent = if all == 0 { 100 } else { ran * 100 / all };
    format!("{ran:>4} of {all:>4}  {percent:>3} %")
}

/// The lines that did not run, those beside each other as one: `3-5, 9`. Lines between on which nothing begins count as
/// beside.
fn missed(lines: &BTreeMap<usize, u64>) -> String {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut goes_on = false;
    for (line, times) in lines {
        match groups.last_mut() {
            Some(group) if *times == 0 && goes_on => group.1 = *line,
            _ if *times == 0 => groups.push((*line, *line)),
            _ => {}
        }
        goes_on = *times == 0;
    }
    let group = |(from, to): &(usize, usize)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    let named: Vec<String> = groups.iter().take(GROUPS_MAX).map(group).collect();
    match groups.len().saturating_sub(GROUPS_MAX) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The same as JSON: each script's lines by number, and how often they ran.
pub(super) fn document(scripts: &[CoveredScript]) -> Value {
    let script = |script: &CoveredScript| {
        let counted = script.lines.as_ref().map(|lines| (ran(lines), lines.len()));
        json!({
            "file": script.path,
            "lines": script.lines,
            "ran": counted.map(|(ran, _)| ran),
            "of": counted.map(|(_, all)| all),
        })
    };
    scripts.iter().map(script).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_beside_each_other_are_one_group() {
        let lines = |of: &[(usize, u64)]| of.iter().copied().collect::<BTreeMap<_, _>>();
        assert_eq!(missed(&lines(&[(1, 1), (2, 3)])), "");
        assert_eq!(missed(&lines(&[(1, 0), (3, 0), (4, 1), (9, 0)])), "1-3, 9");
        let many: BTreeMap<_, _> = (0..=2 * GROUPS_MAX).map(|n| (n, (n % 2) as u64)).collect();
        assert!(missed(&many).ends_with("14 and 1 more"), "{}", missed(&many));
    }

    #[test]
    fn only_all_is_a_hundred_percent() {
        assert_eq!(share(999, 1_000).trim(), "999 of 1000   99 %");
        assert_eq!(share(7, 7).trim(), "7 of    7  100 %");
    }
}
