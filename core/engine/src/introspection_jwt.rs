//! Introspection answered as a JWT, which a resource server can keep as proof (RFC 9701).

use crate::Engine;
use crate::answers::Form;
use crate::binding::Call;
use crate::error::EndpointError;
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::signing::TokenType;
use gatewright_protocol::introspection::IntrospectionResponse;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use serde_json::{Map, Value, json};

impl Engine {
    /// Answers an introspection request whose `Accept` asks for `application/token-introspection+jwt`.
    ///
    /// # Errors
    /// As [`Engine::introspect`], and a refusal of a client whose keys do not fit what it registered.
    pub async fn introspect_in_jwt<'c>(
        &self,
        call: impl Into<Call<'c>>,
        params: &Params,
    ) -> Result<String, EndpointError> {
        let caller = self.introspecting_client(call, params).await?;
        let seal = self.seal_for(&caller, self.introspection_form(&caller)).await?;
        let told = self.introspected(&caller, params).await?;
        Ok(self.sealed_claims(&seal, &self.introspection_claims(&caller, &told)?)?)
    }

    /// RS256 where the client names nothing (RFC 9701 6), or what this server signs with where it has no such key.
    fn introspection_form(&self, client: &Client) -> Form {
        let signer = &self.world.signer;
        let default = Some(JwsAlgorithm::RS256).filter(|rs256| signer.algorithms().contains(rs256));
        let registered = client.answers.introspection_signed_response_alg;
        Form {
            typ: TokenType::Introspection,
            signing: Some(registered.or(default).unwrap_or(signer.default_algorithm())),
            encryption: client.answers.introspection(),
            member: "introspection_encrypted_response_alg",
        }
    }

    /// RFC 9701 5: neither `sub` nor `exp` stands outside of what is told, or it could pass for an access token.
    fn introspection_claims(&self, caller: &Client, told: &IntrospectionResponse) -> Result<Map<String, Value>, Fault> {
        let told = serde_json::to_value(told).map_err(|error| Fault::caused("engine.introspection", error))?;
        let claims = json!({
            "iss": self.settings.issuer, "aud": caller.id, "iat": self.now(), "token_introspection": told,
        });
        Ok(match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        })
    }
}
