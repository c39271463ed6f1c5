//! WASI 0.2, for languages whose own libraries import it whether or not a plugin uses it. Time and randomness are the
//! host's and journaled like any host call; there are no arguments, no environment, no files; what is printed goes
//! nowhere but into the reason of a trap; everything else ends the run as `not lent`.

use crate::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::{HostAnswer, HostCall, RANDOM_BYTES_MAX};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, Resource, ResourceType, Val};
use wasmtime::{Engine, Error, Result};

/// Packages of which something may be imported: the libraries of languages import them whether or not a plugin uses
/// them. The others a plugin would only import to use them.
const PACKAGES: [&str; 6] =
    ["wasi:cli/", "wasi:clocks/", "wasi:filesystem/", "wasi:io/", "wasi:random/", "wasi:sockets/"];
/// Nanoseconds in a millisecond, which is as fine as the host's clock is.
const NS_A_MS: u64 = 1_000_000;
/// What a stream takes at once, in bytes.
const STREAM_BYTES: u64 = 4_096;

/// Where printing goes.
struct Stream;
/// Any other resource: none is ever made.
struct Nothing;

/// Whether an interface of that name can be imported.
pub fn has(name: &str) -> bool {
    PACKAGES.iter().any(|package| name.starts_with(package)) && name.contains("@0.2.")
}

