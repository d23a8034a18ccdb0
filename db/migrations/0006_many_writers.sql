-- Incremented by every edit: a signing transaction of another process detects the edit.
ALTER TABLE campaigns ADD COLUMN version bigint NOT NULL DEFAULT 0;

-- One row per writer, summed on read, so that processes do not wait for each other's counts of a shared network. Rows
-- are deleted after two days at most.
DROP TABLE network_requests;
CREATE TABLE network_requests (
    day text NOT NULL,
    network_hash {blob} NOT NULL,
    hour integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sign', 'find')),
    writer integer NOT NULL,
    value integer NOT NULL,
    PRIMARY KEY (day, network_hash, hour, kind, writer)
);

-- The writers: a process leases its number. The number is part of every id and every counter row it writes. Empty on
-- SQLite, where the server is 0 and a command is 1.
CREATE TABLE writers (
    number integer PRIMARY KEY,
    owner text NOT NULL,
    lease_until bigint NOT NULL
);

-- One row if the database must not be served: it was migrated away, or a migration into it is running.
CREATE TABLE fence (
    id integer PRIMARY KEY CHECK (id = 1),
    state text NOT NULL CHECK (state IN ('moved', 'filling')),
    set_at bigint NOT NULL
);
