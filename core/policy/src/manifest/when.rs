//! `when`: which calls of a hook a binding runs for. Every selector given must match; within one, any of its values.

mod cover;
mod verdict;

pub use verdict::Verdict;

use super::Spot;
use super::document::Document;
use super::table::Table;
use gatewright_domain::hooks::{ClientView, HookKind, TokenKind};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::scope::ScopeValue;
use ipnet::IpNet;
use std::net::IpAddr;

/// The selectors of one binding; an empty one selects nothing out.
#[derive(Debug, Clone, Default)]
pub struct When {
    client: Vec<Glob>,
    not_client: Vec<Glob>,
    scope: Vec<ScopeValue>,
    acr: Vec<Spot<Acr>>,
    network: Vec<IpNet>,
    grant_type: Vec<GrantType>,
    token: Vec<TokenKind>,
    application_type: Vec<ApplicationType>,
}

/// What selectors are held against: what one call of a hook is about.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'c> {
    /// The client.
    pub client: &'c ClientView,
    /// Scope asked for, or granted where that is decided.
    pub scope: &'c [String],
    /// The ACR reached; before one is, those the client asks for.
    pub acr: &'c [String],
    /// Where the browser is, for the hooks that know.
    pub ip: Option<&'c str>,
    /// The grant, for the hook that knows.
    pub grant_type: Option<&'c str>,
    /// The token, for the hook that knows.
    pub token: Option<TokenKind>,
}

impl When {
    /// Whether it selects by the same words, wherever they stand.
    pub(crate) fn selects_as(&self, other: &Self) -> bool {
        let acrs = |when: &Self| when.acr.iter().map(|spot| spot.value.clone()).collect::<Vec<_>>();
        acrs(self) == acrs(other)
            && (&self.client, &self.not_client, &self.scope, &self.network)
                == (&other.client, &other.not_client, &other.scope, &other.network)
            && (&self.grant_type, &self.token, &self.application_type)
                == (&other.grant_type, &other.token, &other.application_type)
    }

    /// Whether a call is selected.
    pub fn admits(&self, facts: &Facts<'_>) -> bool {
        let client = facts.client.id.as_str();
        any(&self.client, |glob| glob.matches(client))
            && !self.not_client.iter().any(|glob| glob.matches(client))
            && any(&self.scope, |value| facts.scope.iter().any(|asked| asked == value.as_str()))
            && any(&self.acr, |acr| facts.acr.iter().any(|known| known == acr.value.as_str()))
            && (self.network.is_empty() || self.is_near(facts.ip))
            && any(&self.grant_type, |grant| facts.grant_type == Some(grant.as_str()))
            && any(&self.token, |token| facts.token == Some(*token))
            && any(&self.application_type, |kind| facts.client.application_type == kind.as_str())
    }

