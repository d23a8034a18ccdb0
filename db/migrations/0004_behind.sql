-- 1 while the journal remembers heads of the campaign that this database does not hold: an older backup was restored, and published lines are to
-- be imported. What such a database forgets meanwhile leaves word for the import.
ALTER TABLE campaigns ADD COLUMN ledger_behind integer NOT NULL DEFAULT 0;
