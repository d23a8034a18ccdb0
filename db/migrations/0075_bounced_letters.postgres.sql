-- Letters that came back are a fate of their own.
ALTER TABLE letter_days DROP CONSTRAINT letter_days_fate_check;
ALTER TABLE letter_days ADD CONSTRAINT letter_days_fate_check CHECK (
    fate IN ('created', 'accepted', 'refused', 'bounced', 'unknown', 'cancelled', 'suppressed'));
