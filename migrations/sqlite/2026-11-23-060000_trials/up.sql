-- Policies on trial beside the live one: shadows and canaries, what was counted of them, and samples.

CREATE TABLE policy_trials (
    number INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL, -- shadow, canary
    digest TEXT NOT NULL,
    share INTEGER NOT NULL, -- parts of ten thousand
    chosen TEXT NOT NULL, -- JSON: whose interactions
    author TEXT NOT NULL,
    note TEXT,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by TEXT
) STRICT, WITHOUT ROWID;
-- Of each kind one runs at a time.
CREATE UNIQUE INDEX policy_trials_running ON policy_trials (kind) WHERE ended_at IS NULL;

CREATE TABLE trial_tallies (
    trial INTEGER NOT NULL,
    what TEXT NOT NULL,
    hook TEXT NOT NULL,
    binding TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (trial, what, hook, binding)
) STRICT, WITHOUT ROWID;

CREATE TABLE trial_samples (
    id TEXT NOT NULL PRIMARY KEY,
    trial INTEGER NOT NULL,
    what TEXT NOT NULL,
    hook TEXT NOT NULL,
    binding TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX trial_samples_by_trial ON trial_samples (trial, what, at_ms);
