//! What to change: thresholds, networks, and what each sign is worth.

/// From this score on, a stronger sign-in is asked for.
pub const STEP_UP_AT: i64 = 50;
/// From this score on, the sign-in is refused.
pub const DENY_AT: i64 = 100;
/// The level from which a method is strong.
pub const LEVEL_STRONG: i32 = 20;
/// What an end-user is asked to reach who is known already.
pub const STRONG_ACR: &str = "push";

/// Networks in which nothing about the address is risky.
pub const TRUSTED_NETWORKS: [&str; 2] = ["10.0.0.0/8", "192.168.0.0/16"];
/// Networks that sign-ins should not come from (as an example, one that is reserved for documentation).
pub const SUSPECT_NETWORKS: [&str; 1] = ["198.51.100.0/24"];

/// A suspect network.
pub const SUSPECT: i64 = 50;
/// A browser that does not say what it is.
pub const NO_BROWSER: i64 = 30;
/// More than [`PER_ADDRESS_MAX`] requests of one address within [`WINDOW_S`].
pub const BUSY_ADDRESS: i64 = 50;
/// More than [`PER_SUBJECT_MAX`] sign-ins of one end-user within [`WINDOW_S`].
pub const BUSY_SUBJECT: i64 = 50;
/// A browser that the end-user has not used before.
pub const NEW_DEVICE: i64 = 30;
/// A network that the end-user has not come from before.
pub const NEW_NETWORK: i64 = 30;

/// How long requests are counted together, in seconds.
pub const WINDOW_S: u64 = 300;
/// Most requests of one address in that time that are not risky. Many end-users may share one address.
pub const PER_ADDRESS_MAX: i64 = 60;
/// Most sign-ins of one end-user in that time that are not risky.
pub const PER_SUBJECT_MAX: i64 = 5;
/// How long a habit is remembered, in seconds.
pub const HABIT_S: u64 = 90 * 24 * 3600;
/// Most devices and most networks remembered of one end-user; the oldest is forgotten first.
pub const HABITS_MAX: usize = 16;
