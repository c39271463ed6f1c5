//! What a Janssen server's own suite asks of the code grant, as black-box tests under its names
//! (OpenID Connect Core 3.3: the response type is `code id_token` throughout).

mod authorization_code_flow;
mod party;
mod revoke_tokens;
mod scopes;
