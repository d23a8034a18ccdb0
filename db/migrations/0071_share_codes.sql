-- Codes that staff make, to see which channel brings people. Nothing about a person is stored beside a code.
CREATE TABLE share_codes (
    campaign_id bigint NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    created_at bigint NOT NULL,
    created_by bigint,
    PRIMARY KEY (campaign_id, code)
);

-- How often a code was used. 'other' has the codes that the campaign does not know. One row per writer, so that
-- processes do not wait for each other.
CREATE TABLE share_counts (
    campaign_id bigint NOT NULL,
    code text NOT NULL,
    writer integer NOT NULL,
    visits bigint NOT NULL,
    signed bigint NOT NULL,
    PRIMARY KEY (campaign_id, code, writer)
);
