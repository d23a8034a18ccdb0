-- What ADR 0009 measured: the life of N people, written as the product writes it (batches of 500, a transaction each), on the product's own tables.
--   for f in db/migrations/*.sql; do case $f in *.sqlite.sql|*append_only*) ;; *)
--     sed 's/{id_key}/id bigint NOT NULL/; s/{blob}/bytea/g' $f | psql -q -d measure ;; esac; done
--   psql -q -d measure -v waves=100 -f docs/adr/0009-measure.sql          # a wave is 10,000 people, of whom 9,000 confirm
CREATE EXTENSION IF NOT EXISTS pgcrypto;
ALTER TABLE signatures ADD PRIMARY KEY (campaign_id, id);
ALTER TABLE letters ADD PRIMARY KEY (campaign_id, id);
ALTER TABLE ledger_queue ADD PRIMARY KEY (campaign_id, id);
CREATE TABLE steps (wave int, step text, rows bigint, wal numeric, ms numeric);
CREATE SEQUENCE made;

CREATE FUNCTION hex() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT encode(gen_random_bytes(32), 'hex') $$;
-- One country has a quarter, forty the rest.
CREATE FUNCTION land() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT CASE WHEN random() < 0.25 THEN 'GB' ELSE chr(65 + (random() * 7)::int) || chr(65 + (random() * 4)::int) END $$;
-- As domain/Ids.cs: milliseconds, ten bits of writer, eleven of counter.
CREATE FUNCTION next_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT ((1700000000000 + n / 4) << 21) | ((n % 4) << 11) FROM nextval('made') AS n $$;
CREATE FUNCTION note(wave int, step text, rows bigint, since pg_lsn, began timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO steps VALUES (wave, step, rows, pg_current_wal_insert_lsn() - since, extract(epoch FROM clock_timestamp() - began) * 1000) $$;

CREATE PROCEDURE sign(wave int, many int) LANGUAGE plpgsql AS $$
DECLARE since pg_lsn; began timestamptz := clock_timestamp();
BEGIN
    since := pg_current_wal_insert_lsn();
    FOR batch IN 1..many / 500 LOOP
        WITH person AS (
            INSERT INTO signatures (id, campaign_id, state, country, line_country, locale, disclosure, disclosed_at, updates, text_hash, privacy_version, blind_index, index_version,
                                    contact, person, ledger_key, commitment, signed_at, confirm_expires_at)
            SELECT next_id(), 7, 'pending', c, c, 'en', 'initials', 1700000000000 + wave, (random() < 0.5)::int, repeat('ab', 32), '2019-03-01', gen_random_bytes(16), 1,
                   gen_random_bytes(29 + 34 + 2 * 22 + (random() * 16)::int), gen_random_bytes(29 + 30 + (random() * 24)::int), gen_random_bytes(61), gen_random_bytes(32),
                   1700000000000 + wave, 1700600000000 + wave
            FROM (SELECT land() AS c FROM generate_series(1, 500)) AS people ON CONFLICT (campaign_id, blind_index) DO NOTHING RETURNING id),
        consent AS (
            INSERT INTO consents (campaign_id, signature_id, purpose, given_at, text_hash, privacy_version, locale, disclosure)
            SELECT 7, id, purpose, 1700000000000 + wave, repeat('ab', 32), '2019-03-01', 'en', 'initials' FROM person, (VALUES ('sign'), ('disclose')) AS p (purpose))
        INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
        SELECT next_id(), 7, id, 'confirm', 'en', 0, 'queued', 1700000000000 + wave, 1700000000000 + wave FROM person;
        INSERT INTO counters SELECT 7, land(), 'pending', 1, 5 FROM generate_series(1, 200) GROUP BY 2 ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + 5;
        COMMIT;
    END LOOP;
    PERFORM note(wave, 'sign', many, since, began);
    COMMIT;
END $$;

CREATE PROCEDURE mail(wave int) LANGUAGE plpgsql AS $$
DECLARE since pg_lsn; began timestamptz := clock_timestamp(); claimed bigint[]; sent bigint := 0;
BEGIN
    since := pg_current_wal_insert_lsn();
    LOOP
        WITH due AS (SELECT id FROM letters WHERE campaign_id = 7 AND state = 'queued' AND due_at <= 1800000000000 AND lease_until IS NULL ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED),
             taken AS (UPDATE letters SET lease_until = 1800000000000, lease_owner = 'worker-1:4711', attempt = attempt + 1 WHERE campaign_id = 7 AND id IN (SELECT id FROM due) RETURNING id)
        SELECT array_agg(id) INTO claimed FROM taken;
        EXIT WHEN claimed IS NULL;
        COMMIT;
        UPDATE letters SET state = 'sent', tries = 1, sent_at = 1700000000000 + wave, lease_until = NULL WHERE campaign_id = 7 AND id = ANY (claimed);
        sent := sent + cardinality(claimed);
        COMMIT;
    END LOOP;
    PERFORM note(wave, 'mail', sent, since, began);
    COMMIT;
END $$;

CREATE PROCEDURE confirm(wave int, many int) LANGUAGE plpgsql AS $$
DECLARE since pg_lsn; began timestamptz := clock_timestamp();
BEGIN
    since := pg_current_wal_insert_lsn();
    FOR batch IN 1..many / 500 LOOP
        WITH person AS (
            UPDATE signatures SET state = 'confirmed', confirmed_at = 1700000000000 + wave
            WHERE campaign_id = 7 AND id IN (SELECT id FROM signatures WHERE campaign_id = 7 AND state = 'pending' AND confirm_expires_at = 1700600000000 + wave ORDER BY confirm_expires_at LIMIT 500)
            RETURNING id, country, commitment, text_hash),
        queued AS (
            INSERT INTO ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)
            SELECT next_id(), 7, 'add', id, country, commitment, text_hash, 1700000000000 + wave FROM person)
        INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
        SELECT next_id(), 7, id, 'manage', 'en', 0, 'queued', 1700000000000 + wave, 1700000000000 + wave FROM person;
        INSERT INTO counters SELECT 7, land(), 'confirmed', 1, 5 FROM generate_series(1, 200) GROUP BY 2 ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + 5;
        COMMIT;
    END LOOP;
    PERFORM note(wave, 'confirm', many, since, began);
    COMMIT;
END $$;

CREATE PROCEDURE seal(wave int, slice int) LANGUAGE plpgsql AS $$
DECLARE since pg_lsn; began timestamptz := clock_timestamp(); first bigint; sealed bigint; total bigint := 0; last bigint; counts text; jws text;
BEGIN
    since := pg_current_wal_insert_lsn();
    LOOP
        SELECT COALESCE(max(n) + 1, 0) INTO first FROM ledger_entries WHERE campaign_id = 7;
        SELECT max(id) INTO last FROM (SELECT id FROM ledger_queue WHERE campaign_id = 7 AND state = 'waiting' ORDER BY id LIMIT slice) AS q;
        EXIT WHEN last IS NULL;
        INSERT INTO ledger_entries (campaign_id, n, kind, country, line, text_hash, signature_id)
        SELECT 7, n, 'add', country, format('{"n":%s,"type":"add","country":"%s","commitment":"%s"}', n, country, encode(commitment, 'hex')), text_hash, signature_id
        FROM (SELECT first + row_number() OVER () - 1 AS n, * FROM ledger_queue WHERE campaign_id = 7 AND state = 'waiting' AND id <= last) AS q;
        GET DIAGNOSTICS sealed = ROW_COUNT;
        UPDATE signatures SET ledger_n = entry.n FROM ledger_entries AS entry
        WHERE entry.campaign_id = 7 AND entry.n >= first AND signatures.campaign_id = 7 AND signatures.id = entry.signature_id;
        DELETE FROM ledger_queue WHERE campaign_id = 7 AND state = 'waiting' AND id <= last;
        -- pgcrypto gives 1,024 bytes at a time; a full tile has 8,192.
        INSERT INTO ledger_tiles SELECT 7, 0, t, (SELECT string_agg(gen_random_bytes(32), ''::bytea) FROM generate_series(1, least(256, first + sealed - t * 256)) WHERE t >= 0)
        FROM generate_series(first / 256, (first + sealed - 1) / 256) AS t ON CONFLICT (campaign_id, level, tile) DO UPDATE SET hashes = excluded.hashes;
        INSERT INTO ledger_tiles SELECT 7, 1, t, (SELECT string_agg(gen_random_bytes(32), ''::bytea) FROM generate_series(1, 1 + (first / 256) % 256) WHERE t >= 0)
        FROM (SELECT first / 65536) AS one (t) ON CONFLICT (campaign_id, level, tile) DO UPDATE SET hashes = excluded.hashes;
        -- As TreeHead: 250 countries. The JWS is the same again in base64url, with its header and signature.
        SELECT '{' || string_agg(format('"%s":%s', chr(65 + g / 26) || chr(65 + g % 26), (random() * 400000)::int), ',') || '}' INTO counts FROM generate_series(0, 249) AS g;
        jws := 'eyJhbGciOiJFUzI1NiIsImtpZCI6InNpZ25pbmctMSJ9.' || translate(encode(convert_to(format('{"campaign":"chechnya-2019","size":%s,"root":"%s","sealedAt":"2019-05-17T12:00:00.000Z","counts":%s}',
            first + sealed, hex(), counts), 'UTF8'), 'base64'), E'+/=\n', '-_') || '.' || substr(hex() || hex(), 1, 86);
        INSERT INTO ledger_heads VALUES (7, first + sealed, hex(), 1700000000000 + wave, counts, jws, 0);
        COMMIT;
        UPDATE ledger_heads SET journaled = 1 WHERE campaign_id = 7 AND journaled = 0;
        COMMIT;
        total := total + sealed;
    END LOOP;
    PERFORM note(wave, 'seal', total, since, began);
    COMMIT;
END $$;

CREATE VIEW sizes AS
SELECT t.relname AS "table", i.relname AS "index", pg_relation_size(i.oid) AS bytes FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE t.relnamespace = 'public'::regnamespace
UNION ALL SELECT relname, '(rows)', pg_relation_size(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT relname, '(toast)', pg_total_relation_size(reltoastrelid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reltoastrelid <> 0;

SELECT format('CALL sign(%s, 10000)', w), format('CALL mail(%s)', w), format('CALL confirm(%s, 9000)', w), format('CALL mail(%s)', w), format('CALL seal(%s, 1000)', w)
FROM generate_series(1, :waves) AS w \gexec

-- The whole table was written since the last checkpoint: its pages are in the log already. After this each page goes whole into the log when first touched.
CHECKPOINT;
CALL sign(:waves + 1, 10000);
CALL confirm(:waves + 1, 9000);
VACUUM ANALYZE;

\pset format unaligned
SELECT step, wave > :waves AS after_checkpoint, sum(rows) AS rows, round(sum(wal) / sum(rows)) AS wal_bytes_each, round(1000 * sum(ms) / sum(rows)) AS microseconds_each FROM steps WHERE rows > 0 GROUP BY 1, 2 ORDER BY 2, 1;
SELECT * FROM sizes WHERE bytes > 100000 ORDER BY 1, bytes DESC;
SELECT relname, n_live_tup, n_tup_upd, n_tup_hot_upd, autovacuum_count FROM pg_stat_user_tables WHERE n_live_tup > 100 ORDER BY 1;
