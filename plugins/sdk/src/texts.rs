//! One text or several, or perhaps none, where a function takes either.

/// One text or several: `"otp"`, `["otp", "passkey"]`, a `Vec<String>`.
pub trait Texts {
    /// The texts.
    fn texts(self) -> Vec<String>;
}

impl Texts for &str {
    fn texts(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Texts for String {
    fn texts(self) -> Vec<String> {
        vec![self]
    }
}

impl<T: Into<String>> Texts for Vec<T> {
    fn texts(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<String> + Clone> Texts for &[T] {
    fn texts(self) -> Vec<String> {
        self.iter().cloned().map(Into::into).collect()
    }
}

impl<T: Into<String> + Clone> Texts for &Vec<T> {
    fn texts(self) -> Vec<String> {
        self.as_slice().texts()
    }
}

impl<T: Into<String>, const N: usize> Texts for [T; N] {
    fn texts(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

/// A text, or perhaps none: `"alice"`, `login.login_hint`.
pub trait PerhapsText {
    /// The text.
    fn perhaps(self) -> Option<String>;
}

impl PerhapsText for &str {
    fn perhaps(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl PerhapsText for String {
    fn perhaps(self) -> Option<String> {
        Some(self)
    }
}

impl<T: PerhapsText> PerhapsText for Option<T> {
    fn perhaps(self) -> Option<String> {
        self.and_then(PerhapsText::perhaps)
    }
}

impl PerhapsText for &String {
    fn perhaps(self) -> Option<String> {
        Some(self.clone())
    }
}

impl PerhapsText for &Option<String> {
    fn perhaps(self) -> Option<String> {
        self.clone()
    }
}
