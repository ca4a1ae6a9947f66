"""CSV to typed Parquet with DuckDB."""

import sys

import duckdb

source, out = sys.argv[1:]
duckdb.sql(
    f"""COPY (SELECT platform, account_ref, at_utc::TIMESTAMPTZ AS at_utc, ip, port, event, device_ref
        FROM read_csv('{source}', columns = {{'platform': 'VARCHAR', 'account_ref': 'VARCHAR', 'at_utc': 'TIMESTAMPTZ',
        'ip': 'VARCHAR', 'port': 'BIGINT', 'event': 'VARCHAR', 'device_ref': 'VARCHAR'}}, header = true))
        TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""
)
