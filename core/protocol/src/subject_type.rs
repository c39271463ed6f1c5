//! Subject types: whether all clients see an end-user under one `sub` (OpenID Connect Core 8).

word_enum! {
    /// How the `sub` of an end-user is made for a client.
    pub enum SubjectType: "subject type" {
        /// The same `sub` for every client.
        Public = "public",
        /// Another `sub` for each sector, so that clients cannot compare notes.
        Pairwise = "pairwise",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn subject_types_have_their_registered_names() {
        assert_words(SubjectType::ALL, &["public", "pairwise"]);
    }
}
