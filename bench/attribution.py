"""Sessions to the assignments that can be theirs, all pairs counted: our interval index beside DuckDB and Polars.

Ten million sessions over 60 days, 30 % without a port, against a million assignments: a third of the addresses shared
by 32 to 153 subscribers with port blocks held for minutes to days, the rest leased to one line at a time. All clocks
can be 2 s wrong. The same at a tenth of the size shows how the cost grows.
"""

import json
import math

from measure import ratio, version

SIZES = {"tenth": (1_000_000, 100_000), "whole": (10_000_000, 1_000_000)}


def run(bench):
    data = {name: make(bench, name, *size) for name, size in SIZES.items()}
    whole, tenth = (Contest(bench, data[name]) for name in ("whole", "tenth"))
    raced = bench.race(whole.commands)
    small = bench.race({"ours": tenth.commands["ours"]})["ours"]
    ours = raced.pop("ours")
    peers = [{"name": name, "version": version(name), **figures} for name, figures in raced.items()]
    answers = {name: contest.answers() for name, contest in (("whole", whole), ("tenth", tenth))}
    return {
        "ours": ours,
        "peers": peers,
        "ratio": ratio(ours, peers),
        "equal": all(len(set(found.values())) == 1 for found in answers.values()),
        "growth": {
            "seconds_tenth": small["seconds"],
            "seconds_whole": ours["seconds"],
            "times": round(ours["seconds"] / small["seconds"], 3),
            "n_log_n": round(10 * math.log(SIZES["whole"][0]) / math.log(SIZES["tenth"][0]), 3),
        },
        "parameters": {
            "sessions": SIZES["whole"][0],
            "assignments": SIZES["whole"][1],
            "days": 60,
            "without_port": 0.3,
            "clock_error_s": 2,
            "pairs": answers["whole"]["ours"][0],
            "checksum": answers["whole"]["ours"][1],
        },
    }


class Contest:
    """The commands that answer for one pair of files."""

    def __init__(self, bench, folder):
        files = (folder / "session.parquet", folder / "assignment.parquet")
        self.bench = bench
        self.commands = {
            "ours": [bench.tutela, "count-pairs", *files, "--clock-error-s", "2"],
            "duckdb": bench.script("attribution_duckdb.py", *files),
            "polars": bench.script("attribution_polars.py", *files),
        }

    def answers(self):
        """What each finds: the pairs and their checksum."""
        found = {name: json.loads(self.bench.quiet(*command)) for name, command in self.commands.items()}
        return {name: (answer["pairs"], answer["checksum"]) for name, answer in found.items()}


def make(bench, name, sessions, assignments):
    """The two files, made once; the same at every run."""
    folder = bench.work / f"attribution-{name}"
    if not (folder / "ready").exists():
        folder = bench.folder(f"attribution-{name}")
        bench.quiet(*bench.script("attribution_data.py", sessions, assignments, folder))
        (folder / "ready").touch()
    return folder
