-- Clients that are to be told of a session's end: noted while it lives, due once it has ended, gone when they were told.

CREATE TABLE session_clients (
    session TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    sub TEXT NOT NULL, -- what the client knows the end-user by
    next_try_at INTEGER, -- none while the session lives
    tries INTEGER NOT NULL,
    PRIMARY KEY (session, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_clients_due ON session_clients (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX session_clients_by_subject ON session_clients (subject);
CREATE INDEX session_clients_by_client ON session_clients (client_id);
