-- What became of letters, by the day on which it did. The code is that of a refusal, otherwise empty.
CREATE TABLE letter_days (
    campaign_id bigint NOT NULL,
    day text NOT NULL,
    fate text NOT NULL CHECK (fate IN ('created', 'accepted', 'refused', 'unknown', 'cancelled', 'suppressed')),
    code text NOT NULL,
    writer integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, day, fate, code, writer)
);

-- Of sensitive campaigns, as of the last full hour.
CREATE TABLE hourly_letter_days (
    campaign_id bigint NOT NULL,
    day text NOT NULL,
    fate text NOT NULL,
    code text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, day, fate, code)
);
