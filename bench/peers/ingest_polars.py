"""CSV to typed Parquet with Polars, streaming."""

import sys

import polars as pl

source, out = sys.argv[1:]
frame = pl.scan_csv(source, schema_overrides={"ip": pl.String, "port": pl.Int64})
frame = frame.with_columns(pl.col("at_utc").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC"))
frame.sink_parquet(out, compression="zstd")
