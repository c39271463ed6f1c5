-- Policies on trial beside the live one: shadows and canaries, what was counted of them, and samples.

CREATE TABLE policy_trials (
    number BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL, -- shadow, canary
    digest TEXT NOT NULL,
    share BIGINT NOT NULL, -- parts of ten thousand
    chosen TEXT NOT NULL, -- JSON: whose interactions
    author TEXT NOT NULL,
    note TEXT,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
-- Of each kind one runs at a time.
CREATE UNIQUE INDEX policy_trials_running ON policy_trials (kind) WHERE ended_at IS NULL;

CREATE TABLE trial_tallies (
    trial BIGINT NOT NULL,
    what TEXT NOT NULL,
    hook TEXT NOT NULL,
    binding TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (trial, what, hook, binding)
);

CREATE TABLE trial_samples (
    id TEXT NOT NULL PRIMARY KEY,
    trial BIGINT NOT NULL,
    what TEXT NOT NULL,
    hook TEXT NOT NULL,
    binding TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX trial_samples_by_trial ON trial_samples (trial, what, at_ms);
