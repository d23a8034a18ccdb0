-- Lines of the audit trail may be deleted once they are old: sign-ins after 30 days, others after a year. The newest
-- line says what time it is, because a database does not know the product's clock.
CREATE FUNCTION refuse_early_deletion() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.at > (SELECT at FROM audit ORDER BY id DESC LIMIT 1) - (CASE
        WHEN OLD.action IN ('session.start', 'session.new-device', 'session.end', 'sign-in.fail', 'sign-in.lock', 'recovery-code.use')
        THEN 2592000000 ELSE 31536000000 END)
    THEN RAISE EXCEPTION 'audit is append-only'; END IF;
    RETURN OLD;
END $$;
DROP TRIGGER audit_keeps_rows ON audit;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_early_deletion();
CREATE INDEX audit_sign_ins ON audit (id)
WHERE action IN ('session.start', 'session.new-device', 'session.end', 'sign-in.fail', 'sign-in.lock', 'recovery-code.use');
CREATE INDEX audit_by_member ON audit (staff_id, id);
