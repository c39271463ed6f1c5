//! Finding statements, counting them, and leaving a script what it is.

use super::*;
use gatewright_domain::flow::Place;
use rhai::{Dynamic, Scope};

/// A text with `¦` before each statement, `‹…›` around the values of arms.
fn shown(text: &str) -> String {
    let marks = marks(&tokens(&Engine::new_raw(), text));
    let text = mark(text, &marks, |_| "¦".to_owned()).text;
    text
}

#[test]
fn a_mark_stands_before_every_statement_and_nowhere_else() {
    let table = [
        ("fn a() { let x = 1; x += 2; x }", "fn a() { ¦let x = 1; ¦x += 2; ¦x }"),
        ("fn a() { }", "fn a() { }"),
        (
            "fn a(x) { if x { 1 } else if !x { 2 } else { 3 } }",
            "fn a(x) { ¦if x { ¦1 } else if !x { ¦2 } else { ¦3 } }",
        ),
        ("fn a(x) { if x { 1; } -x }", "fn a(x) { ¦if x { ¦1; } ¦-x }"),
        ("fn a(x) { let y = if x { 1 } else { 2 }; y }", "fn a(x) { ¦let y = if x { ¦1 } else { ¦2 }; ¦y }"),
        ("fn a(x) { x.some(|y| y > 1); x }", "fn a(x) { ¦x.some(|y| y > 1); ¦x }"),
        ("fn a(x) { x.map(|y| { let z = y; z }) }", "fn a(x) { ¦x.map(|y| { ¦let z = y; ¦z }) }"),
        ("fn a(x) { #{ b: x, c: [1, #{}] }.b; (x + 1) }", "fn a(x) { ¦#{ b: x, c: [1, #{}] }.b; ¦(x + 1) }"),
        ("fn a(x) { `x${x; 1}y${x}`; }", "fn a(x) { ¦`x${x; 1}y${x}`; }"),
        (
            "fn a(x) { for y in x { y; } while x { break; } loop { } 1 }",
            "fn a(x) { ¦for y in x { ¦y; } ¦while x { ¦break; } ¦loop { } ¦1 }",
        ),
        ("fn a() { do { 1; } while false; 2 }", "fn a() { ¦do { ¦1; } while false; ¦2 }"),
        ("fn a() { try { throw 1; } catch (e) { 2 } 3 }", "fn a() { ¦try { ¦throw 1; } catch (e) { ¦2 } ¦3 }"),
        ("fn a() { { 1 } { 2 } }", "fn a() { ¦{ ¦1 } ¦{ ¦2 } }"),
        ("fn a() { 1;; 2 }", "fn a() { ¦1;; ¦2 }"),
        ("const A = #{ x: 1 }; private fn a() { A }", "const A = #{ x: 1 }; private fn a() { ¦A }"),
        ("const A = if true { 1 } else { 2 };\nfn a() { A }", "const A = if true { 1 } else { 2 };\nfn a() { ¦A }"),
        ("fn a() { // {\n \"{;\"; /* ; */ 1 }", "fn a() { // {\n ¦\"{;\"; /* ; */ ¦1 }"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn an_arm_of_a_switch_becomes_a_block_that_is_counted() {
    let text = "fn a(x) { switch x { 1 => 2, \"a\" if x => { 3 } 4..6 => if x { 4 } else { 5 } _ => a([x, 6]) } 7 }";
    let expected = "fn a(x) { ¦switch x { 1 => {¦2}, \"a\" if x => { ¦3 } 4..6 => if x { ¦4 } else { ¦5 } _ => {¦a([x, 6]) }} ¦7 }";
    assert_eq!(shown(text), expected);
}

/// Runs `a(n)` of a text with its marks; answers what it answered, and the lines that ran.
fn ran(text: &str, n: INT) -> (String, Vec<(usize, u64)>) {
    let engine = Engine::new();
    let (sheets, wrong) = crate::sources::read(&engine, "a.rhai", &BTreeMap::from([("a.rhai".into(), text.into())]));
    assert!(wrong.is_empty(), "{wrong:?}");
    let coverage = Coverage::default();
    let (tree, _) = coverage.marked(&engine, &sheets[0], text).unwrap();
    let mut running = Engine::new();
    running.register_global_module(coverage.module());
    let answered = running.call_fn::<Dynamic>(&mut Scope::new(), &tree, "a", (n,)).unwrap();
    let [script] = coverage.scripts().try_into().unwrap();
    (answered.to_string(), script.lines.unwrap().into_iter().collect())
}

#[test]
fn a_line_is_counted_as_often_as_a_statement_on_it_begins() {
    let text = "fn a(n) {\n  let sum = 0;\n  for k in 0..n {\n    sum += k;\n  }\n  if n > 9 {\n    never(n);\n  }\n  sum\n}\n\nfn never(n) {\n  n\n}\n";
    let lines = vec![(2, 1), (3, 1), (4, 3), (6, 1), (7, 0), (9, 1), (13, 0)];
    assert_eq!(ran(text, 3), ("3".to_owned(), lines));
}

#[test]
fn a_marked_script_answers_what_the_author_s_does() {
    let texts = [
        "fn a(n) { switch n { 1 => \"one\", 2 | 3 => { let x = n; x * 2 } _ => b(n) } } fn b(n) { -n }",
        "fn a(n) { [1, 2, 3].map(|x| { let y = x * n; y }).filter(|y| y > 2) }",
        "fn a(n) { let f = if n > 2 { \"more\" } else { \"less\" }; `it is ${ if n == 1 { f } else { n } }` }",
        "fn a(n) { let s = 0; do { s += 1; if s > 4 { break; } } while s < n; try { throw s } catch (e) { s = e + 1; } s }",
        "fn a(n) { let m = #{ a: n }; m.a += 1; { m.b = { n } } m.b }",
    ];
    for text in texts {
        let own = Engine::new();
        let tree = own.compile(text).unwrap();
        for n in 0..5 {
            let expected = own.call_fn::<Dynamic>(&mut Scope::new(), &tree, "a", (n as INT,)).unwrap().to_string();
            assert_eq!(ran(text, n).0, expected, "{text} of {n}");
        }
    }
}

#[test]
fn places_are_told_as_they_are_in_the_author_s_text() {
    let text = "fn a() {\n  let x = \"ä\"; b(1);\n  c\n}";
    let marks = marks(&tokens(&Engine::new_raw(), text));
    let marked = mark(text, &marks, |_| "ran(1);".to_owned());
    for (line, own) in text.lines().enumerate() {
        let other = marked.text.lines().nth(line).unwrap();
        for word in ["let", "b(", "c", "1"] {
            let (Some(in_own), Some(in_other)) = (own.find(word), other.rfind(word)) else { continue };
            let column = |text: &str, byte: usize| text[..byte].chars().count() + 1;
            let place = Place { file: "a".into(), line: line + 1, column: column(other, in_other) };
            assert_eq!(marked.original(place).column, column(own, in_own), "{word}");
        }
    }
    let inside = Place { file: "a".into(), line: 3, column: 5 };
    assert_eq!(marked.original(inside).column, 3, "in a mark: where it stands");
    let none = Place { file: "a".into(), line: 3, column: 0 };
    assert_eq!(marked.original(none).column, 0);
}

#[test]
fn a_script_that_marks_would_break_is_left_unmeasured() {
    // A brace that is part of a condition ends no statement, which tokens alone do not tell.
    let text = "fn a(n) { if if n > 1 { true } else { false } { 2 } else { 3 } }";
    let engine = Engine::new();
    let (sheets, _) = crate::sources::read(&engine, "a.rhai", &BTreeMap::from([("a.rhai".into(), text.into())]));
    let coverage = Coverage::default();
    assert!(coverage.marked(&engine, &sheets[0], text).is_none());
    assert_eq!(coverage.scripts(), [CoveredScript { path: "a.rhai".into(), lines: None }]);
}