    fn is_near(&self, ip: Option<&str>) -> bool {
        let Some(address) = ip.and_then(|ip| ip.parse::<IpAddr>().ok()) else { return false };
        self.network.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Whether it selects every call.
    pub fn is_everything(&self) -> bool {
        self.client.is_empty()
            && self.not_client.is_empty()
            && self.scope.is_empty()
            && self.acr.is_empty()
            && self.network.is_empty()
            && self.grant_type.is_empty()
            && self.token.is_empty()
            && self.application_type.is_empty()
    }

    /// The ACRs it names.
    pub fn acrs(&self) -> &[Spot<Acr>] {
        &self.acr
    }
}

fn any<T>(selector: &[T], matches: impl Fn(&T) -> bool) -> bool {
    selector.is_empty() || selector.iter().any(matches)
}

/// Reads `when`.
pub(super) fn read(hook: HookKind, binding: &mut Table<'_, '_>, document: &mut Document<'_>) -> When {
    let Some(mut table) = binding.table("when", "`when`", document) else { return When::default() };
    if hook == HookKind::Authenticate {
        let hint = "choose the ACR in a select_acr binding; the binding of that ACR runs";
        document.wrong(table.at(), "`when` cannot choose an authenticate binding: its `acr` does", Some(hint.into()));
        return When::default();
    }
    let before_tokens = matches!(hook, HookKind::SelectAcr | HookKind::AfterAuthentication | HookKind::Consent);
    let of_tokens = hook == HookKind::CustomizeToken;
    if !before_tokens {
        let hint = "decide it in select_acr or after_authentication, where the browser is known";
        table.refuse("network", &format!("cannot be known to {hook}"), hint, document);
    }
    if !of_tokens {
        let hint = "only customize_token is about one token of one grant";
        table.refuse("grant_type", &format!("cannot be known to {hook}"), hint, document);
        table.refuse("token", &format!("cannot be known to {hook}"), hint, document);
    }
    let when = When {
        client: plain(table.list("client", document)),
        not_client: plain(table.list("not_client", document)),
        scope: plain(table.list("scope", document)),
        acr: table.list("acr", document),
        network: if before_tokens { networks(&mut table, document) } else { Vec::new() },
        grant_type: if of_tokens { plain(table.list("grant_type", document)) } else { Vec::new() },
        token: if of_tokens { tokens(&mut table, document) } else { Vec::new() },
        application_type: plain(table.list("application_type", document)),
    };
    if when.excludes_itself() {
        let message = "`not_client` leaves out every client that `client` names";
        document.wrong(table.at(), message, Some("the binding could never run; remove one of them".into()));
    }
    if let Some(why) = when.no_such_token() {
        document.wrong(table.at(), why, Some("the binding could never run; change one of them".into()));
    }
    table.finish(document);
    when
}

fn plain<T>(spots: Vec<Spot<T>>) -> Vec<T> {
    spots.into_iter().map(|spot| spot.value).collect()
}

fn networks(table: &mut Table<'_, '_>, document: &mut Document<'_>) -> Vec<IpNet> {
    plain::<Network>(table.list("network", document)).into_iter().map(|network| network.0).collect()
}

fn tokens(table: &mut Table<'_, '_>, document: &mut Document<'_>) -> Vec<TokenKind> {
    plain::<Token>(table.list("token", document)).into_iter().map(|token| token.0).collect()
}

/// A pattern for client identifiers: `*` stands for any characters, everything else for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadGlob {
    /// It is empty.
    #[error("an empty pattern matches no client")]
    Empty,
    /// It holds a character that no client identifier has, or that means something in other patterns.
    #[error("only * is special, and a client identifier has visible ASCII characters; list several patterns instead")]
    Character,
}

impl TryFrom<&str> for Glob {
    type Error = BadGlob;

    fn try_from(text: &str) -> Result<Self, BadGlob> {
        if text.is_empty() {
            return Err(BadGlob::Empty);
        }
        let sound = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && !b"?[]{}".contains(&byte);
        if text.bytes().all(sound) { Ok(Self(text.to_owned())) } else { Err(BadGlob::Character) }
    }
}

impl Glob {
    /// Whether a client identifier fits the pattern.
    pub fn matches(&self, text: &str) -> bool {
        let mut pieces = self.0.split('*');
        let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
        let mut pieces: Vec<&str> = pieces.collect();
        let Some(last) = pieces.pop() else { return rest.is_empty() };
        for piece in pieces {
            match rest.find(piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// A network; one address is a network of itself.
struct Network(IpNet);

impl TryFrom<&str> for Network {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) if is_ipv4_in_ipv6(&network) => {
                Err("a browser's IPv4 address is compared as such; write it as in `10.0.0.0/8`")
            }
            Ok(network) if network.trunc() == network => Ok(Self(network)),
            Ok(_) => Err("its address has bits beyond its prefix length; write the network's first address"),
            Err(_) => Err("write a network such as `10.0.0.0/8` or `2001:db8::/32`"),
        }
    }
}

/// Whether it is in `::ffff:0:0/96` (RFC 4291 2.5.5.2), where no address is looked for.
fn is_ipv4_in_ipv6(network: &IpNet) -> bool {
    matches!(network, IpNet::V6(six) if six.prefix_len() >= 96 && six.addr().to_ipv4_mapped().is_some())
}

struct Token(TokenKind);

impl TryFrom<&str> for Token {
    type Error = &'static str;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        match text {
            "access" => Ok(Self(TokenKind::Access)),
            "id" => Ok(Self(TokenKind::Id)),
            "refresh" => Ok(Self(TokenKind::Refresh)),
            _ => Err("write `access`, `id` or `refresh`"),
        }
    }
}

#[cfg(test)]
mod tests;
