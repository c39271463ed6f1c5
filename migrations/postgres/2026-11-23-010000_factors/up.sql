-- What end-users enrolled to prove who they are.

CREATE TABLE factors (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES users (subject) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    reference TEXT,       -- by what else it is found
    sealed TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    pending_until BIGINT  -- the end of an enrolment that is not confirmed
);
CREATE INDEX factors_by_subject ON factors (subject, created_at);
-- An enrolment that is not confirmed keeps nobody from a reference.
CREATE UNIQUE INDEX factors_by_reference ON factors (kind, reference) WHERE pending_until IS NULL;
CREATE INDEX factors_by_end ON factors (pending_until) WHERE pending_until IS NOT NULL;
