//! How strongly an end-user has to be signed in to change what they sign in with: as strongly as they can be. A session
//! that knows the password alone neither adds a factor to an account that has one nor takes one away.

use crate::Engine;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{Acrs, Method};
use gatewright_domain::identifiers::{FactorKind, Subject};

/// The strongest method that asks for a factor which is there; none for an account without factors.
pub(crate) fn strongest<'a>(acrs: &'a Acrs, enrolled: &[FactorKind]) -> Option<&'a Method> {
    let asks = |method: &&Method| method.factor.as_ref().is_some_and(|kind| enrolled.contains(kind));
    acrs.iter().filter(asks).max_by_key(|method| method.level)
}

impl Engine {
    /// The kinds of factors that an end-user has.
    pub(crate) async fn enrolled_kinds(&self, subject: &Subject) -> Result<Vec<FactorKind>, Fault> {
        let factors = self.world.stores.factors.list(subject).await?;
        Ok(factors.into_iter().map(|factor| factor.kind).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_protocol::acr::Acr;

    #[test]
    fn the_strongest_method_is_the_one_whose_factor_is_there() {
        let kind = |text: &str| FactorKind::parse(text).unwrap();
        let method = |acr: &str, level, factor: Option<&str>| Method {
            acr: Acr::try_from(acr).unwrap(),
            level,
            amr: vec![],
            factor: factor.map(kind),
            enrols: false,
        };
        let methods =
            vec![method("pwd", 10, None), method("otp", 20, Some("totp")), method("key", 30, Some("passkey"))];
        let acrs = Acrs::new(methods, Acr::try_from("pwd").unwrap()).unwrap();
        let found = |kinds: &[&str]| {
            let kinds: Vec<_> = kinds.iter().map(|text| kind(text)).collect();
            strongest(&acrs, &kinds).map(|method| method.acr.to_string())
        };
        assert_eq!(found(&[]), None);
        assert_eq!(found(&["recovery"]), None);
        assert_eq!(found(&["totp"]).as_deref(), Some("otp"));
        assert_eq!(found(&["totp", "passkey"]).as_deref(), Some("key"));
    }
}
