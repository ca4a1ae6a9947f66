"""CSV to typed Parquet with DuckDB."""

import sys

import duckdb

source, out = sys.argv[1:]
types = {
    "payment_ref": "VARCHAR",
    "at_utc": "TIMESTAMPTZ",
    "amount": "DECIMAL(18, 2)",
    "currency": "VARCHAR",
    "debtor_account": "VARCHAR",
    "creditor_account": "VARCHAR",
    "provider": "VARCHAR",
    "status": "VARCHAR",
}
duckdb.sql(
    f"""COPY (SELECT * FROM read_csv('{source}', columns = {types}, header = true))
        TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""
)
