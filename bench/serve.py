"""The API under load: 20 people at once on a big case, each asking for what the pages ask for; times of answers by route."""

import collections
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

# People at once, and how many answers each waits for.
USERS = 20
ASKED = 150
# A case of about ten million records and ten thousand leads, the most that a world has; SERVE_SHARE makes a smaller one, to try things out.
SHARE = float(os.environ.get("SERVE_SHARE", "1"))
WORLD = {
    "households": int(20_000 * SHARE),
    "days": 180,
    "reported_accounts": int(10_000 * SHARE),
    "reported_connections": int(2_000_000 * SHARE),
    "innocent_connections": int(7_000_000 * SHARE),
}
PASSWORD = "a password of the bench"
# The answers that the figure is about; the first reading back of a proof goes through the sealed files.
LIMIT_MS = 200


def run(bench):
    case = big_case(bench)
    server = subprocess.Popen(
        [bench.tutela, "serve", case, "--listen", "127.0.0.1:0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )
    try:
        host = None
        while host is None:
            line = server.stderr.readline()
            if line == "":
                sys.exit(f"the server ended with {server.wait()}")
            host = next(iter(re.findall(r"^serving .*http://([\w.:]+)", line)), None)
        return measured(host, server.pid, case)
    finally:
        server.terminate()
        server.wait()


def measured(host, pid, case):
    name = case.name
    users = [User(host, name, number) for number in range(USERS)]
    # Everything that is read once is read before anybody's watch runs.
    first = time.monotonic()
    users[0].get("overview")
    warm = time.monotonic() - first
    page = json.loads(users[0].get("leads?per_page=500"))
    leads, all_leads = [row["lead_ref"] for row in page["leads"]], page["all"]
    sources = [row["source_id"] for row in json.loads(users[0].get("sources?per_page=500"))["sources"]]
    begun = time.monotonic()
    threads = [threading.Thread(target=user.work, args=(leads, sources)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    times = collections.defaultdict(list)
    for user in users:
        for route, ms in user.times:
            times[route].append(ms)
    everything = sorted(ms for of_route in times.values() for ms in of_route)
    wrong = sum(user.wrong for user in users)
    peak = peak_bytes(pid)
    return {
        "ours": {"seconds": round(seconds, 3), "peak_bytes": peak},
        "peers": [],
        "ratio": None,
        "equal": wrong == 0,
        "parameters": {
            "users": USERS,
            "answers": len(everything),
            "answers_a_second": round(len(everything) / seconds),
            "ms": percentiles(everything),
            "ms_by_route": {route: percentiles(sorted(of_route)) for route, of_route in sorted(times.items())},
            "p95_below_200_ms": percentile(everything, 95) < LIMIT_MS,
            "first_reading_seconds": round(warm, 2),
            "rows": rows_of(case),
            "leads": all_leads,
            "equal": "every answer was given, to the end",
        },
    }


class User:
    """A person in a browser: asks, reads the answer, asks for the next."""

    def __init__(self, host, case, number):
        self.host, self.case, self.times, self.wrong = host, case, [], 0
        self.random = random.Random(number)
        self.connection = http.client.HTTPConnection(host, timeout=120)
        body = json.dumps({"name": "Bench Person", "password": PASSWORD})
        self.connection.request("POST", "/api/v1/session/password", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"sign-in: {answer.status} {text}")
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def get(self, path):
        self.connection.request("GET", f"/api/v1/cases/{self.case}/{path}", headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            self.wrong += 1
            print(f"{path}: {answer.status} {text[:200]}", file=sys.stderr)
        return text

    def work(self, leads, sources):
        pick = self.random.choice
        asks = [
            ("leads", lambda: f"leads?page={self.random.randint(1, 400)}"),
            ("leads, filtered", lambda: f"leads?outcome={pick(['supported', 'insufficient'])}&order={pick(['urgency', 'certainty', 'episodes'])}"),
            ("leads, searched", lambda: f"leads?search={self.random.randint(0, 999)}"),
            ("lead", lambda: f"leads/{pick(leads)}"),
            ("lead", lambda: f"leads/{pick(leads)}"),
            ("overview", lambda: "overview"),
            ("sources", lambda: "sources?per_page=100"),
            ("issues", lambda: f"sources/{pick(sources)}/issues"),
            ("bases", lambda: "bases"),
            ("method", lambda: "method"),
            ("requests", lambda: "requests"),
            ("plan", lambda: "requests/plan"),
        ]
        for _ in range(ASKED):
            route, path = pick(asks)
            begun = time.monotonic()
            self.get(path())
            self.times.append((route, 1000 * (time.monotonic() - begun)))


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def percentiles(ordered):
    return {f"p{share}": round(percentile(ordered, share), 1) for share in (50, 95, 99)}


def peak_bytes(pid):
    """Peak memory of the server so far, as the kernel reports it."""
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def rows_of(case):
    """Rows taken in, over all files."""
    return sum(json.loads(line)["rows"] for line in (case.parent / "rows.jsonl").read_text().splitlines())


def big_case(bench):
    """The case, run and with a person; made once."""
    base = bench.work / f"serve-{SHARE:g}"
    case = base / "case"
    if (base / "ready").exists():
        return case
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    (base / "world.yaml").write_text("".join(f"{key}: {value}\n" for key, value in WORLD.items()))
    bench.quiet(bench.tutela, "world", "make", "--seed", "1", "--config", base / "world.yaml", "--out", base / "world")
    bench.quiet(bench.tutela, "case", "init", case)
    bench.quiet(
        bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
        "--scope", "all", "--from", "2020-01-01", "--until", "2099-01-01",
    )
    done = bench.quiet(bench.tutela, "intake", case, base / "world" / "files", "--basis", "B1", "--output", "json", ok=(0, 1))
    rows = [{"rows": file.get("rows", 0)} for file in json.loads(done)]
    (base / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    shutil.rmtree(base / "world")
    # Twenty million candidates of log-ins do not fit into the usual half gibibyte.
    bench.quiet(bench.tutela, "run", case, "--memory-mib", "4096")
    environment = {**os.environ, "TUTELA_NEW_PASSWORD": PASSWORD}
    subprocess.run(
        [bench.tutela, "user", "add", case, "Bench Person", "--role", "prosecutor"], env=environment, check=True,
    )
    (base / "ready").touch()
    return case
