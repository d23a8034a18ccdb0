-- Bulk invalidations. A row is the queue of its count, its run and its undo.
CREATE TABLE invalidations (
    id bigint PRIMARY KEY,
    campaign_id bigint NOT NULL,
    reason text NOT NULL,
    -- The conditions; null for none.
    countries text,
    signed_from bigint,
    signed_to bigint,
    states text,
    wave bigint,
    -- Null again once it can no longer be undone, because a domain may be that of one person.
    mail_domain text,
    hold_reason text,
    status text NOT NULL CHECK (status IN
        ('counting', 'counted', 'awaiting-approval', 'running', 'done', 'cancelled', 'undone')),
    requested_at bigint NOT NULL,
    requested_by bigint,
    -- Results of the count: null before.
    covered bigint,
    covered_confirmed bigint,
    by_country text,
    stale_packets text,
    sample text,
    started_by bigint,
    approved_by bigint,
    -- When it began to run: the time to undo it counts from then.
    started_at bigint,
    ended_at bigint,
    -- The last signature that the current walk has passed.
    walked_to bigint NOT NULL DEFAULT 0,
    invalidated bigint NOT NULL DEFAULT 0,
    restored bigint NOT NULL DEFAULT 0,
    undone_by bigint,
    undo_ended_at bigint,
    lease_until bigint,
    lease_owner text,
    attempt integer NOT NULL DEFAULT 0
);

CREATE INDEX invalidations_by_campaign ON invalidations (campaign_id, id);
