//! Where on the account page an end-user was when they set out to prove themselves: the `state` of the trip. It is theirs to
//! forge, for it leads to a page and changes nothing.

use crate::pages::AccountNotice;

/// Longest name of a factor in an address, in bytes; ours have 22.
pub const FACTOR_BYTES_MAX: usize = 64;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The account page.
    Overview,
    /// The same, after a factor was enrolled.
    Added,
    /// The page that renames that factor.
    Rename(String),
    /// The question whether to remove that factor.
    Remove(String),
    /// The page about recovery codes.
    Recovery,
}

impl Place {
    /// As the state of a trip.
    pub fn state(&self) -> String {
        match self {
            Self::Overview => "overview".to_owned(),
            Self::Added => "added".to_owned(),
            Self::Rename(id) => format!("rename.{id}"),
            Self::Remove(id) => format!("remove.{id}"),
            Self::Recovery => "recovery".to_owned(),
        }
    }

    /// The place that a state tells; the account page for any other.
    pub fn told(state: &str) -> Self {
        let factor = |part: &str| state.strip_prefix(part).and_then(factor_name).map(ToOwned::to_owned);
        match state {
            "added" => Self::Added,
            "recovery" => Self::Recovery,
            _ => match (factor("rename."), factor("remove.")) {
                (Some(id), _) => Self::Rename(id),
                (_, Some(id)) => Self::Remove(id),
                (None, None) => Self::Overview,
            },
        }
    }

    /// Its path.
    pub fn path(&self) -> String {
        match self {
            Self::Overview => "/account".to_owned(),
            Self::Added => after(AccountNotice::Added),
            Self::Rename(id) => format!("/account/rename/{id}"),
            Self::Remove(id) => format!("/account/remove/{id}"),
            Self::Recovery => "/account/recovery".to_owned(),
        }
    }
}

/// The account page with a notice.
pub fn after(notice: AccountNotice) -> String {
    format!("/account?done={}", notice.name())
}

/// A factor's name, if it is one that can stand in an address as it is.
pub fn factor_name(text: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((1..=FACTOR_BYTES_MAX).contains(&text.len()) && text.bytes().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again_by_its_state() {
        let id = || "Zm9v-_1".to_owned();
        for place in [Place::Overview, Place::Added, Place::Rename(id()), Place::Remove(id()), Place::Recovery] {
            assert_eq!(Place::told(&place.state()), place);
        }
    }

    #[test]
    fn a_state_of_a_stranger_s_leads_to_the_account_page_and_nowhere_else() {
        let long = format!("remove.{}", "x".repeat(FACTOR_BYTES_MAX + 1));
        for state in ["", "x", "rename.", "remove.a/b", "remove.../x", "remove.a?b", "rename.a%2f", "Recovery", &long] {
            assert_eq!(Place::told(state), Place::Overview, "{state}");
        }
        assert_eq!(Place::told(&long[..long.len() - 1]).path().len(), "/account/remove/".len() + FACTOR_BYTES_MAX);
    }
}
