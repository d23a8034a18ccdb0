-- Letters that came back are a fate of their own.
ALTER TABLE letter_days RENAME TO earlier_letter_days;
CREATE TABLE letter_days (
    campaign_id bigint NOT NULL,
    day text NOT NULL,
    fate text NOT NULL CHECK (
        fate IN ('created', 'accepted', 'refused', 'bounced', 'unknown', 'cancelled', 'suppressed')),
    code text NOT NULL,
    writer integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, day, fate, code, writer)
);
INSERT INTO letter_days SELECT campaign_id, day, fate, code, writer, value FROM earlier_letter_days;
DROP TABLE earlier_letter_days;
