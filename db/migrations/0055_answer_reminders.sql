-- The version of the plan, for If-Match.
ALTER TABLE handovers ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Which reminders staff got that an answer is due: one row each, so that none is sent twice.
CREATE TABLE handover_reminders (
    handover_id bigint NOT NULL,
    due_on text NOT NULL,
    -- 7, 1 or 0 days before; -1 once it is overdue.
    days_before integer NOT NULL,
    reminded_at bigint NOT NULL,
    PRIMARY KEY (handover_id, due_on, days_before)
);

-- The letters of reminders: a further kind, and what it is about.
DROP INDEX staff_letters_due;
DROP INDEX staff_letters_by_member;
ALTER TABLE staff_letters RENAME TO earlier_staff_letters;
CREATE TABLE staff_letters (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN (
        'confirm-address', 'address-changed', 'sign-in-reset', 'invitation', 'answer-due', 'answer-overdue')),
    locale text NOT NULL,
    staff_id bigint,
    handover_id bigint,
    answer_due text,
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
INSERT INTO staff_letters (id, kind, locale, staff_id, address, token, state, created_at, due_at, sent_at, tries,
                           failure, lease_until, lease_owner, attempt)
SELECT id, kind, locale, staff_id, address, token, state, created_at, due_at, sent_at, tries,
       failure, lease_until, lease_owner, attempt
FROM earlier_staff_letters;
DROP TABLE earlier_staff_letters;
CREATE INDEX staff_letters_due ON staff_letters (due_at) WHERE state = 'queued';
CREATE INDEX staff_letters_by_member ON staff_letters (staff_id);
