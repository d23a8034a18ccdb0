-- Words in several languages are one JSON object by locale, because they are always read and written together.
-- What people are offered to say when they pass the campaign on; null where staff wrote nothing.
ALTER TABLE campaigns ADD COLUMN share_text text;
ALTER TABLE campaigns ADD COLUMN share_hashtags text;
-- Null where one text is for all.
ALTER TABLE privacy_notices ADD COLUMN texts text;
-- Null where the recipient has one name for all.
ALTER TABLE recipients ADD COLUMN names text;
