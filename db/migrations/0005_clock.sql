-- One row: the last instant that a serving process trusted (docs/adr/0007).
CREATE TABLE clock (
    id integer PRIMARY KEY,
    seen_at bigint NOT NULL
);
