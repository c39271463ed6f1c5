//! `prompt`: which pages the client wants to be shown, or none at all (OpenID Connect Core 3.1.2.1).

use std::fmt;

use crate::malformed::Malformed;

word_enum! {
    /// One value of `prompt`.
    pub enum Prompt: "prompt" {
        /// Show nothing; fail when something would have to be shown.
        None = "none",
        /// Ask the end-user to sign in again.
        Login = "login",
        /// Ask the end-user for consent again.
        Consent = "consent",
        /// Ask the end-user to choose an account.
        SelectAccount = "select_account",
    }
}

/// The values of one `prompt` parameter. `none` stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Prompts {
    none: bool,
    login: bool,
    consent: bool,
    select_account: bool,
}

impl Prompts {
    /// Parses values separated by spaces. Repeated values count once.
    ///
    /// # Errors
    /// [`Malformed`] for a value that is not known, and for `none` together with another.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut prompts = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            *prompts.place(Prompt::try_from(word)?) = true;
        }
        if prompts.none && (prompts.login || prompts.consent || prompts.select_account) {
            return Err(Malformed::Form { what: "prompt", why: "has none together with another value" });
        }
        Ok(prompts)
    }

    /// Whether nothing may be shown.
    #[must_use]
    pub const fn none(&self) -> bool {
        self.none
    }

    /// Whether the end-user must sign in again.
    #[must_use]
    pub const fn login(&self) -> bool {
        self.login
    }

    /// Whether the end-user must be asked for consent again.
    #[must_use]
    pub const fn consent(&self) -> bool {
        self.consent
    }

    /// Whether the end-user must choose an account.
    #[must_use]
    pub const fn select_account(&self) -> bool {
        self.select_account
    }

    /// Whether the client asked for nothing in particular.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These values but for one: what is left to be done once it was done.
    #[must_use]
    pub fn without(mut self, prompt: Prompt) -> Self {
        *self.place(prompt) = false;
        self
    }

    const fn holds(self, prompt: Prompt) -> bool {
        match prompt {
            Prompt::None => self.none,
            Prompt::Login => self.login,
            Prompt::Consent => self.consent,
            Prompt::SelectAccount => self.select_account,
        }
    }

    const fn place(&mut self, prompt: Prompt) -> &mut bool {
        match prompt {
            Prompt::None => &mut self.none,
            Prompt::Login => &mut self.login,
            Prompt::Consent => &mut self.consent,
            Prompt::SelectAccount => &mut self.select_account,
        }
    }
}

impl fmt::Display for Prompts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for prompt in Prompt::ALL.iter().filter(|prompt| self.holds(**prompt)) {
            write!(out, "{space}{prompt}")?;
            space = " ";
        }
        Ok(())
    }
}

spaced_conversions!(Prompts);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::laws::{assert_round_trip, assert_words};

    #[test]
    fn prompts_have_their_registered_names() {
        assert_words(Prompt::ALL, &["none", "login", "consent", "select_account"]);
    }

    #[test]
    fn a_prompt_parameter_is_a_set() {
        let table = [
            ("", [false, false, false, false], ""),
            ("none", [true, false, false, false], "none"),
            ("none none", [true, false, false, false], "none"),
            ("consent login", [false, true, true, false], "login consent"),
            (" select_account  login ", [false, true, false, true], "login select_account"),
        ];
        for (text, expected, canonical) in table {
            let prompts = Prompts::parse(text).unwrap();
            assert_eq!([prompts.none(), prompts.login(), prompts.consent(), prompts.select_account()], expected);
            assert_eq!(prompts.to_string(), canonical, "{text:?}");
            assert_eq!(prompts.is_empty(), canonical.is_empty(), "{text:?}");
            assert_round_trip(&prompts);
        }
    }

    #[test]
    fn none_stands_alone_and_unknown_prompts_are_refused() {
        for text in ["none login", "consent none", "select_account none"] {
            assert!(matches!(Prompts::parse(text), Err(Malformed::Form { .. })), "{text}");
        }
        for text in ["create", "LOGIN", "login,consent"] {
            assert_eq!(Prompts::parse(text), Err(Malformed::Unknown { what: "prompt" }), "{text}");
        }
    }

    #[test]
    fn what_was_done_is_taken_out() {
        let prompts = Prompts::parse("login consent").unwrap().without(Prompt::Login);
        assert_eq!(prompts, Prompts::parse("consent").unwrap());
        assert!(prompts.without(Prompt::Consent).is_empty());
        assert_eq!(prompts.without(Prompt::SelectAccount), prompts);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_survives(
            text in "((none|login|consent|select_account|x) ?){0,5}|\\PC{0,20}",
        ) {
            if let Ok(prompts) = Prompts::parse(&text) {
                prop_assert!(!prompts.none() || prompts == Prompts::parse("none").unwrap());
                prop_assert_eq!(Prompts::parse(&prompts.to_string()), Ok(prompts));
            }
        }
    }
}
