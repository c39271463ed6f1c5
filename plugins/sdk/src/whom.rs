//! Somebody, by their subject: a user and a subject are taken alike.

use crate::user::User;

/// Somebody.
#[derive(Debug, Clone)]
pub struct Whom(pub(crate) String);

impl From<&User> for Whom {
    fn from(user: &User) -> Self {
        Self(user.subject.clone())
    }
}

impl From<User> for Whom {
    fn from(user: User) -> Self {
        Self(user.subject)
    }
}

impl From<&str> for Whom {
    fn from(subject: &str) -> Self {
        Self(subject.to_owned())
    }
}

impl From<&String> for Whom {
    fn from(subject: &String) -> Self {
        Self(subject.clone())
    }
}

impl From<String> for Whom {
    fn from(subject: String) -> Self {
        Self(subject)
    }
}
