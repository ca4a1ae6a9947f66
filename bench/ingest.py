"""A CSV of five million payments to typed Parquet: ours with sealing, digests and full provenance, the peers without."""

import random
import shutil
import time

from measure import ratio, version

ROWS = 5_000_000
HEADINGS = "payment_ref,at_utc,amount,currency,debtor_account,creditor_account,provider,status"
PROVIDERS = ("Transfer One", "Wallet Two", "Wallet Three")


def run(bench):
    source = bench.work / "payments.csv"
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

    out = bench.folder("ingest")
    commands = {
        "ours": [bench.tutela, "intake", case, source, "--basis", "B1"],
        "duckdb": bench.script("ingest_duckdb.py", source, out / "duckdb.parquet"),
        "polars": bench.script("ingest_polars.py", source, out / "polars.parquet"),
    }
    best = bench.race(commands, {"ours": fresh})
    peers = [{"name": name, "version": version(name), **best[name]} for name in ("duckdb", "polars")]
    return {
        "ours": best["ours"],
        "peers": peers,
        "ratio": ratio(best["ours"], peers),
        "equal": same(bench, case, out / "duckdb.parquet"),
        "parameters": {
            "rows": ROWS,
            "bytes": source.stat().st_size,
            "equal": "the same rows, amounts as exact decimals; and each row's bytes are where its record says",
        },
    }


def write(path):
    """Invented payments, the same at every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = random.Random(7).random
    with path.with_suffix(".part").open("w") as file:
        file.write(HEADINGS + "\n")
        lines = []
        for number in range(ROWS):
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_767_225_600 + int(dice() * 31_000_000)))
            cents = 500 + int(dice() * 30_000)
            debtor, creditor = 100_000_000 + int(dice() * 150_000), 200_000_000 + int(dice() * 200_000)
            provider = PROVIDERS[number % len(PROVIDERS)]
            lines.append(
                f"P{number:09},{at},{cents // 100}.{cents % 100:02},EUR,{debtor},{creditor},{provider},booked\n"
            )
            if len(lines) == 100_000:
                file.write("".join(lines))
                lines = []
        file.write("".join(lines))
    path.with_suffix(".part").rename(path)


def same(bench, case, peer):
    """Whether both wrote the same rows, and whether what a record says of its place holds in the sealed file."""
    files = f"{case}/records/payment/*.parquet"
    texts = "payment_ref, currency, debtor_account, creditor_account, provider, status"
    columns = f"{texts}, epoch_us(at_utc) AS at_us, CAST(amount AS DECIMAL(18, 2)) AS amount"
    ours, theirs = f"SELECT {columns} FROM '{files}'", f"SELECT {columns} FROM '{peer}'"
    count = bench.query(f"SELECT count(*) FROM '{files}'")
    extra = bench.query(f"SELECT count(*) FROM (({theirs}) EXCEPT ALL ({ours}))")
    # The reference stands first in each row, and the rows are all of one width but for the amount and the provider.
    offsets = bench.query(
        f"SELECT count(*) FROM '{files}' WHERE row = 1 + CAST(substr(payment_ref, 2) AS BIGINT) AND byte_offset >= 60 * row"
    )
    with _sealed(case).open("rb") as sealed:
        for row in (1, 2, 3, ROWS // 2, ROWS):
            offset = bench.query(f"SELECT byte_offset FROM '{files}' WHERE row = {row}")
            sealed.seek(offset)
            if sealed.read(11) != f"P{row - 1:09},".encode():
                return False
    return count == ROWS and extra == 0 and offsets == ROWS


def _sealed(case):
    """The one sealed file."""
    files = [path for path in (case / "sealed").rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size)
