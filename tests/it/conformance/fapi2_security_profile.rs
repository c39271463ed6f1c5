//! `fapi2-security-profile-final-test-plan` (FAPI 2.0 Security Profile), with `private_key_jwt`.

mod par;
mod party;
mod requests;
