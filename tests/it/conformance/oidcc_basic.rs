//! `oidcc-basic-certification-test-plan`, and `oidcc-formpost-basic-certification-test-plan`, which is the same with
//! `response_mode=form_post` (OpenID Connect Core 3.1, OAuth 2.0 Form Post Response Mode 1.0).

mod claims;
mod flow;
mod prompts;
mod requests;

use super::suite::{Provider, Suite};
pub(super) use flow::oidcc_refresh_token as refresh_token;

/// Each row once a plan.
macro_rules! rows {
    ($($file:ident: $($row:ident)+;)+) => {
        mod basic {
            $($(#[tokio::test(flavor = "multi_thread")] async fn $row() { super::$file::$row(&super::suite(&[])).await; })+)+
        }
        mod form_post {
            $($(#[tokio::test(flavor = "multi_thread")] async fn $row() { super::$file::$row(&super::suite(&super::FORM_POST)).await; })+)+
        }
    };
}

const FORM_POST: [(&str, &str); 1] = [("response_mode", "form_post")];

fn suite(asks: &'static [(&'static str, &'static str)]) -> Suite {
    Suite { provider: Provider::shared(), asks }
}

rows! {
    flow: oidcc_server oidcc_response_type_missing oidcc_idtoken_signature oidcc_idtoken_unsigned oidcc_userinfo_get
        oidcc_userinfo_post_header oidcc_userinfo_post_body oidcc_ensure_request_without_nonce_succeeds_for_code_flow
        oidcc_alternate_happy_flow oidcc_codereuse oidcc_codereuse_30seconds oidcc_ensure_registered_redirect_uri
        oidcc_ensure_post_request_succeeds oidcc_server_client_secret_post oidcc_refresh_token
        oidcc_ensure_request_with_valid_pkce_succeeds;
    claims: oidcc_scope_profile oidcc_scope_email oidcc_scope_address oidcc_scope_phone oidcc_scope_all
        oidcc_claims_essential;
    prompts: oidcc_display_page oidcc_display_popup oidcc_prompt_login oidcc_prompt_none_not_logged_in
        oidcc_prompt_none_logged_in oidcc_max_age_1 oidcc_max_age_10000 oidcc_id_token_hint oidcc_login_hint
        oidcc_ui_locales oidcc_claims_locales oidcc_ensure_request_with_acr_values_succeeds
        oidcc_ensure_request_with_unknown_parameter_succeeds;
    requests: oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported
        oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported
        oidcc_ensure_request_object_with_redirect_uri;
}