/// Links what a component imports of WASI.
///
/// # Errors
/// It imports something else under such a name.
pub fn link(linker: &mut Linker<Turn>, engine: &Engine, component: &Component) -> Result<()> {
    for (name, import) in component.component_type().imports(engine).filter(|(name, _)| has(name)) {
        let ComponentItem::ComponentInstance(interface) = import.ty else {
            return Err(Error::msg(format!("`{name}` is no interface")));
        };
        let mut instance = linker.instance(name)?;
        let short = name.split('@').next().unwrap_or(name);
        for (member, item) in interface.exports(engine) {
            match item.ty {
                ComponentItem::ComponentFunc(_) => function(&mut instance, short, member)?,
                ComponentItem::Resource(_) if member == "output-stream" => {
                    instance.resource(member, ResourceType::host::<Stream>(), |_, _| Ok(()))?;
                }
                ComponentItem::Resource(_) => {
                    instance.resource(member, ResourceType::host::<Nothing>(), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn function(instance: &mut LinkerInstance<'_, Turn>, interface: &str, name: &str) -> Result<()> {
    match (interface, name) {
        ("wasi:random/random", "get-random-bytes") | ("wasi:random/insecure", "get-insecure-random-bytes") => {
            instance.func_wrap(name, |mut store, (count,): (u64,)| Ok((store.data_mut().drawn(count)?,)))
        }
        ("wasi:random/random", "get-random-u64") | ("wasi:random/insecure", "get-insecure-random-u64") => {
            instance.func_wrap(name, |mut store, (): ()| Ok((store.data_mut().number()?,)))
        }
        ("wasi:random/insecure-seed", "insecure-seed") => instance.func_wrap(name, |mut store, (): ()| {
            let turn = store.data_mut();
            Ok(((turn.number()?, turn.number()?),))
        }),
        ("wasi:clocks/monotonic-clock", "now") => {
            instance.func_wrap(name, |mut store, (): ()| Ok((store.data_mut().time_ms()?.saturating_mul(NS_A_MS),)))
        }
        ("wasi:clocks/monotonic-clock", "resolution") => instance.func_wrap(name, |_, (): ()| Ok((NS_A_MS,))),
        ("wasi:clocks/wall-clock", "now") => instance.func_new(name, |mut store, _, _, results| {
            let now_ms = store.data_mut().time_ms()?;
            answer(results, datetime(now_ms / 1000, (now_ms % 1000).saturating_mul(NS_A_MS)))
        }),
        ("wasi:clocks/wall-clock", "resolution") => {
            instance.func_new(name, |_, _, _, results| answer(results, datetime(0, NS_A_MS)))
        }
        ("wasi:cli/environment", "get-environment" | "get-arguments")
        | ("wasi:filesystem/preopens", "get-directories") => {
            instance.func_new(name, |_, _, _, results| answer(results, Val::List(Vec::new())))
        }
        ("wasi:cli/environment", "initial-cwd")
        | (
            "wasi:cli/terminal-stdin" | "wasi:cli/terminal-stdout" | "wasi:cli/terminal-stderr",
            "get-terminal-stdin" | "get-terminal-stdout" | "get-terminal-stderr",
        ) => instance.func_new(name, |_, _, _, results| answer(results, Val::Option(None))),
        ("wasi:cli/stdout" | "wasi:cli/stderr", "get-stdout" | "get-stderr") => {
            instance.func_wrap(name, |_, (): ()| Ok((Resource::<Stream>::new_own(0),)))
        }
        ("wasi:io/streams", "[method]output-stream.check-write") => {
            on_stream(instance, name, |_, _| Some(Val::U64(STREAM_BYTES)))
        }
        ("wasi:io/streams", "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush") => {
            on_stream(instance, name, |turn, written| {
                turn.printed(written);
                None
            })
        }
        ("wasi:io/streams", "[method]output-stream.flush" | "[method]output-stream.blocking-flush") => {
            on_stream(instance, name, |_, _| None)
        }
        _ => refuse(instance, format!("{interface}#{name}"), name),
    }
}

/// A method of a stream, which is borrowed for the call.
fn on_stream(
    instance: &mut LinkerInstance<'_, Turn>,
    name: &str,
    act: fn(&mut Turn, Option<&Val>) -> Option<Val>,
) -> Result<()> {
    instance.func_new(name, move |mut store, _, parameters, results| {
        if let Some(Val::Resource(stream)) = parameters.first() {
            stream.resource_drop(&mut store)?;
        }
        let done = act(store.data_mut(), parameters.get(1));
        answer(results, Val::Result(Ok(done.map(Box::new))))
    })
}

fn refuse(instance: &mut LinkerInstance<'_, Turn>, what: String, name: &str) -> Result<()> {
    instance.func_new(name, move |mut store, _, _, _| {
        Err(store.data_mut().failed(CapabilityError::NotLent { what: what.clone() }))
    })
}

fn answer(results: &mut [Val], value: Val) -> Result<()> {
    let result = results.first_mut().ok_or_else(|| Error::msg("it answers nothing"))?;
    *result = value;
    Ok(())
}

fn datetime(seconds: u64, nanoseconds: u64) -> Val {
    let nanoseconds = u32::try_from(nanoseconds).unwrap_or(0);
    Val::Record(vec![("seconds".to_owned(), Val::U64(seconds)), ("nanoseconds".to_owned(), Val::U32(nanoseconds))])
}

impl Turn {
    /// Milliseconds since 1970.
    fn time_ms(&mut self) -> Result<u64> {
        match self.meet(HostCall::Now)? {
            HostAnswer::Time(now_ms) => Ok(u64::try_from(now_ms).unwrap_or(0)),
            _ => Err(self.wrong_answer("clock")),
        }
    }

    fn drawn(&mut self, count: u64) -> Result<Vec<u8>> {
        let fits = usize::try_from(count).ok().filter(|count| *count <= RANDOM_BYTES_MAX);
        let Some(bytes) = fits else {
            let why = format!("wasi:random draws at most {RANDOM_BYTES_MAX} bytes, not {count}");
            return Err(self.failed(CapabilityError::Invalid { why }));
        };
        match self.meet(HostCall::Random { bytes })? {
            HostAnswer::Bytes(text) => URL_SAFE_NO_PAD.decode(text).map_err(|_| self.wrong_answer("random")),
            _ => Err(self.wrong_answer("random")),
        }
    }

    fn number(&mut self) -> Result<u64> {
        let drawn = self.drawn(8)?;
        let bytes = <[u8; 8]>::try_from(drawn).map_err(|_| self.wrong_answer("random"))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn printed(&mut self, bytes: Option<&Val>) {
        let Some(Val::List(bytes)) = bytes else { return };
        let bytes: Vec<u8> =
            bytes.iter().filter_map(|byte| if let Val::U8(byte) = byte { Some(*byte) } else { None }).collect();
        self.says(&String::from_utf8_lossy(&bytes));
    }
}
