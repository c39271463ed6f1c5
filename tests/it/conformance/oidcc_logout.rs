//! Logout as the plans of the OpenID Foundation judge it, over HTTPS; and what they do not ask.

mod back_channel;
mod front_channel;
mod rp_initiated;
mod session_management;
mod third_party_login;
mod world;
