//! The latest bulletins that this process heard, by number.

use gatewright_domain::store::{BULLETINS_KEPT_MAX, Heard};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;

/// The bulletins of one process.
pub(crate) struct Board(watch::Sender<Latest>);

#[derive(Default)]
struct Latest {
    /// The number of the last one.
    number: u64,
    /// None where others may have been lost.
    texts: VecDeque<Option<Arc<str>>>,
}

impl Board {
    /// Without any.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Latest::default()))
    }

    /// Puts one up; none says that others may have been lost.
    pub(crate) fn put(&self, text: Option<&str>) {
        self.0.send_modify(|latest| {
            latest.number += 1;
            latest.texts.push_back(text.map(Arc::from));
            if latest.texts.len() > BULLETINS_KEPT_MAX {
                latest.texts.pop_front();
            }
        });
    }

    /// Waits for those after `since`.
    pub(crate) async fn after(&self, since: u64) -> Heard {
        let mut latest = self.0.subscribe();
        match latest.wait_for(|latest| latest.number > since).await {
            Ok(latest) => latest.after(since),
            // The sender lives as long as this value.
            Err(_) => Heard { number: since, texts: Vec::new(), missed: false },
        }
    }
}

impl Latest {
    fn after(&self, since: u64) -> Heard {
        let wanted = usize::try_from(self.number.saturating_sub(since)).unwrap_or(usize::MAX);
        let kept = self.texts.len().min(wanted);
        let texts: Vec<&Option<Arc<str>>> = self.texts.iter().skip(self.texts.len() - kept).collect();
        let missed = wanted > kept || texts.iter().any(|text| text.is_none());
        Heard { number: self.number, texts: texts.into_iter().flatten().cloned().collect(), missed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_slow_gets_the_latest_and_is_told_that_others_are_gone() {
        let board = Board::new();
        (1..=BULLETINS_KEPT_MAX + 2).for_each(|number| board.put(Some(&number.to_string())));
        let last = BULLETINS_KEPT_MAX as u64 + 2;
        let all = board.after(0).await;
        assert_eq!((all.number, all.texts.len(), all.missed), (last, BULLETINS_KEPT_MAX, true));
        let kept = board.after(2).await;
        assert_eq!((kept.texts[0].as_ref(), kept.texts.len(), kept.missed), ("3", BULLETINS_KEPT_MAX, false));
        board.put(None);
        let gap = board.after(last).await;
        assert_eq!(gap, Heard { number: last + 1, texts: vec![], missed: true });
    }
}
