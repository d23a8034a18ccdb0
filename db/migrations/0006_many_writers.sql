-- Moves with every edit: whoever signs in another process than the edit's finds out inside its transaction.
ALTER TABLE campaigns ADD COLUMN version bigint NOT NULL DEFAULT 0;

-- A row per writer, summed on read, so that processes do not wait for each other over a network that many share. What is in it lasts two days at most.
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

-- Who writes: a process holds its number by a lease. The number is part of every id it makes and of every counter it moves. Empty on SQLite, where the server is 0 and a command 1.
CREATE TABLE writers (
    number integer PRIMARY KEY,
    owner text NOT NULL,
    lease_until bigint NOT NULL
);

-- No row, or one in a database that must not be served: moved away for good, or still being filled by a move.
CREATE TABLE fence (
    id integer PRIMARY KEY CHECK (id = 1),
    state text NOT NULL CHECK (state IN ('moved', 'filling')),
    set_at bigint NOT NULL
);
