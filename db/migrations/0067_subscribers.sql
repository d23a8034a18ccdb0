-- People who asked for the updates of a campaign. No row refers to a signature, and the index of an address is under a
-- key of its own, so that the database does not tell which subscriber has signed.
CREATE TABLE subscribers (
    {id_key},
    campaign_id bigint NOT NULL,
    -- pending: asked for, until the button of the letter is pressed. ended: only the keyed hash of the address is left,
    -- so that an older consent does not subscribe the address again.
    state text NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    source text CHECK (source IN ('form', 'signature')),
    address {blob},
    blind_index {blob} NOT NULL,
    index_version integer NOT NULL,
    locale text,
    country text,
    -- The consent: when it was given, the notice that was shown, and the hash of the words that were agreed to: those of
    -- the form, or the text of a signature.
    consented_at bigint,
    privacy_version text,
    wording_hash text,
    -- Of the link in the letter.
    generation integer NOT NULL DEFAULT 0,
    expires_at bigint,
    -- When the last update was sent; before the first, when the subscription began.
    term_from bigint,
    ended_at bigint,
    end_reason text CHECK (end_reason IN ('unsubscribed', 'complained', 'erased', 'term', 'archived'))
);
-- One row for each address of a campaign.
CREATE UNIQUE INDEX subscribers_by_address ON subscribers (campaign_id, blind_index);
CREATE INDEX subscribers_pending ON subscribers (expires_at) WHERE state = 'pending';
-- A sending walks a campaign in order of id.
CREATE INDEX subscribers_active ON subscribers (campaign_id, id) WHERE state = 'active';
CREATE INDEX subscribers_by_term ON subscribers (term_from) WHERE state = 'active';
CREATE INDEX subscribers_ended ON subscribers (ended_at) WHERE state = 'ended';

-- The signers of the ledger lines before this one who want updates are subscribers.
CREATE TABLE subscriber_walks (
    campaign_id bigint PRIMARY KEY,
    ledger_n bigint NOT NULL
);

-- Subscriptions end some time after it. Campaigns archived before count from the end of signing.
ALTER TABLE campaigns ADD COLUMN archived_at bigint;
UPDATE campaigns SET archived_at = COALESCE(closed_at, created_at) WHERE state = 'archived';
