//! What a script cannot do: outlast its limits, outgrow them, or take the process down.

use crate::stage::{PATH, Setting, Stage, fault, thrown};
use gatewright_domain::flow::{FaultKind, HookFault};
use gatewright_domain::hooks::{HookKind, Limits, Run};
use std::time::{Duration, Instant};

/// The default limits, but for the time: how long an operation takes is not what these tests are about.
const LIMITS: Limits = Limits {
    operations: 200_000,
    time_ms: 60_000,
    total_ms: 10_000,
    call_depth: 32,
    string_bytes: 64 * 1024,
    array_items: 4_096,
    map_items: 1_024,
    memory_mib: 32,
    output_bytes: 256 * 1024,
};

/// Runs a claims hook on a thread with little stack, as no server would have.
fn run(limits: Limits, script: &str) -> Result<Run, HookFault> {
    let (script, setting) = (script.to_owned(), Setting { limits, ..Setting::of(HookKind::Claims) });
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    small.spawn(move || Stage::new(setting, &script).run()).unwrap().join().unwrap()
}

fn claims(body: &str) -> Result<Run, HookFault> {
    run(LIMITS, &format!("fn claims(about) {{\n{body}\n}}"))
}

fn overrun(body: &str) -> (&'static str, usize) {
    let fault = claims(body).unwrap_err();
    match (fault.kind, fault.place) {
        (FaultKind::Overrun { limit, .. }, Some(place)) => {
            assert_eq!(place.file, PATH);
            (limit, place.line)
        }
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn an_endless_loop_ends_after_its_operations() {
    assert_eq!(overrun("let n = 0;\nloop {\n    n += 1;\n}"), ("operations", 4));
    assert_eq!(overrun("while true {}"), ("operations", 2));
    assert_eq!(overrun("for i in 0..1000000000000 { let x = i; }\npass()"), ("operations", 2));
}

#[test]
fn an_endless_loop_ends_after_its_time() {
    let limits = Limits { operations: Limits::MAX.operations, time_ms: 20, ..LIMITS };
    let began = Instant::now();
    let fault = run(limits, "fn claims(about) {\n    loop {\n        let x = 1;\n    }\n}").unwrap_err();
    let limit = "milliseconds of computing";
    assert_eq!(fault.kind, FaultKind::Overrun { limit, max: 20 });
    assert!(fault.place.unwrap().line >= 2);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_overrun_cannot_be_caught() {
    assert_eq!(overrun("try { loop {} } catch { return #{ caught: true }; }\npass()").0, "operations");
    assert_eq!(overrun("try { let s = \"x\"; loop { s += s; } } catch { return #{}; }\npass()").0, "bytes of text");
}

#[test]
fn deep_recursion_is_stopped_before_the_stack_ends() {
    let nested = |open: &str, close: &str, times: usize| {
        let body = format!("{}f(x){}", open.repeat(times), close.repeat(times));
        format!("fn claims(about) {{\n    f(1)\n}}\nfn g(x) {{ x }}\nfn f(x) {{ {body} }}")
    };
    let scripts = [
        nested("", "", 1),
        nested("(1 + ", ")", 28),
        nested("if true { ", " }", 14),
        nested("g(", ")", 28),
        nested("switch x { 1 => ", " }", 24),
        nested("#{ a: ", " }", 18),
        nested("[", "]", 18),
        nested("[1].map(|y| ", ")", 6),
        nested("for i in 0..1 { ", " }", 14),
        nested("1 in [1, ", "]", 18),
        nested("try { ", " } catch {}", 14),
        nested("`${", "}`", 10),
    ];
    for limits in [LIMITS, Limits { call_depth: Limits::MAX.call_depth, ..LIMITS }] {
        for script in &scripts {
            let fault = run(limits, script).unwrap_err();
            let max = limits.call_depth as u64;
            assert_eq!(fault.kind, FaultKind::Overrun { limit: "nested calls", max }, "{script}");
            assert!(fault.place.unwrap().line >= 2, "{script}");
        }
    }
}

#[test]
fn a_doubling_string_is_stopped() {
    assert_eq!(overrun("let s = \"x\";\nloop {\n    s += s;\n}").0, "bytes of text");
    assert_eq!(overrun("let s = \"\"; s.pad(60000, 'x');\nlet t = `${s}${s}`;\n#{ t: t }").0, "bytes of text");
    assert_eq!(overrun("let s = \"\"; s.pad(60000, 'x'); s.replace(\"x\", s); #{}").0, "bytes of text");
    assert_eq!(overrun("let s = \"\"; s.pad(60000, 'x'); let l = [s, s]; #{ l: l.join(\"\") }").0, "bytes of text");
    assert_eq!(overrun("let m = []; loop { m.push(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }").0, "bytes of text");
}

#[test]
fn a_growing_array_or_map_is_stopped() {
    assert_eq!(overrun("let a = [];\nloop {\n    a.push(1);\n}"), ("array items", 4));
    assert_eq!(overrun("let a = [1]; loop { a += a; }").0, "array items");
    assert_eq!(overrun("let a = [1]; a.pad(1000000000, 1); #{}").0, "array items");
    assert_eq!(overrun("let m = #{}; let n = 0; loop { m[`k${n}`] = n; n += 1; }").0, "map items");
    assert_eq!(overrun("let a = [0]; loop { a = [a, a]; }").0, "array items");
    let growing = "let m = #{}; let n = 0; loop { small(); m[`k${n}`] = `x${n}`; n += 1; }";
    let script = format!("fn claims(about) {{ {growing} }}\nfn small() {{ for i in 0..200 {{ let x = i; }} }}");
    let limits = Limits { operations: Limits::MAX.operations, ..LIMITS };
    let fault = run(limits, &script).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Overrun { limit: "map items", max: 1024 });
    let itself =
        "fn claims(about) { let m = #{}; m.grow(); m }\nfn grow() { let n = 0; loop { this[`k${n}`] = n; n += 1; } }";
    let fault = run(LIMITS, itself).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Overrun { limit: "map items", max: 1024 });
    let split = "let s = \"\"; s.pad(60000, ','); #{ a: s.split(\",\") }";
    assert_eq!(overrun(split).0, "array items");
}

#[test]
fn values_nested_as_deep_as_their_number_harm_nothing() {
    for (make, limit) in [
        ("let a = []; loop { a = [a]; }", "array items"),
        ("let a = #{}; loop { a = #{ x: a }; }", "map items"),
        ("let a = #{}; loop { a = #{ x: [a] }; }", "map items"),
        ("let a = #{}; loop { let t = #{}; t.x = a; a = t; }", "map items"),
        ("let a = [0]; loop { let t = [0]; t[0] = a; a = t; }", "array items"),
        ("let a = #{}; a.x = #{}; a.x.x = #{}; a.x.x.x = #{}; a.x.x.x.x = #{}; loop { a.x.x.x.x = a; }", "map items"),
    ] {
        let fault = run(LIMITS, &format!("fn claims(about) {{ {make} }}")).unwrap_err();
        assert!(matches!(fault.kind, FaultKind::Overrun { limit: found, .. } if found == limit), "{make}: {fault}");
    }
    let nest = "let a = [];\nfor i in 0..1000 { a = [a]; }\n";
    for used in [
        "let b = a; let same = a == b; #{}",
        "let b = #{ x: a }; let same = b == #{ x: a }; #{}",
        "#{ text: `${a}` }",
        "#{ text: a.to_string() }",
        "print(a); #{}",
        "debug(a); #{}",
        "#{ text: \"x\" + a }",
        "#{ json: to_json(a) }",
        "#{ json: #{ a: a }.to_json() }",
        "#{ found: a in [a] }",
        "#{ found: [a].index_of(a) }",
        "#{ claim: a }",
        "log::info(a); #{}",
        "kv::put(\"a\", a, 60); #{}",
        "http::post(\"https://risk.example.com/\", a); #{}",
        "throw a",
        "try { throw a } catch (e) { throw [e]; }",
        "switch a { 1 => #{}, _ => throw \"other\" }",
        "let d = [a, a]; d.dedup(); #{}",
        "a[a]",
        "#{}[a]",
        "about.user = a; fail(about)",
        "sort_them([a, [1], a])",
    ] {
        let script = format!(
            "fn claims(about) {{\n{nest}{used}\n}}\nfn fail(x) {{ throw x; }}\nfn sort_them(l) {{ l.sort(); #{{}} }}"
        );
        let limits = Limits { operations: Limits::MAX.operations, ..LIMITS };
        // Whatever comes of it, it comes back.
        let _ = run(limits, &script);
    }
}

#[test]
fn a_wide_value_within_the_largest_limits_harms_nothing() {
    let limits = Limits { time_ms: 2_000, ..Limits::MAX };
    let script = "fn claims(about) { let a = []; for i in 0..40000 { a = [[[[[[[[[[a]]]]]]]]]]; } #{} }";
    let fault = run(limits, script).unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Overrun { .. }), "{fault}");
}

