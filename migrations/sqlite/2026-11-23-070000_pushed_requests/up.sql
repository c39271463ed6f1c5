-- Authorization requests that clients pushed (RFC 9126).

CREATE TABLE pushed_requests (
    hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    kept_until INTEGER NOT NULL, -- the end of the last trip that may have begun with it: until then a second use is recognised
    completed_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX pushed_requests_by_end ON pushed_requests (kept_until);
CREATE INDEX pushed_requests_by_client ON pushed_requests (client_id);
