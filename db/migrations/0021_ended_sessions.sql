-- Raised when the signer signs out: cookies of before no longer open the signer's page.
ALTER TABLE signatures ADD COLUMN session_generation integer NOT NULL DEFAULT 0;
