-- Null where no second member has to approve.
ALTER TABLE packets ADD COLUMN approval text CHECK (approval IN ('waiting', 'approved', 'declined'));
ALTER TABLE packets ADD COLUMN decided_at bigint;
ALTER TABLE packets ADD COLUMN decided_by bigint;
ALTER TABLE packets ADD COLUMN decline_reason text;
