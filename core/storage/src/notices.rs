//! Bulletins of other nodes, and notices that something about activations has changed: within the process at once, from other nodes over PostgreSQL's
//! LISTEN. SQLite's other processes are not heard; whoever waits looks by itself as well.

mod outage;

use crate::board::Board;
use crate::config::Location;
use crate::connection::open_postgres;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::Heard;
use outage::Outage;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Tells the channel of this schema: others on the same server are none of its business.
pub(crate) const NOTIFY: &str = "SELECT pg_notify('gatewright_' || md5(current_schema()), '')";
/// Listens to it, and to bulletins. LISTEN itself takes no expression.
const LISTEN: &str = "DO $$ BEGIN EXECUTE format('LISTEN %I', 'gatewright_' || md5(current_schema())); \
                      EXECUTE format('LISTEN %I', 'gatewright_b_' || md5(current_schema())); END $$";
/// What the channel of bulletins begins with.
const BULLETINS: &str = "gatewright_b_";
/// Time between two looks at the connection. Looking reads what has come on the socket; the server does nothing for it.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Time between two tries to get a lost connection back.
const RECONNECT_EVERY: Duration = Duration::from_secs(2);

/// The notices of one process.
pub(crate) struct Notices {
    location: Location,
    told: Arc<watch::Sender<u64>>,
    /// Bulletins that were heard.
    pub(crate) board: Arc<Board>,
    listener: Mutex<Option<Listener>>,
}

/// Where the thread puts what it hears.
struct Ears {
    told: Arc<watch::Sender<u64>>,
    board: Arc<Board>,
}

/// The thread that listens. It ends with this value.
struct Listener {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Notices {
    /// None so far. A connection is opened when somebody waits for the first time.
    pub(crate) fn new(location: Location) -> Self {
        let (told, board) = (Arc::new(watch::Sender::new(0)), Arc::new(Board::new()));
        Self { location, told, board, listener: Mutex::default() }
    }

    /// Tells those who wait in this process.
    pub(crate) fn tell(&self) {
        self.told.send_modify(|count| *count += 1);
    }

    /// Waits for a notice after `since`; answers the number of the latest.
    pub(crate) async fn after(&self, since: u64) -> u64 {
        self.listen();
        let mut told = self.told.subscribe();
        match told.wait_for(|count| *count > since).await {
            Ok(count) => *count,
            // The sender lives as long as this value.
            Err(_) => since,
        }
    }

    /// Waits for bulletins after the one of the number `since`.
    pub(crate) async fn bulletins_after(&self, since: u64) -> Heard {
        self.listen();
        self.board.after(since).await
    }

    /// Whether other processes can hear this one.
    pub(crate) fn are_shared(&self) -> bool {
        matches!(self.location, Location::Postgres(_))
    }

    fn listen(&self) {
        let Location::Postgres(url) = &self.location else { return };
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        if listener.is_none() {
            let ears = Ears { told: self.told.clone(), board: self.board.clone() };
            *listener = Listener::start(url.clone(), ears);
        }
    }
}

impl Listener {
    /// Starts the thread; where the system has none to spare, whoever waits finds changes by looking.
    fn start(url: String, ears: Ears) -> Option<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let seen = ended.clone();
        let thread = std::thread::Builder::new().name("storage-notices".to_owned()).spawn(move || {
            let mut outage = Outage::default();
            while !seen.load(Ordering::Relaxed) {
                if let Err(fault) = hear(&url, &ears, &seen, &mut outage) {
                    ears.board.put(None);
                    if let Some(lost) = outage.goes_on(Instant::now()) {
                        let lost_s = lost.as_secs();
                        tracing::warn!(%fault, lost_s, "notices of other nodes are not heard; changes are looked for");
                    }
                    pause(RECONNECT_EVERY, &seen);
                }
            }
        });
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no thread hears notices of other nodes"));
        Some(Self { ended, thread: Some(thread.ok()?) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that hears notices of other nodes broke off");
        }
    }
}

/// Listens until the end, or until the connection is lost.
fn hear(url: &str, ears: &Ears, ended: &AtomicBool, outage: &mut Outage) -> Result<(), Fault> {
    let failed = |error: diesel::result::Error| Fault::caused("store.notices", error);
    let mut connection: PgConnection = open_postgres(url)?;
    connection.batch_execute(LISTEN).map_err(failed)?;
    if let Some(lost) = outage.is_over(Instant::now()) {
        tracing::info!(lost_s = lost.as_secs(), "notices of other nodes are heard again");
    }
    // What happened before it listened was not heard.
    ears.told.send_modify(|count| *count += 1);
    while !ended.load(Ordering::Relaxed) {
        let mut heard = false;
        for notification in connection.notifications_iter() {
            let notification = notification.map_err(failed)?;
            if notification.channel.starts_with(BULLETINS) {
                ears.board.put(Some(&notification.payload));
            } else {
                heard = true;
            }
        }
        if heard {
            ears.told.send_modify(|count| *count += 1);
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn pause(time: Duration, ended: &AtomicBool) {
    let looks = time.as_millis() / LOOK_EVERY.as_millis();
    (0..looks).take_while(|_| !ended.load(Ordering::Relaxed)).for_each(|_| std::thread::sleep(LOOK_EVERY));
}
