-- Valid for SQLite 3.53 and PostgreSQL 15. Instants are milliseconds since 1970 (UTC), dates are yyyy-mm-dd text, ids are made in C#.
-- {id_key} is "id INTEGER PRIMARY KEY" on SQLite and "id bigint" under the key (campaign_id, id) on PostgreSQL.
-- {blob} is BLOB or bytea. Every column is classified in db/Schema/Classification.cs; a test fails for an unclassified column.

-- Rows are never deleted, so that no key version is reused.
CREATE TABLE key_checks (
    kind text NOT NULL,
    version integer NOT NULL,
    check_value {blob} NOT NULL,
    created_at bigint NOT NULL,
    -- When a walk over all rows found no row encrypted or indexed under this key version.
    resealed_at bigint,
    -- From then on the database does not need the key.
    retired_at bigint,
    PRIMARY KEY (kind, version)
);

CREATE TABLE campaigns (
    id bigint PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'archived')),
    organisation text NOT NULL,
    controller_name text NOT NULL,
    controller_contact text NOT NULL,
    privacy_version text NOT NULL,
    goal integer NOT NULL,
    opens_at bigint,
    closes_at bigint,
    hand_over_on text,
    answer_within_days integer,
    erase_after_days integer,
    sensitive integer NOT NULL,
    allowed_origins text NOT NULL,
    created_at bigint NOT NULL,
    closed_at bigint,
    erased_at bigint,
    -- Incremented by every removal and every lowered disclosure; a packet build starts over if it changed.
    removals bigint NOT NULL DEFAULT 0,
    ledger_size bigint NOT NULL DEFAULT 0
);

CREATE TABLE privacy_notices (
    campaign_id bigint NOT NULL,
    version text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (campaign_id, version)
);

CREATE TABLE petition_texts (
    campaign_id bigint NOT NULL,
    locale text NOT NULL,
    version integer NOT NULL,
    position integer NOT NULL,
    title text NOT NULL,
    demand text NOT NULL,
    hash text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (campaign_id, locale, version)
);

CREATE TABLE campaign_countries (
    campaign_id bigint NOT NULL,
    country text NOT NULL,
    goal integer NOT NULL,
    locale text,
    position integer NOT NULL,
    PRIMARY KEY (campaign_id, country)
);

-- A recipient that was renamed or added again counts as new, because signers agreed to the recipients as shown.
CREATE TABLE recipients (
    campaign_id bigint NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    countries text,
    risk text NOT NULL CHECK (risk IN ('low', 'high')),
    max_disclosure text NOT NULL CHECK (max_disclosure IN ('count', 'initials', 'name')),
    position integer NOT NULL,
    added_at bigint NOT NULL,
    removed_at bigint,
    PRIMARY KEY (campaign_id, key)
);

CREATE TABLE signatures (
    {id_key},
    campaign_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'invalidated', 'withdrawn', 'expired', 'erased')),
    hold_reason text,
    country text NOT NULL,
    -- The country of its ledger line: a country listed at signing, or ZZ. It is fixed, because the commitment covers it.
    line_country text,
    locale text,
    disclosure text,
    -- When the signer chose that disclosure: recipients added later see the signer as a number.
    disclosed_at bigint,
    updates integer NOT NULL DEFAULT 0,
    text_hash text,
    privacy_version text,
    blind_index {blob},
    index_version integer,
    contact {blob},
    person {blob},
    ledger_key {blob},
    commitment {blob},
    ledger_n bigint,
    confirm_generation integer NOT NULL DEFAULT 0,
    manage_generation integer NOT NULL DEFAULT 0,
    not_me_generation integer NOT NULL DEFAULT 0,
    signed_at bigint,
    confirm_expires_at bigint,
    confirmed_at bigint,
    invalid_reason text
);

-- The only random index on this table.
CREATE UNIQUE INDEX signatures_by_address ON signatures (campaign_id, blind_index);
-- For the expiry job. Ordered by time, so new rows are appended at the end of the index.
CREATE INDEX signatures_pending ON signatures (campaign_id, confirm_expires_at) WHERE state = 'pending';

CREATE INDEX signatures_held ON signatures (campaign_id, id) WHERE hold_reason IS NOT NULL;

-- One row per purpose and moment; a withdrawn consent keeps its row.
CREATE TABLE consents (
    campaign_id bigint NOT NULL,
    signature_id bigint NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('sign', 'disclose', 'updates')),
    given_at bigint NOT NULL,
    withdrawn_at bigint,
    text_hash text NOT NULL,
    privacy_version text NOT NULL,
    locale text NOT NULL,
    disclosure text,
    PRIMARY KEY (campaign_id, signature_id, purpose, given_at)
);

-- The outbox. A row contains no text from a signer; the worker writes the letter when it sends it.
CREATE TABLE letters (
    {id_key},
    campaign_id bigint NOT NULL,
    signature_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('confirm', 'manage', 'already-signed')),
    locale text NOT NULL,
    generation integer NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'unknown', 'cancelled')),
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    sent_at bigint,
    tries integer NOT NULL DEFAULT 0,
    -- An SMTP status such as 5.1.1 or a failure word of this program; never the server's text, which may quote the address.
    failure text,
    lease_until bigint,
    lease_owner text,
    attempt integer NOT NULL DEFAULT 0
);

