-- What a recipient is and how it receives; null where staff did not say.
ALTER TABLE recipients ADD COLUMN kind text
    CHECK (kind IN ('head-of-state', 'embassy', 'ministry', 'parliament-gb', 'other'));
-- The language of packets whose order names none.
ALTER TABLE recipients ADD COLUMN locale text;
ALTER TABLE recipients ADD COLUMN notice_days integer;
ALTER TABLE recipients ADD COLUMN admits integer;
ALTER TABLE recipients ADD COLUMN media text;
ALTER TABLE recipients ADD COLUMN weekdays text;
ALTER TABLE recipients ADD COLUMN profile_note text;
