-- 1 for a letter beyond the limit of its address: a request with other data has one a day.
ALTER TABLE letters ADD COLUMN extra integer NOT NULL DEFAULT 0;

-- When the signer, or staff for the signer, last corrected name or place; null for never.
ALTER TABLE signatures ADD COLUMN corrected_at bigint;
