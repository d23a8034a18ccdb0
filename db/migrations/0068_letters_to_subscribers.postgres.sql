-- Letters to subscribers have no signature.
ALTER TABLE letters DROP CONSTRAINT letters_kind_check;
ALTER TABLE letters
    ADD CONSTRAINT letters_kind_check CHECK (kind IN ('confirm', 'manage', 'already-signed', 'subscription'));
ALTER TABLE letters ALTER COLUMN signature_id DROP NOT NULL;
ALTER TABLE letters ADD COLUMN subscriber_id bigint;
CREATE INDEX letters_by_subscriber ON letters (campaign_id, subscriber_id) WHERE subscriber_id IS NOT NULL;
