//! A plugin that does as the page says and tells what came of it.

use gatewright_plugin::prelude::*;

struct Plugin;

gatewright_plugin::export!(Plugin: authenticate);

impl Authenticate for Plugin {
    fn authenticate(_: authenticate::Input) -> Outcome<authenticate::Decision> {
        let answer = ask(Form::new("Probe").text("action_word").text("at"));
        let at = answer.text("at");
        let told = match answer.text("action_word") {
            "get" => match http::get(at).send() {
                Ok(response) => format!("status {}", response.status),
                Err(failure) => format!("{failure:?}"),
            },
            "put" => format!("{:?}", kv::put(at, "mine", 60)),
            "read" => match kv::get(at) {
                Ok(Some(_)) => "something".to_owned(),
                Ok(None) => "nothing".to_owned(),
                Err(failure) => format!("{failure:?}"),
            },
            other => format!("no such action: {other}"),
        };
        Ok(fail(told))
    }
}
