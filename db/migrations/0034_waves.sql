-- Signatures that the limit of a network held in one burst share a random number. The network is stored nowhere beside
-- it. Null for a signature that no network limit held.
ALTER TABLE signatures ADD COLUMN wave bigint;

CREATE INDEX signatures_by_wave ON signatures (campaign_id, wave, id) WHERE wave IS NOT NULL;
