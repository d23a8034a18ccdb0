-- When the present subscription of the row began; a sending mails those who were subscribed when it started.
ALTER TABLE subscribers ADD COLUMN active_since bigint;
UPDATE subscribers SET active_since = term_from WHERE state = 'active';

-- How an update is sent to subscribers.
CREATE TABLE sendings (
    update_id bigint PRIMARY KEY,
    campaign_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('scheduled', 'sending', 'paused', 'sent', 'cancelled')),
    pause_reason text CHECK (pause_reason IN ('staff', 'bounces', 'restored')),
    -- The audience: JSON lists, null for all.
    countries text,
    locales text,
    -- The minutes of the day in which letters may leave, in the zone of the campaign; null for the whole day.
    hours_from integer,
    hours_to integer,
    shows_title integer NOT NULL,
    ordered_at bigint NOT NULL,
    ordered_by bigint,
    not_before bigint NOT NULL,
    -- The audience is frozen at the start: who was subscribed then, up to this id.
    started_at bigint,
    last_subscriber bigint,
    total bigint NOT NULL DEFAULT 0,
    -- Subscribers up to this id had their turn.
    walked bigint NOT NULL DEFAULT 0,
    -- Since when groups of letters leave without a break, and how many were done then.
    pace_from bigint,
    pace_done bigint NOT NULL DEFAULT 0,
    claimed_at bigint,
    -- 1 once staff resumed after many refusals.
    refusals_accepted integer NOT NULL DEFAULT 0,
    -- Letters that the journal names and a restored backup did not have.
    restored bigint NOT NULL DEFAULT 0,
    ended_at bigint,
    -- The figures at the end, when the letters are deleted.
    done bigint,
    failed bigint
);
CREATE INDEX sendings_open ON sendings (update_id) WHERE state IN ('scheduled', 'sending');

-- One letter for each update and subscriber, so that no one gets an update a second time.
CREATE TABLE update_letters (
    id bigint PRIMARY KEY,
    update_id bigint NOT NULL,
    subscriber_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'unknown', 'cancelled')),
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    sent_at bigint,
    tries integer NOT NULL DEFAULT 0,
    -- An SMTP status such as 5.1.1 or a failure word of this program.
    failure text,
    lease_until bigint,
    lease_owner text,
    attempt integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX update_letters_by_subscriber ON update_letters (update_id, subscriber_id);
CREATE INDEX update_letters_due ON update_letters (due_at) WHERE state = 'queued';

-- A test of an update goes to a member: a further kind of letter to members, and what it is about.
DROP INDEX staff_letters_due;
DROP INDEX staff_letters_by_member;
ALTER TABLE staff_letters RENAME TO earlier_staff_letters;
CREATE TABLE staff_letters (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN (
        'confirm-address', 'address-changed', 'sign-in-reset', 'invitation', 'answer-due', 'answer-overdue',
        'update-test')),
    locale text NOT NULL,
    staff_id bigint,
    handover_id bigint,
    answer_due text,
    update_id bigint,
    address {blob},
    token {blob},
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'unknown', 'cancelled')),
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    sent_at bigint,
    tries integer NOT NULL DEFAULT 0,
    failure text,
    lease_until bigint,
    lease_owner text,
    attempt bigint NOT NULL DEFAULT 0
);
INSERT INTO staff_letters (id, kind, locale, staff_id, handover_id, answer_due, address, token, state, created_at,
                           due_at, sent_at, tries, failure, lease_until, lease_owner, attempt)
SELECT id, kind, locale, staff_id, handover_id, answer_due, address, token, state, created_at,
       due_at, sent_at, tries, failure, lease_until, lease_owner, attempt
FROM earlier_staff_letters;
DROP TABLE earlier_staff_letters;
CREATE INDEX staff_letters_due ON staff_letters (due_at) WHERE state = 'queued';
CREATE INDEX staff_letters_by_member ON staff_letters (staff_id);
