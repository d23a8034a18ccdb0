-- A worker finds the letters it has claimed, whatever waits beside them.
CREATE INDEX letters_leased ON letters (lease_owner) WHERE state = 'queued' AND lease_owner IS NOT NULL;
