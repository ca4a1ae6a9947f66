"""Connections to candidate lines with DuckDB, from the same record files (IPv4 addresses and IPv6 prefixes of 56 bits, as
the default world has)."""

import pathlib
import sys

import duckdb

case, out = pathlib.Path(sys.argv[1]), sys.argv[2]


def table(name):
    return f"read_parquet('{case}/records/{name}/*.parquet')"


duckdb.sql("SET threads = 2")
# What an address is looked up by: itself, or the first 56 bits of it. RFC 5952 leaves out the longest run of zeros only, so the
# groups before `::` are the first ones, and those that are missing are zero.
duckdb.sql("CREATE MACRO group_of(ip, n) AS coalesce(string_split(split_part(ip, '::', 1), ':')[n], '0')")
duckdb.sql(
    """CREATE MACRO network(ip) AS CASE WHEN contains(ip, ':')
    THEN concat_ws(':', group_of(ip, 1), group_of(ip, 2), group_of(ip, 3), lpad(group_of(ip, 4), 4, '0')[1:2])
    ELSE ip END"""
)
duckdb.sql(
    f"""COPY (
    WITH named AS (
      SELECT platform, account_ref, count(DISTINCT person_ref) AS people FROM (
        SELECT platform, account_ref, person_ref FROM {table('account')}
        UNION ALL SELECT DISTINCT platform, account_ref, NULL FROM {table('session')})
      GROUP BY platform, account_ref),
    reported AS (SELECT DISTINCT value FROM {table('mention')} WHERE kind = 'account' AND role = 'reported'),
    subject AS (
      SELECT platform, account_ref FROM named
      WHERE platform || ':' || account_ref IN (SELECT value FROM reported)
         OR account_ref IN (SELECT value FROM reported)),
    login AS (
      SELECT s.platform, s.account_ref, epoch_us(s.at_utc) AS at_us, s.ip, s.port,
        1000000 * (coalesce(max(s.clock_error_s), 10)
          + CASE WHEN max(s.zone_origin) = 'assumed' THEN 7200 ELSE 0 END) AS error_us
      FROM {table('session')} s JOIN subject USING (platform, account_ref)
      GROUP BY s.platform, s.account_ref, epoch_us(s.at_utc), s.ip, s.port),
    single AS (
      SELECT * FROM (SELECT *, count(port) OVER (PARTITION BY platform, account_ref, at_us, ip) AS with_port FROM login)
      WHERE port IS NOT NULL OR with_port = 0),
    piece AS (
      SELECT operator, line_ref, ip, port_from, port_to, epoch_us(from_utc) AS from_us, max(epoch_us(until_utc)) AS until_us
      FROM {table('assignment')} GROUP BY operator, line_ref, ip, port_from, port_to, epoch_us(from_utc)),
    ended AS (
      SELECT * EXCLUDE (until_us, next_us),
        coalesce(until_us, CASE WHEN next_us > from_us THEN next_us END, 9223372036854775807) AS until_us
      FROM (SELECT *, lead(from_us) OVER (PARTITION BY ip, port_from, port_to ORDER BY from_us, operator, line_ref) AS next_us
            FROM piece)),
    marked AS (
      SELECT *, CASE WHEN from_us <= max(until_us) OVER (
          PARTITION BY operator, line_ref, ip, port_from, port_to ORDER BY from_us, until_us
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS starts
      FROM ended),
    holding AS (
      SELECT operator, line_ref, ip, port_from, port_to, min(from_us) AS from_us, max(until_us) AS until_us
      FROM (SELECT *, sum(starts) OVER (
              PARTITION BY operator, line_ref, ip, port_from, port_to ORDER BY from_us, until_us) AS island FROM marked)
      GROUP BY operator, line_ref, ip, port_from, port_to, island)
    SELECT l.platform, l.account_ref, l.at_us, l.ip, l.port, h.operator, h.line_ref, h.from_us, h.until_us
    FROM single l JOIN holding h ON network(h.ip) = network(l.ip)
      AND h.from_us <= l.at_us + l.error_us AND h.until_us > l.at_us - l.error_us
      AND (l.port IS NULL OR h.port_from IS NULL OR l.port BETWEEN h.port_from AND h.port_to)
    ORDER BY ALL
    ) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""
)
