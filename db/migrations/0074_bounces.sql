-- What mail servers and providers said of mailboxes, over all campaigns, under a keyed hash of the address.
CREATE TABLE refused_mailboxes (
    hash {blob} NOT NULL PRIMARY KEY,
    id bigint NOT NULL,
    index_version integer NOT NULL,
    -- When it was missing first (5.1.1).
    missing_at bigint,
    -- The times of the last soft refusals: a JSON list.
    softs text NOT NULL,
    suppressed_until bigint,
    complained_at bigint,
    changed_at bigint NOT NULL,
    -- When nothing of the row counts any more.
    ends_at bigint NOT NULL
);

CREATE INDEX refused_mailboxes_by_id ON refused_mailboxes (id);
CREATE INDEX refused_mailboxes_by_end ON refused_mailboxes (ends_at);

-- The row of refused_mailboxes that a suppression follows; staff lift both together.
ALTER TABLE suppressions ADD COLUMN mailbox_id bigint;

-- Reports that came over the hook, so that none has an effect twice: hashes of random tokens.
CREATE TABLE seen_reports (
    hash {blob} NOT NULL PRIMARY KEY,
    seen_at bigint NOT NULL
);

-- Refusals for policy (5.7.x) by day and domain: that of a large provider, or "other".
CREATE TABLE policy_refusals (
    day text NOT NULL,
    domain text NOT NULL,
    code text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (day, domain, code)
);

-- Signatures whose letter with a link came back.
ALTER TABLE counters_by_provider ADD COLUMN bounced bigint NOT NULL DEFAULT 0;
