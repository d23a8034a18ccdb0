-- The bulk invalidation that a signature belongs to while it can be undone, and until when. Its address index moves to
-- a column of its own, so that the address may sign again as a new row.
ALTER TABLE signatures ADD COLUMN invalidation bigint;
ALTER TABLE signatures ADD COLUMN undo_until bigint;
ALTER TABLE signatures ADD COLUMN undo_index {blob};

-- When a bulk invalidation of the signature was undone: the journal's entry from before is not repeated.
ALTER TABLE signatures ADD COLUMN undone_at bigint;

CREATE INDEX signatures_by_invalidation ON signatures (campaign_id, invalidation, id) WHERE invalidation IS NOT NULL;
CREATE INDEX signatures_by_undo ON signatures (undo_until) WHERE undo_until IS NOT NULL;
CREATE INDEX signatures_by_undo_index ON signatures (campaign_id, undo_index) WHERE undo_index IS NOT NULL;
