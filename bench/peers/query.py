"""Prints the one number that a statement counts."""

import sys

import duckdb

print(duckdb.sql(sys.argv[1]).fetchall()[0][0])
