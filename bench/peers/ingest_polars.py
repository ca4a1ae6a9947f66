"""CSV to typed Parquet with Polars, streaming."""

import sys

import polars as pl

source, out = sys.argv[1:]
text = dict.fromkeys(("payment_ref", "debtor_account", "creditor_account"), pl.String)
frame = pl.scan_csv(source, schema_overrides={**text, "amount": pl.Decimal(18, 2)})
frame = frame.with_columns(pl.col("at_utc").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))
frame.sink_parquet(out, compression="zstd")
