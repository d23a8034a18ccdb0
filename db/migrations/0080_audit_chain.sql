-- Lines of the audit trail that have no link in the chain yet. A row is written with its line.
CREATE TABLE audit_queue (
    audit_id bigint PRIMARY KEY
);
INSERT INTO audit_queue (audit_id) SELECT id FROM audit;

-- The chain over the audit trail; salts and hashes in hex. A link stays when its line is deleted after its time, without id and salt.
CREATE TABLE audit_links (
    n bigint PRIMARY KEY,
    audit_id bigint UNIQUE,
    day bigint NOT NULL,
    sign_in integer NOT NULL,
    salt text,
    line_hash text NOT NULL,
    hash text NOT NULL
);

-- One row: the newest link, and from which link on they are stored, with the hash of the link before it.
CREATE TABLE audit_heads (
    id integer PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    hash text NOT NULL,
    first bigint NOT NULL,
    first_hash text NOT NULL
);

-- The newest link when the packet was ordered; null for packets from before the chain.
ALTER TABLE packets ADD COLUMN audit_size bigint;
ALTER TABLE packets ADD COLUMN audit_hash text;
