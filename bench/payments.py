"""The payment steps on about ten million payments: seconds and peak memory, the score against the truth, and equal stages."""

import json

from analysis import digests

# About 30 payments a sender in 18 months.
INNOCENTS = 330_000


def run(bench):
    base = bench.work / "payments"
    case, world = base / "case", base / "world"
    if not (base / "ready").exists():
        base = bench.folder("payments")
        made = bench.quiet(bench.tutela, "world", "payments", "make", "--seed", "1", "--innocents", INNOCENTS, "--out", world)
        bench.quiet(bench.tutela, "case", "init", case)
        bench.quiet(
            bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
            "--scope", "all", "--from", "2020-01-01", "--until", "2040-01-01",
        )
        files = [world / name for name in ("payments", "registers", "contacts", "seeds")]
        bench.quiet(bench.tutela, "intake", case, *files, "--basis", "B1")
        (base / "made.json").write_text(made)
        (base / "ready").touch()
    command = [bench.tutela, "run", case]
    ours = bench.measure(command, prepare=lambda: bench.forget_runs(case), ok=(0, 1))
    first = digests(case)
    score = json.loads(bench.quiet(bench.tutela, "world", "payments", "score", case, world, ok=(0, 1)))
    bench.forget_runs(case)
    bench.quiet(*command, "--partitions", "1", ok=(0, 1))
    return {
        "ours": ours,
        "peers": [],
        "ratio": None,
        "equal": first == digests(case) and score["innocent_supported"] == 0,
        "parameters": {
            "payments": json.loads((base / "made.json").read_text())["payments"],
            "innocent_senders": score["innocent_senders"],
            "score": score,
            "equal": "two partition counts, and no innocent sender supported",
        },
    }
