"""Benchmarks: whole commands, our own and a peer's on the same files in one run. Each writes bench/NAME.json."""

import argparse
import json
import os
import pathlib
import sys

import analysis
import attribution
import custody
import ingest
import payments
import requests_planned
import resolve
import serve
from measure import Bench

# The benchmarks, in the order they run.
BENCHES = {
    "ingest": ingest.run,
    "attribution": attribution.run,
    "resolve": resolve.run,
    "analysis": analysis.run,
    "requests": requests_planned.run,
    "custody": custody.run,
    "payments": payments.run,
    "serve": serve.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="one benchmark; all where absent")
    parser.add_argument("--target", required=True, type=pathlib.Path, help="the build folder")
    parser.add_argument("--runs", type=int, default=3, help="how often each command is run; the fastest counts")
    args = parser.parse_args()
    out = args.target / "bench"
    out.mkdir(parents=True, exist_ok=True)
    bench = Bench(tutela=(args.target / "release" / "tutela").resolve(), work=(out / "work").resolve(), runs=args.runs)
    failed = False
    for name, run in BENCHES.items():
        if args.name in (None, name):
            result = run(bench)
            result["cores"] = os.cpu_count()
            (out / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")
            print(f"{name}: {json.dumps(result)}")
            failed = failed or not result["equal"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
