-- Hours since 1970 (UTC). Hours older than 90 days are added to the midnight of their day and kept for good.
-- signed: new rows, by the time in their id. letters: rows whose first letter with a link was accepted by a mail server.
-- pressed: rows whose owner pressed the button. These three never fall. confirmed: rows that count, by the hour of their
-- confirmation; the sum of a day is that of counters_by_day.
CREATE TABLE counters_by_hour (
    campaign_id bigint NOT NULL,
    hour bigint NOT NULL,
    country text NOT NULL,
    writer integer NOT NULL,
    signed bigint NOT NULL,
    letters bigint NOT NULL,
    pressed bigint NOT NULL,
    confirmed bigint NOT NULL,
    PRIMARY KEY (campaign_id, hour, country, writer)
);

-- The same people by mail provider: the sums of an hour are equal. No signature names its provider.
CREATE TABLE counters_by_provider (
    campaign_id bigint NOT NULL,
    hour bigint NOT NULL,
    provider text NOT NULL,
    writer integer NOT NULL,
    signed bigint NOT NULL,
    letters bigint NOT NULL,
    pressed bigint NOT NULL,
    PRIMARY KEY (campaign_id, hour, provider, writer)
);

-- For the last head of each hour or day.
CREATE INDEX ledger_heads_by_time ON ledger_heads (campaign_id, sealed_at, size) WHERE journaled = 1;
