-- What made packets stale, numbered by the campaign's counter of removals. Rows stay while a packet counts them.
CREATE TABLE stale_causes (
    campaign_id bigint NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('withdrawn', 'lowered', 'corrected', 'invalidated', 'recipient', 'campaign')),
    -- The line of the ledger with its country, or the recipient; neither for the whole campaign.
    n bigint,
    country text,
    recipient_key text,
    caused_at bigint NOT NULL,
    PRIMARY KEY (campaign_id, number)
);

-- The counter of removals at the last build: later causes count. Null before, and for builds before this column.
ALTER TABLE packets ADD COLUMN built_removals bigint;