#[test]
fn closures_cannot_be_chained_or_tied_into_knots() {
    let setting = Setting::of(HookKind::Claims);
    for body in [
        "let f = |x| 1; for i in 0..100000 { let g = f; f = |x| g.call(x); } #{}",
        "let f = |x| 1; for i in 0..64 { f = f.curry(f); } #{}",
        "let a = []; let f = || a; a.push(f); #{}",
        "let a = []; a.push(|| a); #{}",
        "let m = #{ f: |x| x }; m",
        "let kept = [].reduce(|a, b| a, |x| x); #{}",
        "keep(|x| x)",
        "[1].map(|x| |y| x); #{}",
        "return [|x| x];",
        "let f = Fn(\"claims\"); #{}",
        "let f = claims; #{}",
    ] {
        let script = format!("fn claims(about) {{ {body} }}\nfn keep(f) {{ #{{}} }}");
        assert!(setting.compile(&script).is_err(), "{body}");
    }
}

#[test]
fn a_comparison_that_contradicts_itself_is_contained() {
    let script = "fn claims(about) { let n = 0; let a = []; for i in 0..200 { a.push(i); }\n\
                  a.sort(|x, y| random::number(-1, 1)); #{ n: a.len } }";
    let limits = Limits { operations: Limits::MAX.operations, ..LIMITS };
    let _ = run(limits, script);
    let sorted = "fn claims(about) { let n = 0; let a = []; for i in 0..400 { a.push(i); }\n\
                  a.sort(|x, y| { if (x * 7 + y * 13) % 3 == 0 { -1 } else { 1 } }); #{ n: a.len } }";
    let _ = run(limits, sorted);
}

