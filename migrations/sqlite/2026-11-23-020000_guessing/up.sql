-- Tries at secrets, counted before the secret is looked at, and what happened to accounts.

CREATE TABLE tries (
    key TEXT NOT NULL PRIMARY KEY, -- a keyed digest of an account or an address
    counted INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failed TEXT -- JSON, of accounts: the failed tries since the last success
) STRICT, WITHOUT ROWID;
CREATE INDEX tries_by_expiry ON tries (expires_at);

CREATE TABLE security_events (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    address TEXT,
    told_at INTEGER, -- when the end-user was told; of what nobody is told, when it happened
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX security_events_by_subject ON security_events (subject, at);
CREATE INDEX security_events_by_expiry ON security_events (expires_at);
