-- The first schema. Times are seconds since 1970. A `document` is JSON: what no query asks for.

CREATE TABLE clients (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);

CREATE TABLE users (
    subject TEXT NOT NULL PRIMARY KEY,
    username_key TEXT COLLATE "C" NOT NULL UNIQUE, -- the username in ASCII lower case
    username TEXT NOT NULL,
    password TEXT,
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE sessions (
    cookie TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    bundle TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX sessions_by_subject ON sessions (subject);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE interactions (
    id TEXT NOT NULL PRIMARY KEY,
    browser TEXT NOT NULL,
    bundle TEXT NOT NULL,
    version BIGINT NOT NULL,
    lease_until BIGINT,
    expires_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE consents (
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    claims TEXT NOT NULL, -- a JSON array: a claim may have any name
    granted_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (subject, client_id)
);
CREATE INDEX consents_by_client ON consents (client_id);
CREATE INDEX consents_by_expiry ON consents (expires_at);

CREATE TABLE authorization_codes (
    hash TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    session TEXT NOT NULL,
    bundle TEXT NOT NULL,
    offline BOOLEAN NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    kept_until BIGINT NOT NULL, -- its own end, or its family's: until then a replay is recognised
    document TEXT NOT NULL
);
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
    offline BOOLEAN NOT NULL, -- offline_access was granted
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    document TEXT NOT NULL
);
CREATE INDEX token_families_by_expiry ON token_families (expires_at);
CREATE INDEX token_families_by_client ON token_families (client_id);
CREATE INDEX token_families_by_subject ON token_families (subject);
CREATE INDEX token_families_by_session ON token_families (session);

CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL REFERENCES token_families (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE access_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    jti TEXT NOT NULL,
    family TEXT,
    client_id TEXT NOT NULL,
    subject TEXT,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
CREATE INDEX access_tokens_by_client ON access_tokens (client_id);
CREATE INDEX access_tokens_by_subject ON access_tokens (subject);

CREATE TABLE revoked_access_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_access_tokens_by_expiry ON revoked_access_tokens (expires_at);

CREATE TABLE used_assertions (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_assertions_by_expiry ON used_assertions (expires_at);

CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    generation BIGINT NOT NULL, -- 1, 2, … per algorithm: two nodes cannot both make the next one
    sealed_jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retired_at BIGINT,
    drops_at BIGINT,
    UNIQUE (algorithm, generation)
);

CREATE TABLE bundles (
    digest TEXT NOT NULL PRIMARY KEY,
    files BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE kv_values (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    number BIGINT, -- a whole number, so that it can be added to
    json TEXT,      -- anything else
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, key),
    CHECK ((number IS NULL) <> (json IS NULL))
);
CREATE INDEX kv_values_by_expiry ON kv_values (expires_at);
