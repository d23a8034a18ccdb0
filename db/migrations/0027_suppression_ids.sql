-- Staff lift a suppression by its id, because the blind index of an address belongs in no URL.
ALTER TABLE suppressions ADD COLUMN id bigint;

UPDATE suppressions SET id = numbered.n
FROM (SELECT campaign_id, blind_index, row_number() OVER (ORDER BY campaign_id, blind_index) AS n FROM suppressions)
    AS numbered
WHERE suppressions.campaign_id = numbered.campaign_id AND suppressions.blind_index = numbered.blind_index;

CREATE INDEX suppressions_by_id ON suppressions (id);
