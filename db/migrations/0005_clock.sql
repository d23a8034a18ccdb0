-- One row: the last instant of which a serving process was sure (docs/adr/0007).
CREATE TABLE clock (
    id integer PRIMARY KEY,
    seen_at bigint NOT NULL
);
