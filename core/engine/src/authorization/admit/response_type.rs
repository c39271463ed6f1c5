//! A client uses the response types it registered (RFC 7591 2, RFC 6749 4.1.2.1). One that registered `code` and
//! `id_token` apart may ask for both at once: the hybrid gives it nothing that it could not have had.

use crate::settings::Settings;
use gatewright_domain::client::Client;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::response_type::ResponseType;

pub(super) fn admit(client: &Client, asked: ResponseType, settings: &Settings) -> Result<(), Refusal> {
    if !settings.offers(asked) {
        let why = format!("The response_type '{asked}' is not available on this server.");
        return Err(Refusal::new(ErrorCode::UnsupportedResponseType, why));
    }
    if asked.issues_access_token() && wants_bound_tokens(client) {
        // Nothing proves a key at the authorization endpoint (RFC 9449 5, RFC 8705 3).
        return Err(Refusal::unauthorized_client(
            "This client's access tokens are bound to it; ask for response_type=code, and redeem the code with a proof.",
        ));
    }
    let registered = |wanted: ResponseType| client.response_types.contains(&wanted);
    let parts =
        asked == ResponseType::CodeIdToken && registered(ResponseType::Code) && registered(ResponseType::IdToken);
    if registered(asked) || parts {
        Ok(())
    } else {
        Err(Refusal::unauthorized_client(format!("This client has not registered the response_type '{asked}'.")))
    }
}

fn wants_bound_tokens(client: &Client) -> bool {
    let binding = &client.binding;
    [binding.dpop_bound_access_tokens, binding.tls_client_certificate_bound_access_tokens].contains(&Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::sample_client;
    use gatewright_protocol::issuer::Issuer;

    #[test]
    fn no_access_token_in_the_front_channel_for_a_client_whose_tokens_are_bound() {
        let mut settings = Settings::new(Issuer::try_from("https://id.example").unwrap());
        settings.front_channel_access_tokens = true;
        let mut client = sample_client();
        client.response_types = vec![ResponseType::CodeToken];
        assert!(admit(&client, ResponseType::CodeToken, &settings).is_ok());
        for bind in [
            |client: &mut Client| client.binding.dpop_bound_access_tokens = Some(true),
            |client: &mut Client| client.binding.tls_client_certificate_bound_access_tokens = Some(true),
        ] {
            let mut bound = client.clone();
            bind(&mut bound);
            let refusal = admit(&bound, ResponseType::CodeToken, &settings).unwrap_err();
            assert_eq!(refusal.code(), ErrorCode::UnauthorizedClient);
        }
    }
}
