//! `oidcc-dynamic-certification-test-plan` (OpenID Connect Dynamic Client Registration 1.0, OpenID Connect Core 6).

mod requests;
