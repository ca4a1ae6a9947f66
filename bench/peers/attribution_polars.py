"""All pairs of a session and an assignment that can be its own, with Polars, in the fastest form found for it.

Each assignment stands in each half day it touches; join and filter run as a stream. Measured slower: three, six or 24
hours; numbered addresses; without the stream (and 13 times the memory); join_where (16 times).
"""

import json
import sys

import polars as pl

session, assignment = sys.argv[1:]
BIN_S = 12 * 3600


def second(column):
    return pl.col(column).dt.epoch("s").cast(pl.Int32)


a = pl.scan_parquet(assignment).select(
    "ip",
    pl.col("row").cast(pl.Int32).alias("id"),
    second("from_utc").alias("from_s"),
    second("until_utc").alias("until_s"),
    pl.col("port_from").fill_null(0).cast(pl.UInt16),
    pl.col("port_to").fill_null(65535).cast(pl.UInt16),
)
bins = pl.int_ranges((pl.col("from_s") - 2) // BIN_S, (pl.col("until_s") + 2) // BIN_S + 1)
a = a.with_columns(bin=bins).explode("bin").with_columns(pl.col("bin").cast(pl.Int32))
s = pl.scan_parquet(session).select(
    "ip", pl.col("row").cast(pl.Int32), second("at_utc").alias("at_s"), pl.col("port").cast(pl.UInt16)
)
s = s.with_columns(bin=(pl.col("at_s") // BIN_S).cast(pl.Int32))
in_block = (pl.col("port") >= pl.col("port_from")) & (pl.col("port") <= pl.col("port_to"))
pairs = s.join(a, on=["ip", "bin"]).filter(
    (pl.col("from_s") <= pl.col("at_s") + 2) & (pl.col("until_s") > pl.col("at_s") - 2) & (pl.col("port").is_null() | in_block)
)
summed = pairs.select(pairs=pl.len(), checksum=(pl.col("row") ^ pl.col("id")).cast(pl.Int64).sum())
print(json.dumps(summed.collect(engine="streaming").row(0, named=True)))
