-- The packet that a supplement follows, with its cut-off; null for other packets.
ALTER TABLE packets ADD COLUMN since_packet bigint;
ALTER TABLE packets ADD COLUMN since_size bigint;
ALTER TABLE packets ADD COLUMN since_root text;