#[test]
fn too_many_variables_are_refused_before_or_in_the_run() {
    let many: String = (0..200).map(|n| format!("let v{n} = {n};\n")).collect();
    let script = format!("fn claims(about) {{\n{many}#{{}}\n}}");
    if Setting::of(HookKind::Claims).compile(&script).is_ok() {
        let FaultKind::Overrun { limit, .. } = fault(HookKind::Claims, &script).kind else { panic!() };
        assert_eq!(limit, "variables");
    }
}

#[test]
fn an_engine_serves_the_next_call_after_a_fault() {
    let mut stage = Stage::new(
        Setting::of(HookKind::Claims),
        "fn claims(about) { if about.acr == \"pwd\" { loop {} } #{ fine: true } }",
    );
    assert!(stage.run().is_err());
    let gatewright_domain::hooks::HookInput::Claims(input) = &mut stage.input else { panic!() };
    input.acr = "otp".into();
    assert!(stage.run().is_ok());
}

#[test]
fn form_and_token_builders_have_limits() {
    let authenticate = |body: &str| thrown(HookKind::Authenticate, &format!("fn authenticate(l) {{ {body} }}"));
    let many = "let f = form(\"x\"); for i in 0..40 { f.text(`f${i}`); } ask(f); fail(\"x\")";
    assert!(authenticate(many).contains("at most 32 fields"));
    let many = "let f = form(\"x\"); for i in 0..40 { f.action(`f${i}`); } ask(f); fail(\"x\")";
    assert!(authenticate(many).contains("at most 16 actions"));
    let many = "let o = []; for i in 0..300 { o.push(`o${i}`); } ask(form(\"x\").choice(\"c\", o)); fail(\"x\")";
    assert!(authenticate(many).contains("at most 256 options"));
    let long = "let t = \"\"; t.pad(2001, 'x'); ask(form(t)); fail(\"x\")";
    assert!(authenticate(long).contains("at most 2000 characters"));
    let script = "fn customize_token(t) { let k = keep(); for i in 0..200 { k.claim(`c${i}`, 1); } k }";
    assert!(thrown(HookKind::CustomizeToken, script).contains("at most 128 claims"));
}

#[test]
fn nothing_waits_and_nothing_reads_the_clock_or_a_file() {
    for call in
        ["sleep(10)", "timestamp()", "eval(\"1\")", "exit()", "import(\"/etc/passwd\")", "open(\"/etc/passwd\")"]
    {
        let script = format!("fn claims(about) {{ {call}; #{{}} }}");
        assert!(Setting::of(HookKind::Claims).compile(&script).is_err(), "{call}");
    }
    let script = "import \"/etc/passwd\" as p;\nfn claims(about) { #{} }";
    assert!(Setting::of(HookKind::Claims).compile(script).is_err());
}
