-- What was done with one packet is shown on its page.
CREATE INDEX audit_by_subject ON audit (subject, action, id);
