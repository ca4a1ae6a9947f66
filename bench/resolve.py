"""Connections to candidate lines on the default world: our step beside DuckDB answering the same from the same records."""



import duckdb
from measure import ratio


def run(bench):
    case = bench.demo_case()
    ours = bench.measure(
        [bench.tutela, "run", case, "resolve_sessions"], prepare=lambda: bench.forget_runs(case), ok=(0, 1)
    )
    out = bench.folder("resolve")
    peers = [bench.peer("duckdb", duckdb.__version__, "resolve_duckdb.py", case, out / "candidate.parquet")]
    return {
        "ours": ours,
        "peers": peers,
        "ratio": ratio(ours, peers),
        "equal": same(case, out / "candidate.parquet"),
        "parameters": {"world": "default, seed 1", "rows": rows(out / "candidate.parquet")},
    }


def rows(path):
    return duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]


def same(case, peer):
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
    missing = duckdb.sql(f"SELECT count(*) FROM (({ours}) EXCEPT ALL ({theirs}))").fetchall()[0][0]
    extra = duckdb.sql(f"SELECT count(*) FROM (({theirs}) EXCEPT ALL ({ours}))").fetchall()[0][0]
    return missing == 0 and extra == 0
