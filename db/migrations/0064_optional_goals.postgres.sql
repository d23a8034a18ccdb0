-- A country may be listed without a goal of its own.
ALTER TABLE campaign_countries ALTER COLUMN goal DROP NOT NULL;
