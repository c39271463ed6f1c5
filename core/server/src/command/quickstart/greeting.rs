//! What a quickstart says when it has come up: what to open, what to type, where things are.

use crate::demo_data::{ALICE, BOB, DEMO, DEMO_SPA};
use gatewright_protocol::issuer::Issuer;
use std::fmt;
use std::path::Path;

/// The greeting.
pub(super) struct Greeting<'g> {
    pub(super) issuer: Issuer,
    pub(super) data: &'g Path,
    pub(super) is_new: bool,
    /// Shown this once: only its hash is kept.
    pub(super) admin_token: &'g str,
}

impl fmt::Display for Greeting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, data, is_new, admin_token } = self;
        let data = data.display();
        let (age, secret) = (if *is_new { "new" } else { "found again" }, DEMO.secret);
        writeln!(f, "Gatewright quickstart: everything embedded, for this machine alone.\n")?;
        writeln!(f, "  Open        {issuer}/demo")?;
        writeln!(f, "  Sign in     {} or {}\n", ALICE.shown(), BOB.shown())?;
        writeln!(f, "  Issuer      {issuer}")?;
        writeln!(f, "  Discovery   {issuer}/.well-known/openid-configuration")?;
        writeln!(f, "  Endpoints   /authorize /token /userinfo /introspect /revoke /end_session /register /jwks")?;
        writeln!(
            f,
            "  Clients     {} with secret {secret}; {DEMO_SPA} without, PKCE; anyone may register more",
            DEMO.id
        )?;
        writeln!(f, "  Data        {data} ({age}); --fresh forgets it\n")?;
        writeln!(f, "  Admin API   {issuer}/admin/api/v1 (openapi.json describes it)")?;
        writeln!(f, "  Admin token {admin_token} (for a day)\n")?;
        writeln!(f, "  A token for the client itself:")?;
        writeln!(f, "    curl -u {}:{secret} -d grant_type=client_credentials {issuer}/token", DEMO.id)?;
        writeln!(f, "  Another end-user:")?;
        writeln!(f, "    gatewright user add carol --data {data}\n")?;
        writeln!(f, "Ctrl-C stops it. What it says from here on is its log.")
    }
}
