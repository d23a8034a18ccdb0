-- Finds the letters that a worker has claimed, without scanning the queued letters.
CREATE INDEX letters_leased ON letters (lease_owner) WHERE state = 'queued' AND lease_owner IS NOT NULL;
