-- Letters to members of staff, who belong to no campaign. Address and token are cleared once a letter is final.
CREATE TABLE staff_letters (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('confirm-address', 'address-changed', 'sign-in-reset', 'invitation')),
    locale text NOT NULL,
    staff_id bigint,
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
CREATE INDEX staff_letters_due ON staff_letters (due_at) WHERE state = 'queued';
CREATE INDEX staff_letters_by_member ON staff_letters (staff_id);

-- An address that its owner has not confirmed yet. It replaces the address of the account once its link is used.
ALTER TABLE staff_accounts ADD COLUMN pending_address {blob};
ALTER TABLE staff_accounts ADD COLUMN pending_hash {blob};
ALTER TABLE staff_accounts ADD COLUMN pending_until bigint;
CREATE UNIQUE INDEX staff_accounts_by_pending ON staff_accounts (pending_hash);

-- The language in which the member joined or changed the address.
ALTER TABLE staff_accounts ADD COLUMN locale text NOT NULL DEFAULT 'en';
