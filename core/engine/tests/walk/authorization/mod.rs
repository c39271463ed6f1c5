//! `/authorize` and its pages.

mod account;
mod acr;
mod consent;
mod consent_claims;
mod delegate;
mod deny;
mod faults;
mod front_channel;
mod hint;
mod hops;
mod max_age;
mod pages;
mod pinning;
mod prompt;
mod races;
mod request;
mod sessions;
mod sign_in;
mod sign_ins;
mod sign_out_elsewhere;
mod step_up;
mod strange_tries;
mod trip;
mod visit;
mod waits;
mod withdrawn;
