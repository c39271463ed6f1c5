//! Malformed, repeated, oversized, wrongly typed and hostile requests: a table an endpoint, each row a request and the
//! error the RFC has for it. What holds for every answer, whatever was asked, is in `table`.

mod account;
mod anything;
mod ask;
mod authorize;
mod check_session;
mod client_authentication;
mod cors;
mod databases;
mod demo;
mod documents;
mod dpop;
mod end_session;
mod forgery;
mod http2;
mod introspect;
mod native;
mod pages;
mod par;
mod register;
mod registration;
mod request_object;
mod revoke;
mod table;
mod token;
mod userinfo;
mod wire;
