"""Invented sessions and assignments in the shape of the record tables, as Parquet files; chance comes from a hash."""

import sys

import duckdb

sessions, assignments, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
DAYS = 60
# About 1,240 assignments an address: a few leases on two, thousands of port blocks on the third.
addresses = assignments // 1245

duckdb.sql("SET threads = 2; SET TimeZone = 'UTC'")
# A number from 0 to 1 that depends on what is given alone.
duckdb.sql("CREATE MACRO dice(x, salt) AS (hash(x, salt) >> 11) / 9007199254740992.0")
duckdb.sql("CREATE MACRO moment(seconds) AS make_timestamptz(2026, 1, 1, 0, 0, 0) + to_seconds(seconds)")
duckdb.sql(
    f"""CREATE TABLE address AS
    SELECT a, '203.0.' || (a // 256) || '.' || (a % 256) AS ip, a % 3 = 0 AS shared,
      CASE WHEN a % 3 = 0 THEN 32 + floor(dice(a, 1) * 122)::BIGINT ELSE 1 END AS subscribers
    FROM range({addresses}) t(a)"""
)
# Each subscriber's turns one after the other. A block is held for 10 minutes to 7 days, a lease for an hour to 30 days,
# both with the logarithm evenly spread; between two blocks lies up to four fifths of the time held.
duckdb.sql(
    f"""CREATE TABLE held AS
    WITH turn AS (
      SELECT a, ip, shared, subscribers, s, k, a * 1000 + s AS slot,
        CASE WHEN shared THEN 600 * pow(1008, dice(a * 1000 + s, k * 4 + 2))
          ELSE 3600 * pow(720, dice(a * 1000 + s, k * 4 + 2)) END AS held_s
      FROM address, range(153) subscriber(s), range(400) turn(k) WHERE s < subscribers),
    spaced AS (
      SELECT *, held_s * CASE WHEN shared THEN 1 + 0.8 * dice(slot, k * 4 + 3) ELSE 1.01 END AS cycle_s FROM turn),
    placed AS (
      SELECT *, sum(cycle_s) OVER (PARTITION BY slot ORDER BY k) - cycle_s - 86400 * dice(slot, 1) AS from_s
      FROM spaced)
    SELECT ip, CASE WHEN shared THEN 1024 + s * (64512 // subscribers) END AS port_from,
      CASE WHEN shared THEN 1023 + (s + 1) * (64512 // subscribers) END AS port_to,
      from_s::BIGINT AS from_s, (from_s + held_s)::BIGINT AS until_s, slot, k
    FROM placed WHERE from_s < {DAYS} * 86400 AND from_s + held_s > 0"""
)
duckdb.sql(
    f"""COPY (
    WITH kept AS (SELECT * FROM held ORDER BY hash(slot, k), slot, k LIMIT {assignments}),
    numbered AS (SELECT *, row_number() OVER (ORDER BY from_s, slot, k) AS row FROM kept)
    SELECT 'operator-1' AS operator, ip, port_from, port_to, moment(from_s) AS from_utc, moment(until_s) AS until_utc,
      'line-' || (hash(slot, k, 9) % 100000) AS line_ref, NULL::VARCHAR AS request_ref, repeat('a', 64) AS source_id,
      row, row * 100 AS byte_offset
    FROM numbered ORDER BY row
    ) TO '{out}/assignment.parquet' (FORMAT parquet, COMPRESSION zstd)"""
)
duckdb.sql(
    f"""COPY (
    SELECT 'example' AS platform, 'a' || (hash(i, 21) % 100000) AS account_ref,
      moment((dice(i, 22) * {DAYS} * 86400)::BIGINT) AS at_utc, 'stated' AS zone_origin, 2::BIGINT AS clock_error_s, ip,
      CASE WHEN dice(i, 23) >= 0.3 THEN 1024 + floor(dice(i, 24) * 64512)::BIGINT END AS port, 'login' AS event,
      'd' || (hash(i, 25) % 150000) AS device_ref, NULL::VARCHAR AS user_agent, repeat('b', 64) AS source_id,
      i AS row, i * 100 AS byte_offset
    FROM (SELECT i, floor(dice(i, 20) * {addresses})::BIGINT AS a FROM range(1, {sessions} + 1) t(i)) JOIN address USING (a)
    ORDER BY i
    ) TO '{out}/session.parquet' (FORMAT parquet, COMPRESSION zstd)"""
)
found = duckdb.sql(
    f"SELECT (SELECT count(*) FROM '{out}/session.parquet'), (SELECT count(*) FROM '{out}/assignment.parquet')"
).fetchall()[0]
if found != (sessions, assignments):
    sys.exit(f"made {found}, wanted {(sessions, assignments)}")
