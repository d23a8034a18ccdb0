-- Figures about people who have not confirmed, as of the last full hour: live figures tell whether an address is known.
CREATE TABLE hourly_snapshot (
    id integer PRIMARY KEY CHECK (id = 1),
    taken_at bigint NOT NULL
);

CREATE TABLE hourly_counters (
    campaign_id bigint NOT NULL,
    country text NOT NULL,
    state text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, country, state)
);

-- Of sensitive campaigns.
CREATE TABLE hourly_letters (
    campaign_id bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, kind, state)
);
