-- While this has a row that is not over, people cannot sign, letters wait, and no packet or file leaves.
CREATE TABLE freezes (
    one integer PRIMARY KEY CHECK (one = 1),
    reason text NOT NULL,
    since bigint NOT NULL,
    until bigint
);
