//! The stories an error page can tell: what happened and what to do next, in plain words, for a person who
//! did nothing wrong. The texts are `error.<story>.*` in the messages.

use http::StatusCode;

/// Why a request ends at a page of ours (RFC 6749 4.1.2.1: what may not be told to a redirect_uri).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorStory {
    /// The `client_id` is missing or nobody's.
    UnknownClient,
    /// The `redirect_uri` is missing or not registered.
    UnknownRedirectUri,
    /// The request cannot be read.
    BadRequest,
    /// An answer to a page, written by a program, that is not what the page asks for.
    UnfitAnswer,
    /// The visit took too long, or is over.
    Expired,
    /// The page was answered before: pressed twice, or come back to.
    AlreadyAnswered,
    /// The visit belongs to another browser, or this one keeps no cookies.
    OtherBrowser,
    /// The end-user may not go on, and there is no client to tell.
    Denied,
    /// A sign-out request that is not to be trusted.
    SignOutRefused,
    /// No such page.
    NotFound,
    /// A page asked for with the wrong method.
    WrongMethod,
    /// More was sent than is taken.
    TooLarge,
    /// Too many requests in too short a time.
    TooMany,
    /// A fault of ours.
    Fault,
    /// Overloaded, starting or stopping.
    Unavailable,
}

impl ErrorStory {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::UnknownClient,
        Self::UnknownRedirectUri,
        Self::BadRequest,
        Self::UnfitAnswer,
        Self::Expired,
        Self::AlreadyAnswered,
        Self::OtherBrowser,
        Self::Denied,
        Self::SignOutRefused,
        Self::NotFound,
        Self::WrongMethod,
        Self::TooLarge,
        Self::TooMany,
        Self::Fault,
        Self::Unavailable,
    ];

    /// The status its page goes out with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::UnknownClient | Self::UnknownRedirectUri | Self::BadRequest | Self::SignOutRefused => {
                StatusCode::BAD_REQUEST
            }
            Self::UnfitAnswer | Self::Expired | Self::AlreadyAnswered | Self::OtherBrowser => StatusCode::BAD_REQUEST,
            Self::Denied => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name among the messages.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown_client",
            Self::UnknownRedirectUri => "unknown_redirect_uri",
            Self::BadRequest => "bad_request",
            Self::UnfitAnswer => "unfit_answer",
            Self::Expired => "expired",
            Self::AlreadyAnswered => "already_answered",
            Self::OtherBrowser => "other_browser",
            Self::Denied => "denied",
            Self::SignOutRefused => "sign_out_refused",
            Self::NotFound => "not_found",
            Self::WrongMethod => "wrong_method",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Fault => "fault",
            Self::Unavailable => "unavailable",
        }
    }
}
