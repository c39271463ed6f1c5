-- Which bundle is live on all nodes, how it came to be, and which nodes there are.

CREATE TABLE pushed_bundles (
    digest TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    author TEXT NOT NULL,
    note TEXT,
    pushed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE activations (
    number INTEGER NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    note TEXT,
    proposed_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    state TEXT NOT NULL, -- proposed, live, refused
    why TEXT,
    decided_at INTEGER
) STRICT, WITHOUT ROWID;
-- Only one is open at a time.
CREATE UNIQUE INDEX activations_open ON activations (state) WHERE state = 'proposed';
CREATE INDEX activations_by_state ON activations (state, number);

CREATE TABLE activation_votes (
    activation INTEGER NOT NULL,
    node TEXT NOT NULL,
    node_name TEXT NOT NULL,
    failure TEXT,
    PRIMARY KEY (activation, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    activation INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was issued under a bundle is counted, ended, and looked at before a bundle is removed.
CREATE INDEX sessions_by_bundle ON sessions (bundle);
CREATE INDEX interactions_by_bundle ON interactions (bundle);
CREATE INDEX authorization_codes_by_bundle ON authorization_codes (bundle);
CREATE INDEX token_families_by_bundle ON token_families (bundle);
