-- Addresses by which a calendar program of a member reads the days of hand-overs.
CREATE TABLE staff_calendars (
    id bigint PRIMARY KEY,
    staff_id bigint NOT NULL,
    -- Null for every campaign that the member reaches.
    campaign_id bigint,
    token_hash {blob} NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    used_at bigint,
    ended_at bigint
);
CREATE INDEX staff_calendars_by_member ON staff_calendars (staff_id);
