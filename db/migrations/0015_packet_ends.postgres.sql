ALTER TABLE packets DROP CONSTRAINT packets_status_check;

ALTER TABLE packets ADD CONSTRAINT packets_status_check CHECK (status IN
    ('queued', 'awaiting-approval', 'building', 'declined', 'ready', 'failed', 'stale', 'ended'));

-- When the last build was published; null before.
ALTER TABLE packets ADD COLUMN built_at bigint;

-- Files from before this column count as built now.
UPDATE packets SET built_at = CAST(extract(epoch FROM now()) * 1000 AS bigint) WHERE manifest IS NOT NULL;
