"""Connections to candidate lines on the default world: our step beside DuckDB answering the same from the same records."""

from measure import ratio, version


def run(bench):
    case = bench.demo_case()
    ours = bench.measure(
        [bench.tutela, "run", case, "resolve_sessions"], prepare=lambda: bench.forget_runs(case), ok=(0, 1)
    )
    out = bench.folder("resolve")
    peers = [bench.peer("duckdb", version("duckdb"), "resolve_duckdb.py", case, out / "candidate.parquet")]
    return {
        "ours": ours,
        "peers": peers,
        "ratio": ratio(ours, peers),
        "equal": same(bench, case, out / "candidate.parquet"),
        "parameters": {"world": "default, seed 1", "rows": bench.query(f"SELECT count(*) FROM '{out}/candidate.parquet'")},
    }


def same(bench, case, peer):
    """Whether both found the same pairs of connection and holding."""
    stages = sorted((case / "runs").glob("*/resolve_sessions"))[-1]
    ours = f"""
        SELECT k.platform, k.account_ref, l.at_us, l.ip, l.port, n.operator, n.line_ref, h.from_us, h.until_us
        FROM '{stages}/candidate.parquet' c
        JOIN '{stages}/login.parquet' l USING (login_id)
        JOIN '{stages}/known_account.parquet' k ON k.account_id = l.account_id
        JOIN '{stages}/holding.parquet' h USING (holding_id)
        JOIN '{stages}/line_key.parquet' n ON n.line_id = h.line_id"""
    theirs = f"SELECT * FROM '{peer}'"
    missing = bench.query(f"SELECT count(*) FROM (({ours}) EXCEPT ALL ({theirs}))")
    extra = bench.query(f"SELECT count(*) FROM (({theirs}) EXCEPT ALL ({ours}))")
    return missing == 0 and extra == 0
