-- Why each login went as it did, step by step and redacted; and what administrators did.

CREATE TABLE traces (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    login TEXT, -- the trace of the login that this one came after
    client_id TEXT NOT NULL,
    subject TEXT,
    bundle TEXT NOT NULL,
    began_at_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT,
    bytes BIGINT NOT NULL -- of its steps
);
CREATE INDEX traces_by_time ON traces (began_at_ms);
CREATE INDEX traces_by_client ON traces (client_id, began_at_ms);
CREATE INDEX traces_by_subject ON traces (subject, began_at_ms);
CREATE INDEX traces_by_login ON traces (login);

CREATE TABLE trace_steps (
    trace TEXT NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
    number BIGINT NOT NULL, -- grows with time
    correlation TEXT, -- the id in the log and on an error page
    document TEXT NOT NULL,
    recording BYTEA, -- what a replay needs, sealed; only where that is asked for
    PRIMARY KEY (trace, number)
);
CREATE INDEX trace_steps_by_correlation ON trace_steps (correlation);

CREATE TABLE audit (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at_ms, id);
