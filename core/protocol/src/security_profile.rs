//! Profiles that hold a client to more than the specifications ask.

word_enum! {
    /// A security profile.
    pub enum SecurityProfile: "security profile" {
        /// FAPI 2.0 Security Profile.
        Fapi2 = "fapi2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::laws::assert_words;

    #[test]
    fn profiles_have_their_names() {
        assert_words(SecurityProfile::ALL, &["fapi2"]);
    }
}
