#![allow(warnings)]
use gatewright_domain::flow::{Flow, Host};
use gatewright_domain::hooks::*;
use gatewright_domain::identifiers::BindingName;
use gatewright_plugin_host::{WasmRuntime, pack};
use gatewright_testing::capabilities::{StubTools, everything};
use std::collections::BTreeMap;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&args[1]).unwrap();
    let text =
        "name=\"x\"\nversion=\"1\"\ndescription=\"d\"\nhooks=[\"customize_token\"]\ncapabilities=[\"log\",\"kv\"]\n";
    let packed = pack(&bytes, text).unwrap_or(bytes);
    let runtime = WasmRuntime::new(Some("/tmp/t/lang-play/cache".into()));
    let files = BTreeMap::from([("hook.wasm".to_owned(), packed)]);
    let compile = |limits: Limits| {
        runtime.compile(&Unit {
            binding: BindingName::parse("b").unwrap(),
            hook: HookKind::CustomizeToken,
            path: "hook.wasm".to_owned(),
            files: &files,
            loan: everything(),
            limits,
        })
    };
    let most = Limits { time_ms: 1000, ..Limits::MAX };
    let t = Instant::now();
    let p = match compile(most) {
        Ok(p) => p,
        Err(e) => {
            println!("{e:#?}");
            return;
        }
    };
    println!("compile {:?}", t.elapsed());
    let ex = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let run = |p: &dyn Program, kind: TokenKind| {
        let HookInput::CustomizeToken(mut i) = HookInput::CustomizeToken(CustomizeTokenInput::sample()) else {
            unreachable!()
        };
        i.kind = kind;
        let stub = StubTools::new();
        let (b, l) = (BindingName::parse("b").unwrap(), everything());
        let mut flow = Flow::default();
        let mut host = Host::new(&b, &l, &stub.tools, &mut flow, false);
        let r = ex.block_on(p.run(&HookInput::CustomizeToken(i), &mut host));
        format!("{r:?}")
    };
    for k in [TokenKind::Access, TokenKind::Id, TokenKind::Refresh] {
        println!("{k:?}: {}", run(&*p, k));
    }
    let t = Instant::now();
    for _ in 0..20 {
        run(&*p, TokenKind::Access);
    }
    println!("a call {:?}", t.elapsed() / 20);
    // least that does
    let fits = |l: Limits| match compile(l) {
        Ok(p) => run(&*p, TokenKind::Access).starts_with("Ok"),
        Err(_) => false,
    };
    let (mut lo, mut hi) = (0u64, 10_000_000);
    while hi - lo > 100 {
        let m = (lo + hi) / 2;
        if fits(Limits { operations: m, ..most }) { hi = m } else { lo = m }
    }
    println!("operations {hi}");
    let (mut lo, mut hi) = (0usize, 256);
    while hi - lo > 1 {
        let m = (lo + hi) / 2;
        if fits(Limits { memory_mib: m, ..most }) { hi = m } else { lo = m }
    }
    println!("memory {hi}");
}
