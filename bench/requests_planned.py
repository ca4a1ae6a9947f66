"""Requests: the planner against asking operators about every connection of the default world, in rounds. All requests
of all rounds count. Equal: at least 95 % of what everything identifies, with at most 10 % of the requests."""

import csv
import json
import shutil

# The day after the default world ends; retention is counted from it.
AS_OF = "2026-07-01T00:00:00Z"
ROUNDS = 6


def run(bench):
    whole = bench.demo_case()
    world = whole.parent / "world"
    bench.quiet(bench.tutela, "run", whole, ok=(0, 1))
    everything = leads(bench, whole)
    folder = bench.folder("requests")
    case = folder / "case"
    bench.quiet(bench.tutela, "case", "init", case)
    bench.quiet(
        bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
        "--scope", "all", "--from", "2020-01-01", "--until", "2040-01-01",
    )
    files = [world / "files" / name for name in ("referrals", "returns", "registers")]
    bench.quiet(bench.tutela, "intake", case, "--basis", "B1", *files, ok=(0, 1))
    plan = [bench.tutela, "request", "plan", case, "--operators", world / "address_blocks.csv", "--as-of", AS_OF]
    ours = bench.measure(plan)
    asked = []
    for number in range(1, ROUNDS + 1):
        planned = json.loads(bench.quiet(*plan, "--format", "json"))["requests"]
        if not planned:
            break
        out, back = folder / f"out-{number}", folder / f"back-{number}"
        bench.quiet(bench.tutela, "request", "export", case, "--basis", "B1", "--out", out)
        sent = sorted(out.glob("*-request.csv"))
        asked.append(sum(lines(p) for p in sent))
        bench.quiet(bench.tutela, "world", "answer", world, *sent, "--out", back)
        bench.quiet(bench.tutela, "request", "import", case, "--basis", "B1", back, ok=(0, 1))
    bench.quiet(bench.tutela, "run", case, ok=(0, 1))
    found = leads(bench, case)
    score = json.loads(bench.quiet(bench.tutela, "world", "score", case, world, "--format", "json", ok=(0, 1)))
    total = everything["funnel"]["connections"]
    result = {"rounds": asked, "requests": sum(asked), "connections": total, "request_share": sum(asked) / total}
    result["share_of_answerable"] = sum(asked) / everything["funnel"]["assigned"]
    for name, test in (("resolved", is_resolved), ("supported", is_supported)):
        all_of, ours_of = accounts(everything, test), accounts(found, test)
        result[name] = {"everything": len(all_of), "planned": len(ours_of), "kept": len(all_of & ours_of)}
        result[f"{name}_share"] = len(all_of & ours_of) / max(len(all_of), 1)
    result["wrong"] = score["wrong"]
    shutil.rmtree(folder / "case", ignore_errors=True)
    good = result["request_share"] <= 0.10 and min(result["resolved_share"], result["supported_share"]) >= 0.95
    return {
        "ours": ours,
        "peers": [],
        "ratio": None,
        "equal": good and score["wrong"] == 0,
        "planner": result,
        "parameters": {"world": "default, seed 1", "as_of": AS_OF, "equal": "95 % identified with 10 % of the requests"},
    }


def leads(bench, case):
    return json.loads(bench.quiet(bench.tutela, "leads", case, "--format", "json"))


def lines(path):
    with path.open(newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def is_resolved(lead):
    return any(line["status"] == "single" for line in lead["lines"])


def is_supported(lead):
    return lead["outcome"] == "supported"


def accounts(document, test):
    return {(lead["account"]["platform"], lead["account"]["account_ref"]) for lead in document["leads"] if test(lead)}
