"""The API under load: 20 people at once on a big case, each asking for what the pages ask for; times of answers by kind, and memory."""

import collections
import http.client
import json
import pathlib
import random
import re
import subprocess
import sys
import threading
import time
import urllib.parse

from serve_case import PASSWORD, big_case, utc

USERS = 20
SECONDS = 60
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
        threading.Thread(target=server.stderr.read, daemon=True).start()
        return measured(host, server.pid, case)
    finally:
        server.terminate()
        server.wait()


def measured(host, pid, case):
    users = [User(host, case.name, number) for number in range(USERS)]
    # Everything that is read or drawn once is so before anybody's watch runs.
    start = time.monotonic()
    users[0].get("overview")
    reading, reading_peak = round(time.monotonic() - start, 1), peak_bytes(pid)
    start = time.monotonic()
    while users[0].ask("money")[0] == 503:
        time.sleep(0.2)
    drawing, drawing_peak = round(time.monotonic() - start, 1), peak_bytes(pid)
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    known = Known(users[0])
    begun = time.monotonic()
    threads = [threading.Thread(target=user.work, args=(known, begun + SECONDS)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    times = collections.defaultdict(list)
    for user in users:
        for kind, ms in user.times:
            times[kind].append(ms)
    everything = sorted(ms for of_kind in times.values() for ms in of_kind)
    wrong = [text for user in users for text in user.wrong]
    return {
        "ours": {"seconds": round(seconds, 3), "peak_bytes": peak_bytes(pid)},
        "peers": [],
        "ratio": None,
        "equal": not wrong and percentile(everything, 95) < LIMIT_MS,
        "parameters": {
            "rows": json.loads((case.parent / "rows.json").read_text()),
            "leads": known.all_leads,
            "users": USERS,
            "answers": len(everything),
            "answers_a_second": round(len(everything) / seconds),
            "ms": percentiles(everything),
            "ms_by_kind": {kind: percentiles(sorted(of_kind)) for kind, of_kind in sorted(times.items())},
            "reading_once": {"seconds": reading, "peak_bytes": reading_peak},
            "drawing_once": {"seconds": drawing, "peak_bytes": drawing_peak},
            "wrong": wrong[:5],
            "equal": f"every answer is 200, and the 95th percentile of all is below {LIMIT_MS} ms",
        },
    }


class Known:
    """What there is to ask about."""

    def __init__(self, user):
        page = json.loads(user.get("leads?per_page=500"))
        self.leads, self.all_leads = [row["lead_ref"] for row in page["leads"]], page["all"]
        self.sources = [row["source_id"] for row in json.loads(user.get("sources?per_page=500"))["sources"]]
        self.seed = json.loads(user.get("money"))["seeds"][0]["node"]["node_ref"]


def questions(pick, known):
    """One of each kind that the pages ask, about something else each time."""
    some, day, of = pick.randrange(50_000), pick.randrange(300), urllib.parse.urlencode
    window = {"from": utc(day * 86_400), "until": utc((day + pick.choice([1, 7, 60])) * 86_400)}
    hub, busy = "address:198.51.100.7", "account:chatter:busy"
    eight = [busy, f"payment:{known.seed}", *(f"account:chatter:u{some + n}" for n in range(6))]
    five = [hub, f"account:chatter:u{some}", busy, f"account:chatter:u{some + 1}", f"person:P{some // 12 * 12 + 1}"]
    return {
        "leads": f"leads?page={pick.randint(1, max(1, known.all_leads // 50))}",
        "leads, filtered": "leads?" + of({"outcome": pick.choice(["supported", "insufficient"]), "order": pick.choice(["urgency", "certainty", "episodes"])}),
        "leads, searched": f"leads?search=u{pick.randint(0, 9_999)}",
        "lead": f"leads/{pick.choice(known.leads)}",
        "proof": f"leads/{pick.choice(known.leads)}/proof",
        "overview": "overview",
        "sources": "sources?per_page=100",
        "issues": f"sources/{pick.choice(known.sources)}/issues",
        "bases": "bases",
        "method": "method",
        "requests": "requests",
        "graph, around 50,000": "graph?" + of({"open": hub}),
        "graph, five opened": "graph?" + of({"open": ",".join(five)}),
        "neighbours, any page": "graph/neighbours?" + of({"node": hub, "kind": "account", "page": pick.randrange(1, 900), "per_page": 50}),
        "path": "graph/path?" + of({"from": f"account:chatter:u{some}", "to": f"account:chatter:u{pick.randrange(50_000)}", "kinds": "account,person,line,device,household"}),
        "search": "graph/nodes?" + of({"search": f"u{some}"}),
        "tie": "graph/tie?" + of({"from": f"account:chatter:u{some}", "to": hub}),
        "time, a million events": "time?" + of({"nodes": busy}),
        "time, a window of eight": "time?" + of({"nodes": ",".join(eight), **window}),
        "money, 50,000 payers": "money/flow?" + of({"seed": f"payment:{known.seed}"}),
        "map": "map",
    }


class User:
    """A person in a browser: asks, reads the answer, asks for the next."""

    def __init__(self, host, case, number):
        self.case, self.times, self.wrong = case, [], []
        self.random = random.Random(number)
        self.connection = http.client.HTTPConnection(host, timeout=120)
        body = json.dumps({"name": "Bench Person", "password": PASSWORD})
        self.connection.request("POST", "/api/v1/session/password", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"sign-in: {answer.status} {text}")
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def ask(self, path):
        self.connection.request("GET", f"/api/v1/cases/{self.case}/{path}", headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def get(self, path):
        status, text = self.ask(path)
        if status != 200:
            self.wrong.append(f"{path}: {status} {text[:200]}")
            print(self.wrong[-1], file=sys.stderr)
        return text

    def work(self, known, until):
        while time.monotonic() < until:
            for kind, path in self.random.sample(list(questions(self.random, known).items()), 4):
                begun = time.monotonic()
                self.get(path)
                self.times.append((kind, 1000 * (time.monotonic() - begun)))


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def percentiles(ordered):
    return {f"p{share}": round(percentile(ordered, share), 1) for share in (50, 95, 99)}


def peak_bytes(pid):
    """Peak memory of the server since it was last asked to begin anew, as the kernel reports it."""
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None
