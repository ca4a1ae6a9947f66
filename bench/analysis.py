"""All steps on the default world: seconds and peak memory, and two runs must find the same to the byte."""

import json


def run(bench):
    case = bench.demo_case()
    ours = bench.measure([bench.tutela, "run", case], prepare=lambda: bench.forget_runs(case), ok=(0, 1))
    first = digests(case)
    bench.forget_runs(case)
    bench.quiet(bench.tutela, "run", case, "--partitions", "1", ok=(0, 1))
    leads = json.loads(bench.quiet(bench.tutela, "leads", case, "--format", "json"))
    return {
        "ours": ours,
        "peers": [],
        "ratio": None,
        "equal": first == digests(case),
        "parameters": {"world": "default, seed 1", "funnel": leads["funnel"], "equal": "two partition counts"},
    }


def digests(case):
    """The digest of every stage of every run."""
    runs = sorted((case / "runs").glob("*/run.json"))
    return [[(s["id"], stage["name"], stage["digest"]) for s in json.loads(r.read_text())["steps"] for stage in s["stages"]] for r in runs]
