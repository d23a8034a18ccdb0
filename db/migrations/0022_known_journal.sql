-- What the journal outside the database has at least: the first lines of a file that a machine wrote, up to the last one
-- that was committed here. A start without these lines is refused.
CREATE TABLE journal_files (
    -- The machine: the id in the file "installation" of its data folder.
    installation text NOT NULL,
    file text NOT NULL,
    -- The number of lines.
    sequence bigint NOT NULL,
    -- The hash chain over these lines, in hex.
    hash text NOT NULL,
    PRIMARY KEY (installation, file)
);

-- Lines that a start or a restore went on without. Readiness and log name them until the operator acknowledges the
-- loss. The rows stay, because a backup from before the loss still needs these lines.
CREATE TABLE journal_gaps (
    installation text NOT NULL,
    file text NOT NULL,
    -- 0 for a backup from before this table: the number of lines is not known.
    sequence bigint NOT NULL,
    hash text NOT NULL,
    found_at bigint NOT NULL,
    acknowledged_at bigint,
    PRIMARY KEY (installation, file, sequence, hash)
);
