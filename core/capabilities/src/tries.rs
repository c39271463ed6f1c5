//! A try at a factor under the limit on guessing.

use gatewright_domain::capabilities::Attempt;
use gatewright_domain::capabilities::guessing::{Account, Guess, GuessLimit, Guessed, Reserved};
use gatewright_domain::fault::Fault;

/// The try at a factor that an attempt is.
pub(crate) fn guess_at_factor(attempt: &Attempt<'_>) -> Guess {
    let account = Account::Subject(attempt.subject.clone());
    Guess { account, address: attempt.address, what: Guessed::Factor }
}

/// What `look` finds and `spend` makes count, if the try counts now. While it has to wait, the same is looked at and
/// nothing is spent: the answer is that to a wrong code. A try that a fault kept from its end is given back.
pub(crate) async fn under_limit<F, S, Found, Spent>(
    limit: &dyn GuessLimit,
    guess: &Guess,
    look: F,
    spend: impl FnOnce(Found) -> S,
) -> Result<Option<Spent>, Fault>
where
    F: Future<Output = Result<Option<Found>, Fault>>,
    S: Future<Output = Result<Option<Spent>, Fault>>,
{
    let reserved = limit.reserve(guess).await?;
    let looked = async {
        match (look.await?, reserved) {
            (Some(found), Reserved::Counted { .. }) => spend(found).await,
            _ => Ok(None),
        }
    };
    match (looked.await, reserved) {
        (Ok(Some(spent)), _) => {
            limit.succeeded(guess).await?;
            Ok(Some(spent))
        }
        (Ok(None), Reserved::Counted { last: true }) => {
            limit.locked(guess).await?;
            Ok(None)
        }
        (Err(fault), Reserved::Counted { .. }) => {
            limit.withdrawn(guess).await?;
            Err(fault)
        }
        (other, _) => other,
    }
}
