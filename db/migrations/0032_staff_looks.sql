-- What a member of staff saw of each campaign: at the end of the visit before, and at their last look.
CREATE TABLE staff_looks (
    staff_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    since_at bigint NOT NULL,
    since_confirmed bigint NOT NULL,
    since_held bigint NOT NULL,
    since_withdrawn bigint NOT NULL,
    last_at bigint NOT NULL,
    last_confirmed bigint NOT NULL,
    last_held bigint NOT NULL,
    last_withdrawn bigint NOT NULL,
    PRIMARY KEY (staff_id, campaign_id)
);
