//! One policy with every way a binding can fail and every answer that it may have to that, each behind an ACR of its own.

use std::fmt::Write as _;
use std::path::Path;

/// What a binding does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    Throws,
    Endless,
    /// Throws once a page of its own was answered.
    AfterItsPage,
}

/// Its `on_error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    Deny,
    Skip,
    Fallback,
}

/// A binding that fails.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub hook: &'static str,
    pub fails: Fails,
    pub on_error: OnError,
}

/// The hooks, and whether a binding of theirs may be skipped.
pub const HOOKS: [(&str, bool); 6] = [
    ("select_acr", true),
    ("authenticate", false),
    ("after_authentication", false),
    ("consent", true),
    ("claims", true),
    ("customize_token", false),
];

/// The other sign-in, which stand-ins lead to.
pub const STRONG: &str = "strong";
/// What stand-ins say, in `amr` or in a claim.
pub const STAND_IN: &str = "stand-in";

/// The decision of each hook's stand-in.
const STAND_INS: [(&str, &str); 6] = [
    ("select_acr", "use_acr(\"strong\")"),
    (
        "authenticate",
        "let answer = ask(form(\"Stand-in\").text(\"username\").password(\"password\"));\n    \
         authenticated(users::verify_password(answer.username, answer.password))",
    ),
    ("after_authentication", "step_up(\"strong\")"),
    ("consent", "grant_once([\"openid\"])"),
    ("claims", "#{ x: \"stand-in\" }"),
    ("customize_token", "keep().claim(\"x\", \"stand-in\")"),
];

impl Case {
    /// Every one there is.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (hook, may_be_skipped) in HOOKS {
            for fails in [Fails::Throws, Fails::Endless, Fails::AfterItsPage] {
                let shows_pages = ["authenticate", "consent"].contains(&hook);
                for on_error in [OnError::Deny, OnError::Skip, OnError::Fallback] {
                    let is_one =
                        (on_error != OnError::Skip || may_be_skipped) && (fails != Fails::AfterItsPage || shows_pages);
                    all.extend(is_one.then_some(Self { hook, fails, on_error }));
                }
            }
        }
        all
    }

    /// The ACR that leads to it, and its binding's name.
    pub fn acr(&self) -> String {
        format!("{}-{:?}-{:?}", self.hook, self.fails, self.on_error)
    }

    /// Its script.
    pub fn script(&self) -> String {
        format!("{}-{:?}.rhai", self.hook, self.fails)
    }

    /// The line that fails.
    pub fn line(&self) -> usize {
        if self.fails == Fails::AfterItsPage { 3 } else { 2 }
    }

    fn source(&self) -> String {
        let body = match self.fails {
            Fails::Throws => "throw \"boom\";",
            Fails::Endless => "loop { }",
            Fails::AfterItsPage => "ask(form(\"Before the fall\"));\n    throw \"boom\";",
        };
        format!("fn {}(input) {{\n    {body}\n}}\n", self.hook)
    }

    fn binding(&self) -> String {
        let (hook, acr) = (self.hook, self.acr());
        let on_error = match self.on_error {
            OnError::Deny => "\"deny\"".to_owned(),
            OnError::Skip => "\"skip\"".to_owned(),
            OnError::Fallback => format!("{{ fallback = \"{hook}_stand_in\" }}"),
        };
        let of_hook = match hook {
            "authenticate" => format!("acr = \"{acr}\"\nlevel = 10\namr = [\"pwd\"]"),
            "claims" => format!("scopes = [\"openid\"]\nclaims = [\"x\"]\nwhen = {{ acr = [\"{acr}\"] }}"),
            "customize_token" => format!("when = {{ acr = [\"{acr}\"], token = [\"access\"] }}"),
            _ => format!("when = {{ acr = [\"{acr}\"] }}"),
        };
        format!("[[{hook}]]\nname = \"{acr}\"\nrun = \"{}\"\non_error = {on_error}\n{of_hook}\n\n", self.script())
    }

    /// Whether its ACR is reached by a password, so that a later hook can fail for it.
    fn needs_password(&self) -> bool {
        !["select_acr", "authenticate"].contains(&self.hook)
    }
}

/// A sign-in by password that reaches an ACR.
pub fn password(acr: &str, level: u32) -> String {
    let run = "run = \"authentication/password.rhai\"\nlend = [\"users\"]\namr = [\"pwd\"]\n";
    format!("[[authenticate]]\nname = \"password-{acr}\"\nacr = \"{acr}\"\nlevel = {level}\n{run}\n")
}

/// Writes the policy with all cases.
pub fn write(folder: &Path) {
    let mut manifest =
        format!("name = \"failing\"\ndefault_acr = \"pwd\"\n\n{}{}", password("pwd", 10), password(STRONG, 20));
    for case in Case::all() {
        std::fs::write(folder.join(case.script()), case.source()).unwrap();
        manifest.push_str(&case.binding());
        if case.needs_password() {
            manifest.push_str(&password(&case.acr(), 10));
        }
    }
    for (hook, decision) in STAND_INS {
        let file = format!("{hook}_stand_in.rhai");
        std::fs::write(folder.join(&file), format!("fn {hook}(input) {{\n    {decision}\n}}\n")).unwrap();
        write!(manifest, "[[{hook}]]\nstand_in = true\nrun = \"{file}\"\n").unwrap();
        if hook == "authenticate" {
            writeln!(manifest, "lend = [\"users\"]\namr = [\"{STAND_IN}\"]").unwrap();
        }
    }
    std::fs::write(folder.join("policy.toml"), manifest).unwrap();
}
