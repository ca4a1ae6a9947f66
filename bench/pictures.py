"""The pages of pictures on a case of ten million records, 20 users at once: milliseconds of each kind of answer, and memory.

In it one address has 50,000 accounts, one account a million connections, and one recipient of payments 50,000 payers.
"""

import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import urllib.parse

USERS = 20
SECONDS = 30
SESSIONS = int(os.environ.get("PICTURES_SESSIONS", "8800000"))
BUSY = min(1_000_000, SESSIONS // 4)
CROWD = 50_000
YEAR_S = 365 * 86_400
START = 1_735_689_600  # 2025-01-01


def utc(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + second))


def table(path, head, rows):
    with open(path, "w", encoding="ascii") as out:
        out.write(head + "\n")
        out.writelines(rows)


def ip(number):
    return f"{11 + number // 65_536 % 80}.{number // 256 % 256}.{number % 256}.{number % 250 + 1}"


def write_files(files):
    """The files of the case; equal in every run."""
    dice = random.Random(6)
    accounts = 600_000

    def sessions():
        # The crowd behind one address.
        for n in range(CROWD):
            yield f"chatter,u{n},{utc(n * 600 % YEAR_S)},198.51.100.7,{20_000 + n % 40_000},dev-{n % 9_000}\n"
        # The account of a million connections.
        for n in range(BUSY):
            yield f"chatter,busy,{utc(n * YEAR_S // BUSY)},{ip(n % 4_000)},{1_024 + n % 60_000},dev-busy-{n % 7}\n"
        for _ in range(SESSIONS - BUSY - CROWD):
            account = dice.randrange(accounts)
            second = dice.randrange(YEAR_S)
            place = ip(account % 300_000 + (0 if dice.random() < 0.9 else 17))
            yield f"chatter,u{account},{utc(second)},{place},{1_024 + second % 60_000},dev-{account % 500_000}\n"

    table(files / "session.csv", "platform,account_ref,at_utc,ip,port,device_ref", sessions())
    table(files / "mention.csv", "kind,value,role", ["account,chatter:busy,reported\n", "account,chatter:u0,reported\n"])
    table(
        files / "account.csv", "platform,account_ref,person_ref",
        (f"chatter,u{n},P{n}\n" for n in range(1, accounts, 12)),
    )
    table(
        files / "assignment.csv", "operator,ip,from_utc,until_utc,line_ref",
        (f"opal,{ip(n)},{utc(0)},{utc(YEAR_S)},L{n}\n" for n in range(100_000)),
    )
    table(files / "line.csv", "operator,line_ref,holder_ref,access_kind,municipality_code",
          (f"opal,L{n},P{n},fixed,{n % 107 + 1:03}{n % 90 + 1:03}\n" for n in range(100_000)))
    table(files / "person.csv", "person_ref,household_ref", (f"P{n},H{n // 2}\n" for n in range(100_000)))
    payments = 1_000_000 if SESSIONS > 5_000_000 else 200_000
    table(
        files / "payment.csv",
        "payment_ref,at_utc,amount,currency,debtor_account,creditor_account,provider,status,debtor_country,creditor_country",
        (
            f"R{n},{utc(dice.randrange(YEAR_S))},{20 + n % 80}.50,EUR,w{n % CROWD},{'seed-1' if n % 4 == 0 else 'w' + str(n % 70_001)},"
            f"wire,booked,{('IT', 'DE', 'FR')[n % 3]},PH\n"
            for n in range(payments)
        ),
    )
    table(files / "payment_seed.csv", "provider,account_ref,evidence_ref,reason", ["wire,seed-1,E1,named by other evidence\n"])


class User:
    """A browser: one connection, signed in by a cookie all share."""

    def __init__(self, port, cookie):
        self.port, self.cookie = port, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, path):
        self.connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def sign_in(link):
    url = urllib.parse.urlsplit(link)
    connection = http.client.HTTPConnection("127.0.0.1", url.port, timeout=60)
    headers = {"Host": f"127.0.0.1:{url.port}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/session", json.dumps({"token": url.fragment}), headers)
    answer = connection.getresponse()
    answer.read()
    return url.port, answer.getheader("Set-Cookie").split(";")[0]


