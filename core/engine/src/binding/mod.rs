//! Tokens that only their sender can use: bound to a key that the client shows by DPoP proofs (RFC 9449), or to the
//! certificate of its TLS handshake (RFC 8705).
//!
//! ```text
//! call          what a request brings along beside its parameters
//! dpop          a proof, from its header to a key that was shown       proof       what it must say (pure)
//! nonce         what the server may have proofs repeat                 certificate whose certificate it is (pure)
//! confirm       what a new token is bound to (pure)                    possession  whether a token may be used so
//! settings      what the operator settles                          offers      what the server says of all this
//! ```

mod call;
mod certificate;
mod confirm;
mod dpop;
mod nonce;
mod offers;
mod possession;
mod proof;
mod settings;

pub use call::{Call, Place, PresentedAccess, ProofHeader};
pub use nonce::NONCE_S;
pub use proof::{PROOF_AGE_S_MAX, PROOF_AHEAD_S_MAX};
pub use settings::{BindingSettings, MutualTls};

pub(crate) use certificate::has_name_of;
pub(crate) use confirm::{admit_key, admit_refresh};
