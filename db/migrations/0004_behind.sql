-- 1 while the journal has heads of the campaign that this database does not: an older backup was restored, and the
-- published lines must be imported. Until then an erasure leaves an entry of state owed in ledger_queue.
ALTER TABLE campaigns ADD COLUMN ledger_behind integer NOT NULL DEFAULT 0;
