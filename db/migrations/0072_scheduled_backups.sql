-- How the last scheduled backup went. failure is a fixed word, null after a success.
CREATE TABLE scheduled_backups (
    one integer PRIMARY KEY CHECK (one = 1),
    attempted_at bigint NOT NULL,
    failure text,
    made_at bigint,
    bytes bigint
);
