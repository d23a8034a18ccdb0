-- Letters to subscribers have no signature. SQLite cannot change a constraint, so the table is made again.
CREATE TABLE letters_new (
    {id_key},
    campaign_id bigint NOT NULL,
    signature_id bigint,
    subscriber_id bigint,
    kind text NOT NULL CHECK (kind IN ('confirm', 'manage', 'already-signed', 'subscription')),
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
    attempt integer NOT NULL DEFAULT 0,
    -- 1 for a letter beyond the limit of its address: a request with other data has one a day.
    extra integer NOT NULL DEFAULT 0,
    -- A keyed hash of the recipient's domain, until the letter has its fate; null for a large provider.
    domain_hash {blob},
    -- When a letter past the bound of its domain may leave; null if it never waited.
    turn_at bigint
);
INSERT INTO letters_new (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at, sent_at,
                         tries, failure, lease_until, lease_owner, attempt, extra, domain_hash, turn_at)
SELECT id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at, sent_at,
       tries, failure, lease_until, lease_owner, attempt, extra, domain_hash, turn_at
FROM letters;
DROP TABLE letters;
ALTER TABLE letters_new RENAME TO letters;
CREATE INDEX letters_by_signature ON letters (campaign_id, signature_id);
CREATE INDEX letters_by_subscriber ON letters (campaign_id, subscriber_id) WHERE subscriber_id IS NOT NULL;
CREATE INDEX letters_due ON letters (due_at) WHERE state = 'queued';
CREATE INDEX letters_given_up ON letters (campaign_id, id) WHERE state IN ('failed', 'unknown');
CREATE INDEX letters_waiting ON letters (domain_hash, turn_at) WHERE turn_at IS NOT NULL AND state = 'queued';
