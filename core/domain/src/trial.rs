//! A policy on trial beside the live one, and what is seen of it.
//!
//! A *shadow* is asked what the live policy was asked, on the record of its host calls; a *canary* is given a share of
//! the interactions. Both run until they are ended, on every node.

use crate::clock::Timestamp;
use crate::hooks::HookKind;
use crate::identifiers::{BundleDigest, Subject};
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// What kind of trial it is. One of each can run at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrialKind {
    /// It is asked on the record of the live one, and decides nothing.
    Shadow,
    /// Some interactions begin on it.
    Canary,
}

/// A share of a whole, in parts of ten thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// Parts of a whole.
const PARTS: u32 = 10_000;

/// Whose interactions begin on a canary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Chosen {
    /// A share of clients: all interactions of a client begin on the same policy.
    Client,
    /// A share of end-users. Where nobody is signed in yet, the live policy begins.
    Subject,
    /// Those that are named, whatever the share.
    Group(Group),
}

/// Clients and end-users by name; whoever is any of them belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// These clients.
    pub clients: BTreeSet<ClientId>,
    /// These end-users, once they are signed in.
    pub subjects: BTreeSet<Subject>,
    /// End-users with any of these claims, as `name=value`, once they are signed in.
    pub claims: BTreeSet<(String, String)>,
}

/// A trial that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which kind.
    pub kind: TrialKind,
    /// What is tried.
    pub digest: BundleDigest,
    /// How much of it: of a shadow, of the questions; of a canary, of clients or end-users.
    pub share: Share,
    /// Whose; of a shadow everybody's questions count, whatever this says.
    pub chosen: Chosen,
    /// Who asks.
    pub by: String,
    /// What they say of it.
    pub note: Option<String>,
}

/// A trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its number: higher is later.
    pub number: u64,
    /// What was asked for; its share is the one of now.
    pub plan: Plan,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when, and by whom it was ended; none while it runs.
    pub ended: Option<(Timestamp, String)>,
}

/// How a candidate differed from the live policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// Another ACR.
    Acr,
    /// Another decision: allowed or denied, another page, another end-user.
    Decision,
    /// Other claims.
    Claims,
    /// Another token.
    Token,
    /// A fault where the live one had none, or the other way round.
    Fault,
    /// It called what the live one did not, so that nothing can be said of it. No fault of its own.
    Unrecorded,
    /// It took far longer.
    Time,
}

/// What is counted of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Questions the candidate was asked.
    Asked,
    /// Questions it was not asked because too many came.
    LeftOut,
    /// Microseconds the live one took for those that were asked; what the host did for it is part of it.
    LiveMicros,
    /// Microseconds the candidate took.
    CandidateMicros,
    /// Questions answered otherwise.
    Found(Finding),
}

/// What, of which hook and binding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measured {
    /// What.
    pub what: Counted,
    /// Of which hook.
    pub hook: HookKind,
    /// Of which binding; empty where it is none's.
    pub binding: String,
}

/// A difference, kept to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Random.
    pub id: String,
    /// How it differs, and where.
    pub measured: Measured,
    /// When the live one was asked, in milliseconds since 1970.
    pub at_ms: i64,
    /// What both answered, redacted as a trace is.
    pub document: Value,
}

/// Who begins an interaction, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'n> {
    /// Which client asks.
    pub client: &'n ClientId,
    /// Who is signed in at this browser, if anybody.
    pub subject: Option<&'n Subject>,
}

impl TrialKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Shadow, Self::Canary];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Canary => "canary",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self(PARTS);

    /// So many parts of ten thousand; none for nothing at all or more than all.
    pub fn of_ten_thousand(parts: u64) -> Option<Self> {
        u32::try_from(parts).ok().filter(|parts| (1..=PARTS).contains(parts)).map(Self)
    }

    /// In parts of ten thousand.
    pub fn parts(self) -> u32 {
        self.0
    }

    /// Whether a number that is spread evenly over all numbers falls into the share. What falls into a share falls into
    /// every wider one.
    pub fn holds(self, spread: u64) -> bool {
        spread % u64::from(PARTS) < u64::from(self.0)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        if rest == 0 { write!(f, "{whole} %") } else { write!(f, "{whole}.{rest:02} %") }
    }
}

impl Group {
    /// Whether somebody with these claims belongs to it.
    pub fn has_claims(&self, claims: &Map<String, Value>) -> bool {
        self.claims.iter().any(|(name, wanted)| match claims.get(name) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Array(items)) => items.iter().any(|item| item.as_str() == Some(wanted)),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string() == *wanted,
            _ => false,
        })
    }
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Acr, Self::Decision, Self::Claims, Self::Token, Self::Fault, Self::Unrecorded, Self::Time];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acr => "acr",
            Self::Decision => "decision",
            Self::Claims => "claims",
            Self::Token => "token",
            Self::Fault => "fault",
            Self::Unrecorded => "unrecorded",
            Self::Time => "time",
        }
    }
}

impl Counted {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::LeftOut => "left_out",
            Self::LiveMicros => "live_micros",
            Self::CandidateMicros => "candidate_micros",
            Self::Found(finding) => finding.name(),
        }
    }

    /// What has that name.
    pub fn named(name: &str) -> Option<Self> {
        let plain = [Self::Asked, Self::LeftOut, Self::LiveMicros, Self::CandidateMicros];
        plain.into_iter().chain(Finding::ALL.map(Self::Found)).find(|counted| counted.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_share_is_at_least_a_part_and_at_most_all_and_reads_as_percent() {
        assert_eq!(Share::of_ten_thousand(0), None);
        assert_eq!(Share::of_ten_thousand(10_001), None);
        for (parts, shown) in [(1, "0.01 %"), (1_000, "10 %"), (1_250, "12.50 %"), (10_000, "100 %")] {
            assert_eq!(Share::of_ten_thousand(parts).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_falls_into_a_share_falls_into_every_wider_one() {
        let shares = [1, 500, 9_999, 10_000].map(|parts| Share::of_ten_thousand(parts).unwrap());
        for spread in [0, 1, 499, 500, 9_998, 9_999, 10_000, u64::MAX] {
            assert!(shares.is_sorted_by_key(|share| share.holds(spread)), "{spread}");
            assert!(Share::ALL.holds(spread));
        }
    }

    #[test]
    fn a_claim_is_met_by_its_text_by_one_of_a_list_or_by_a_plain_value() {
        let claims = json!({ "group": ["a", "staff"], "level": 3, "dept": "it", "map": {} });
        let holds = |name: &str, value: &str| {
            let claims = claims.as_object().unwrap();
            Group { claims: [(name.to_owned(), value.to_owned())].into(), ..Group::default() }.has_claims(claims)
        };
        assert!(holds("group", "staff") && holds("level", "3") && holds("dept", "it"));
        assert!(!holds("group", "sta") && !holds("map", "{}") && !holds("none", ""));
        assert!(!Group::default().has_claims(claims.as_object().unwrap()));
    }

    #[test]
    fn every_name_leads_back() {
        for counted in [Counted::Asked, Counted::LeftOut, Counted::LiveMicros, Counted::CandidateMicros] {
            assert_eq!(Counted::named(counted.name()), Some(counted));
        }
        for finding in Finding::ALL {
            assert_eq!(Counted::named(finding.name()), Some(Counted::Found(finding)));
        }
        for kind in TrialKind::ALL {
            assert_eq!(TrialKind::named(kind.name()), Some(kind));
        }
    }
}
