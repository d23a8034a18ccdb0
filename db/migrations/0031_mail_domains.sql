-- A keyed hash of the recipient's domain, until the letter has its fate; null for a large provider.
ALTER TABLE letters ADD COLUMN domain_hash {blob};

-- When a letter past the bound of its domain may leave; null if it never waited.
ALTER TABLE letters ADD COLUMN turn_at bigint;

CREATE INDEX letters_waiting ON letters (domain_hash, turn_at) WHERE turn_at IS NOT NULL AND state = 'queued';

-- The newest hour in which a domain has a letter, and how many it has there.
CREATE TABLE mail_domains (
    hash {blob} NOT NULL PRIMARY KEY,
    hour_from bigint NOT NULL,
    letters bigint NOT NULL
);

-- What staff marked: typed by staff, not by signers.
CREATE TABLE genuine_mail_domains (
    domain text NOT NULL PRIMARY KEY,
    until bigint NOT NULL
);
