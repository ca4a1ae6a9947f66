"""A CSV of two million sessions to typed Parquet: ours with sealing, digests and full provenance, the peers without."""

import csv
import datetime
import random
import shutil

from measure import ratio, version

ROWS = 2_000_000


def run(bench):
    source = bench.work / "sessions.csv"
    if not source.exists():
        write(source)
    case = bench.work / "ingest-case"

    def fresh():
        for path in case.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        shutil.rmtree(case, ignore_errors=True)
        bench.quiet(bench.tutela, "case", "init", case)
        bench.quiet(
            bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
            "--scope", "all", "--from", "2020-01-01", "--until", "2040-01-01",
        )

    ours = bench.measure([bench.tutela, "intake", case, source, "--basis", "B1"], prepare=fresh)
    out = bench.folder("ingest")
    peers = [
        bench.peer("duckdb", version("duckdb"), "ingest_duckdb.py", source, out / "duckdb.parquet"),
        bench.peer("polars", version("polars"), "ingest_polars.py", source, out / "polars.parquet"),
    ]
    return {
        "ours": ours,
        "peers": peers,
        "ratio": ratio(ours, peers),
        "equal": same(bench, case, out / "duckdb.parquet"),
        "parameters": {"rows": ROWS, "bytes": source.stat().st_size},
    }


def write(path):
    """Invented sessions, the same at every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = random.Random(7)
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["platform", "account_ref", "at_utc", "ip", "port", "event", "device_ref"])
        for _ in range(ROWS):
            at = start + datetime.timedelta(seconds=dice.randrange(31_000_000))
            ip = f"203.0.113.{dice.randrange(256)}"
            port = dice.randrange(1024, 65536) if dice.random() < 0.5 else ""
            account, device = f"a{dice.randrange(100_000)}", f"d{dice.randrange(150_000)}"
            out.writerow(["example", account, at.strftime("%Y-%m-%dT%H:%M:%SZ"), ip, port, "login", device])


def same(bench, case, peer):
    """Whether both wrote the same rows."""
    files = f"{case}/records/session/*.parquet"
    columns = "account_ref, epoch_us(at_utc) AS at_us, ip, port, device_ref"
    ours, theirs = f"SELECT {columns} FROM '{files}'", f"SELECT {columns} FROM '{peer}'"
    count = bench.query(f"SELECT count(*) FROM '{files}'")
    extra = bench.query(f"SELECT count(*) FROM (({theirs}) EXCEPT ALL ({ours}))")
    return count == ROWS and extra == 0
