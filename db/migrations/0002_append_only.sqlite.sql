-- The audit trail and the lines of the ledger are append-only.
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER ledger_keeps_rows BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_keeps_lines BEFORE UPDATE OF n, kind, country, line ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
