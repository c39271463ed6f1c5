-- The first schema. Times are seconds since 1970. A `document` is JSON: what no query asks for.
--
-- Tables that are written at every login keep their rowid: rows of some hundred bytes then follow one another, and
-- only the small entries of an index are scattered by a random key. Measured with 64 callers, a code is issued with a
-- quarter of the bytes that WITHOUT ROWID writes, a refresh token rotated with less than half.

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    subject TEXT NOT NULL PRIMARY KEY,
    username_key TEXT NOT NULL UNIQUE, -- the username in ASCII lower case
    username TEXT NOT NULL,
    password TEXT,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    cookie TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    bundle TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_subject ON sessions (subject);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Documents are large here: a rowid keeps them out of the tree that is searched.
CREATE TABLE interactions (
    id TEXT NOT NULL PRIMARY KEY,
    browser TEXT NOT NULL,
    bundle TEXT NOT NULL,
    version INTEGER NOT NULL,
    lease_until INTEGER,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE consents (
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL, -- a JSON array: a claim may have any name
    granted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (subject, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_client ON consents (client_id);
CREATE INDEX consents_by_expiry ON consents (expires_at);

CREATE TABLE authorization_codes (
    hash TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    session TEXT NOT NULL,
    bundle TEXT NOT NULL,
    offline INTEGER NOT NULL CHECK (offline IN (0, 1)),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    redeemed_at INTEGER,
    kept_until INTEGER NOT NULL, -- its own end, or its family's: until then a replay is recognised
    document TEXT NOT NULL
) STRICT;
CREATE INDEX authorization_codes_by_end ON authorization_codes (kept_until);
CREATE INDEX authorization_codes_by_client ON authorization_codes (client_id);
CREATE INDEX authorization_codes_by_subject ON authorization_codes (subject);
CREATE INDEX authorization_codes_by_session ON authorization_codes (session);

CREATE TABLE token_families (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    session TEXT NOT NULL,
    bundle TEXT NOT NULL,
    offline INTEGER NOT NULL CHECK (offline IN (0, 1)), -- offline_access was granted
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX token_families_by_expiry ON token_families (expires_at);
CREATE INDEX token_families_by_client ON token_families (client_id);
CREATE INDEX token_families_by_subject ON token_families (subject);
CREATE INDEX token_families_by_session ON token_families (session);

CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE access_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    jti TEXT NOT NULL,
    family TEXT,
    client_id TEXT NOT NULL,
    subject TEXT,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
CREATE INDEX access_tokens_by_client ON access_tokens (client_id);
CREATE INDEX access_tokens_by_subject ON access_tokens (subject);

CREATE TABLE revoked_access_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_access_tokens_by_expiry ON revoked_access_tokens (expires_at);

CREATE TABLE used_assertions (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_assertions_by_expiry ON used_assertions (expires_at);

CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    generation INTEGER NOT NULL, -- 1, 2, … per algorithm: two nodes cannot both make the next one
    sealed_jwk TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL,
    retired_at INTEGER,
    drops_at INTEGER,
    UNIQUE (algorithm, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
    digest TEXT NOT NULL PRIMARY KEY,
    files BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE kv_values (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    number INTEGER, -- a whole number, so that it can be added to
    json TEXT,      -- anything else
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (namespace, key),
    CHECK ((number IS NULL) <> (json IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX kv_values_by_expiry ON kv_values (expires_at);