CREATE INDEX letters_by_signature ON letters (campaign_id, signature_id);
CREATE INDEX letters_due ON letters (due_at) WHERE state = 'queued';

CREATE INDEX letters_given_up ON letters (campaign_id, id) WHERE state IN ('failed', 'unknown');

CREATE TABLE suppressions (
    campaign_id bigint NOT NULL,
    blind_index {blob} NOT NULL,
    index_version integer NOT NULL,
    reason text NOT NULL CHECK (reason IN ('not-me', 'bounced', 'complained')),
    created_at bigint NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (campaign_id, blind_index)
);

CREATE TABLE counters (
    campaign_id bigint NOT NULL,
    country text NOT NULL,
    state text NOT NULL,
    writer integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, country, state, writer)
);

-- Confirmed signatures by the day they were confirmed: their sum is the confirmed counter.
CREATE TABLE counters_by_day (
    campaign_id bigint NOT NULL,
    day text NOT NULL,
    country text NOT NULL,
    writer integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (campaign_id, day, country, writer)
);

CREATE TABLE recounts (
    campaign_id bigint PRIMARY KEY,
    drift bigint NOT NULL,
    recounted_at bigint NOT NULL
);

-- The only trace of network addresses: keyed hashes without signature ids, for 48 hours.
CREATE TABLE network_keys (
    day text PRIMARY KEY,
    sealed_key {blob} NOT NULL
);

CREATE TABLE network_requests (
    day text NOT NULL,
    network_hash {blob} NOT NULL,
    hour integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sign', 'find')),
    value integer NOT NULL,
    PRIMARY KEY (day, network_hash, hour, kind)
);

-- Confirmations and removals insert entries; the sealer deletes them.
CREATE TABLE ledger_queue (
    {id_key},
    campaign_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('add', 'remove')),
    -- add: the signature. remove: null, the removed entry is in of_n.
    signature_id bigint,
    of_n bigint,
    country text NOT NULL,
    reason text CHECK (reason IN ('signer', 'invalidated')),
    commitment {blob},
    text_hash text,
    queued_at bigint NOT NULL,
    -- damaged: quarantined until its row is repaired. owed: a removal of unknown number, resolved by an import of published lines.
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'damaged', 'owed'))
);

CREATE UNIQUE INDEX ledger_queue_adds ON ledger_queue (campaign_id, signature_id) WHERE kind = 'add';

CREATE INDEX ledger_queue_in_order ON ledger_queue (campaign_id, state, id);

CREATE TABLE ledger_entries (
    campaign_id bigint NOT NULL,
    n bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('add', 'remove')),
    country text NOT NULL,
    line text NOT NULL,
    text_hash text,
    -- add: the signature, null once erased. The only link from a line to a person.
    signature_id bigint,
    -- add: 1 once the signature is removed, also while its remove line is queued.
    removed integer NOT NULL DEFAULT 0,
    -- add: the n of its remove line, once sealed.
    removed_by bigint,
    PRIMARY KEY (campaign_id, n)
);

CREATE TABLE ledger_tiles (
    campaign_id bigint NOT NULL,
    level integer NOT NULL,
    tile bigint NOT NULL,
    hashes {blob} NOT NULL,
    PRIMARY KEY (campaign_id, level, tile)
);

CREATE TABLE ledger_heads (
    campaign_id bigint NOT NULL,
    size bigint NOT NULL,
    root text NOT NULL,
    sealed_at bigint NOT NULL,
    counts text NOT NULL,
    jws text NOT NULL,
    -- 1 once the journal outside the database has the head. Only then it is served.
    journaled integer NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, size)
);

CREATE INDEX ledger_heads_unpublished ON ledger_heads (campaign_id, size) WHERE journaled = 0;

CREATE TABLE packets (
    {id_key},
    campaign_id bigint NOT NULL,
    recipient_key text NOT NULL,
    countries text NOT NULL,
    disclosure text NOT NULL,
    disclosure_asked text NOT NULL,
    locale text NOT NULL,
    include_csv integer NOT NULL,
    cut_off_size bigint NOT NULL,
    cut_off_root text NOT NULL,
    requested_at bigint NOT NULL,
    requested_by bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'building', 'ready', 'failed', 'stale')),
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    -- The key that orders the lines of the packet; encrypted, the same for every rebuild.
    line_key {blob} NOT NULL,
    -- The key of the file; encrypted, new for every build, null once stale.
    file_key {blob},
    file_name text,
    file_bytes bigint,
    manifest text,
    manifest_jws text,
    failure text,
    lease_until bigint,
    lease_owner text,
    attempt integer NOT NULL DEFAULT 0
);

CREATE INDEX packets_by_campaign ON packets (campaign_id, status);

CREATE TABLE staff (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('administrator', 'campaigner', 'organiser', 'auditor')),
    countries text,
    token_hash {blob} NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    revoked_at bigint
);

CREATE TABLE audit (
    id bigint PRIMARY KEY,
    at bigint NOT NULL,
    staff_id bigint,
    action text NOT NULL,
    campaign text,
    subject text,
    detail text
);
