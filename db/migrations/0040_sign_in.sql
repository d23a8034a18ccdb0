-- A member may have several tokens, or none: a member who joined by an invitation signs in with a passkey or a password.
CREATE TABLE staff_tokens (
    id bigint PRIMARY KEY,
    staff_id bigint NOT NULL,
    name text NOT NULL,
    token_hash {blob} NOT NULL UNIQUE,
    read_only integer NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    expires_at bigint,
    used_at bigint,
    ended_at bigint
);
CREATE INDEX staff_tokens_by_member ON staff_tokens (staff_id);
INSERT INTO staff_tokens (id, staff_id, name, token_hash, created_at, ended_at)
SELECT id, id, 'staff add', token_hash, created_at, revoked_at FROM staff;

CREATE TABLE members (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('administrator', 'campaigner', 'organiser', 'auditor')),
    countries text,
    created_at bigint NOT NULL,
    revoked_at bigint
);
INSERT INTO members (id, name, role, countries, created_at, revoked_at)
SELECT id, name, role, countries, created_at, revoked_at FROM staff;
DROP TABLE staff;
ALTER TABLE members RENAME TO staff;

-- How a member signs in: with an address and a password, or with passkeys. changed_at is the last change of password
-- or authenticator, which a restored backup must not undo.
CREATE TABLE staff_accounts (
    staff_id bigint PRIMARY KEY,
    version bigint NOT NULL,
    address {blob},
    address_index {blob} UNIQUE,
    index_version integer,
    confirmed_at bigint,
    password_hash text,
    authenticator {blob},
    authenticator_at bigint,
    authenticator_step bigint,
    stamp text NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    locked_until bigint,
    changed_at bigint NOT NULL
);

-- host is the relying party that made it: a browser offers it to that host only.
CREATE TABLE staff_passkeys (
    id bigint PRIMARY KEY,
    credential_id {blob} NOT NULL UNIQUE,
    staff_id bigint NOT NULL,
    host text NOT NULL,
    name text NOT NULL,
    public_key {blob} NOT NULL,
    sign_count bigint NOT NULL,
    transports text,
    verified integer NOT NULL,
    backup_eligible integer NOT NULL,
    backed_up integer NOT NULL,
    attestation {blob} NOT NULL,
    client_data {blob} NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint
);
CREATE INDEX staff_passkeys_by_member ON staff_passkeys (staff_id);

CREATE TABLE staff_recovery_codes (
    staff_id bigint NOT NULL,
    code_hash {blob} NOT NULL,
    PRIMARY KEY (staff_id, code_hash)
);

-- second_factor_at: when the session last proved a second factor; null before it did.
CREATE TABLE staff_sessions (
    id bigint PRIMARY KEY,
    staff_id bigint NOT NULL,
    key_hash {blob} NOT NULL UNIQUE,
    device text NOT NULL,
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    second_factor_at bigint,
    ended_at bigint
);
CREATE INDEX staff_sessions_by_member ON staff_sessions (staff_id);

-- A link to join, or to make a new password or second factor. It works once.
CREATE TABLE staff_invitations (
    id bigint PRIMARY KEY,
    token_hash {blob} NOT NULL UNIQUE,
    staff_id bigint,
    name text NOT NULL,
    role text NOT NULL,
    countries text,
    invited_by bigint,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    ended_at bigint
);