def asked(dice):
    """One question of each kind, about something else each time."""
    base, some = "/api/v1/cases/case", dice.randrange(50_000)
    of = urllib.parse.urlencode
    day = dice.randrange(300)
    window = {"from": utc(day * 86_400), "until": utc((day + dice.choice([1, 7, 60])) * 86_400)}
    return {
        "graph, around 50,000": f"{base}/graph?" + of({"open": "address:198.51.100.7"}),
        "graph, five opened": f"{base}/graph?" + of({"open": f"address:198.51.100.7,account:chatter:u{some},account:chatter:busy,account:chatter:u{some + 1},person:P{some // 12 * 12 + 1}"}),
        "neighbours, any page": f"{base}/graph/neighbours?" + of({"node": "address:198.51.100.7", "kind": "account", "page": dice.randrange(1, 900), "per_page": 50}),
        "path": f"{base}/graph/path?" + of({"from": f"account:chatter:u{some}", "to": f"account:chatter:u{dice.randrange(50_000)}", "kinds": "account,person,line,device,household"}),
        "search": f"{base}/graph/nodes?" + of({"search": f"u{some}"}),
        "tie": f"{base}/graph/tie?" + of({"from": f"account:chatter:u{some}", "to": "address:198.51.100.7"}),
        "time, a million events": f"{base}/time?" + of({"nodes": "account:chatter:busy"}),
        "time, a window of eight": f"{base}/time?" + of({"nodes": ",".join(["account:chatter:busy", "payment:" + SEED] + [f"account:chatter:u{some + n}" for n in range(6)]), **window}),
        "money, 50,000 payers": f"{base}/money/flow?" + of({"seed": "payment:" + SEED}),
        "map": f"{base}/map",
        "leads": f"{base}/leads",
    }


SEED = ""


def load(port, cookie):
    """All users at once, each asking again as soon as it is answered."""
    times, wrong, lock = {}, [], threading.Lock()
    until = time.monotonic() + SECONDS

    def use(number):
        dice, user = random.Random(number), User(port, cookie)
        while time.monotonic() < until:
            for name, path in dice.sample(list(asked(dice).items()), 4):
                start = time.monotonic()
                status, body = user.get(path)
                took = (time.monotonic() - start) * 1_000
                with lock:
                    times.setdefault(name, []).append(took)
                    if status != 200:
                        wrong.append((path, status, body[:200].decode()))

    users = [threading.Thread(target=use, args=(n,)) for n in range(USERS)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return times, wrong


def percentiles(values):
    ordered = sorted(values)
    at = lambda share: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
    return {"answers": len(ordered), "p50_ms": at(0.5), "p95_ms": at(0.95)}


def peak_bytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def run(bench):
    global SEED
    base = bench.work / "pictures"
    case, files = base / "case", base / "files"
    if not (base / f"ready-{SESSIONS}").exists():
        base = bench.folder("pictures")
        files.mkdir()
        write_files(files)
        bench.quiet(bench.tutela, "case", "init", case)
        bench.quiet(
            bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
            "--scope", "all", "--from", "2020-01-01", "--until", "2040-01-01",
        )
        bench.quiet(bench.tutela, "intake", case, files, "--basis", "B1")
        bench.quiet(bench.tutela, "run", case, ok=(0, 1))
        (base / f"ready-{SESSIONS}").touch()
    server = subprocess.Popen(
        [bench.tutela, "serve", case, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        port, cookie = sign_in(server.stdout.readline().strip())
        threading.Thread(target=server.stdout.read, daemon=True).start()
        first, start = User(port, cookie), time.monotonic()
        while (answer := first.get("/api/v1/cases/case/money"))[0] == 503:
            time.sleep(0.2)
        if answer[0] != 200:
            sys.exit(f"pictures: {answer[0]} {answer[1].decode()}")
        drawn = round(time.monotonic() - start, 1)
        drawing_peak = peak_bytes(server.pid)
        pathlib.Path(f"/proc/{server.pid}/clear_refs").write_text("5", encoding="ascii")
        SEED = json.loads(answer[1])["seeds"][0]["node"]["node_ref"]
        times, wrong = load(port, cookie)
        peak = peak_bytes(server.pid)
    finally:
        server.terminate()
        server.wait()
    index = sum(f.stat().st_size for f in (case / "pictures").rglob("*") if f.is_file()) if (case / "pictures").exists() else 0
    all_times = [t for values in times.values() for t in values]
    return {
        "ours": {"seconds": drawn, "peak_bytes": drawing_peak},
        "peers": [],
        "ratio": None,
        "equal": not wrong and percentiles(all_times)["p95_ms"] < 200,
        "parameters": {
            "sessions": SESSIONS,
            "users": USERS,
            "drawing_s": drawn,
            "drawing_peak_bytes": drawing_peak,
            "answering_peak_bytes": peak,
            "index_bytes": index,
            "all": percentiles(all_times),
            "by_kind": {name: percentiles(values) for name, values in sorted(times.items())},
            "wrong": wrong[:5],
            "equal": "every answer is 200, and the 95th percentile of all is below 200 ms",
        },
    }
