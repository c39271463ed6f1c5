//! Bulletins.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{BULLETIN_BYTES_MAX, BULLETINS_KEPT_MAX, BulletinStore, Heard};

#[async_trait]
impl BulletinStore for Memory {
    async fn post(&self, text: &str) -> Result<(), Fault> {
        if text.len() > BULLETIN_BYTES_MAX {
            return Err(Fault::new("store.bulletins", "the bulletin is too long"));
        }
        self.bulletins.send_modify(|texts| texts.push(text.into()));
        Ok(())
    }

    async fn heard(&self, since: u64) -> Heard {
        let mut texts = self.bulletins.subscribe();
        let since = usize::try_from(since).unwrap_or(usize::MAX);
        match texts.wait_for(|texts| texts.len() > since).await {
            Ok(texts) => {
                let from = since.max(texts.len().saturating_sub(BULLETINS_KEPT_MAX));
                Heard { number: texts.len() as u64, texts: texts[from..].to_vec(), missed: from > since }
            }
            Err(_) => Heard { number: since as u64, texts: Vec::new(), missed: false },
        }
    }
}
