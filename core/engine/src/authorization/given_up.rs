//! Logins that nobody finished: once an interaction has expired, its trace says that it was abandoned.

use super::interaction::Interaction;
use super::traced::subject_of;
use crate::Engine;
use crate::observation::End;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::StoredInteraction;

impl Engine {
    /// Takes away a batch of the interactions that have expired, and ends their traces where these are written from the
    /// beginning: of another login nobody asks why it was not finished. Answers how many went.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn give_up_expired(&self) -> Result<u64, Fault> {
        let expired = self.world.stores.interactions.take_expired(self.now()).await?;
        let count = expired.len() as u64;
        for stored in expired {
            let id = stored.id.clone();
            if let Err(fault) = self.give_up(stored) {
                tracing::error!(%fault, interaction = %id, "an expired interaction could not be read");
            }
        }
        Ok(count)
    }

    fn give_up(&self, stored: StoredInteraction) -> Result<(), Fault> {
        let mut interaction = Interaction::from_stored(stored)?;
        let subject = subject_of(&interaction, None);
        self.recorder(&mut interaction).end(self.world.clock.now_ms(), subject, &End::Abandoned);
        Ok(())
    }
}
