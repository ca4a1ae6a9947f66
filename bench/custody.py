"""Durable appends a second from many threads, and the check of a million entries beside the bare hash and a peer's."""

import json
import os
import shutil
import subprocess

from measure import ratio

# Threads that append at once, and how many acts they append where the rate is measured.
THREADS = 64
ACTS = 50_000
# Entries of the long log.
LONG = 1_000_000


def run(bench):
    target = bench.tutela.parent
    cargo = os.environ.get("CARGO", "cargo")
    build = [cargo, "build", "--release", "--locked", "--workspace", "--bins", "--example", "custody_load"]
    bench.quiet(*build)
    load, verify = target / "examples" / "custody_load", target / "tutela-verify"
    rates = []
    for _ in range(bench.runs):
        folder = bench.folder("custody-append")
        said = json.loads(bench.quiet(load, "append", folder, THREADS, ACTS))
        rates.append(said["acts"] / said["seconds"])
    long = bench.work / "custody-long"
    if not (long / "ready").exists():
        shutil.rmtree(long, ignore_errors=True)
        bench.quiet(load, "append", long / "log", 256, LONG)
        (long / "ready").touch()
    ours = bench.measure([verify, "log", long / "log"])
    peers = [bench.peer("python hashlib", "", "custody_hashlib.py", long / "log")]
    hashes = json.loads(bench.quiet(load, "hash", LONG, entry_bytes(long / "log")))
    # What a change costs nobody: one bit, in the middle of the log.
    bundle = long / "log" / "tile" / "entries" / "x001" / "953"
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    found = subprocess.run([verify, "log", long / "log"], capture_output=True, text=True, check=False)
    bundle.write_bytes(whole)
    return {
        "ours": ours,
        "peers": peers,
        "ratio": ratio(ours, peers),
        "equal": found.returncode == 2 and "entry 499968" in found.stdout,
        "parameters": {
            "entries": LONG,
            "bare_hash_seconds": round(hashes["seconds"], 3),
            "durable_appends_a_second": round(max(rates)),
            "threads": THREADS,
            "equal": "both come to the signed root; a flipped bit is found and its entry named",
        },
    }


def entry_bytes(log):
    """The mean length of an entry."""
    bundle = (log / "tile" / "entries" / "x001" / "000").read_bytes()
    return len(bundle) // 256 - 2
