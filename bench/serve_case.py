"""A case of ten million records and a hundred thousand leads; one address has 50,000 accounts, one account a million
connections, and one recipient of payments 50,000 payers."""

import json
import os
import random
import shutil
import subprocess
import time

SESSIONS = int(os.environ.get("SERVE_SESSIONS", "8800000"))
# Accounts that are reported, each a lead.
REPORTED = int(os.environ.get("SERVE_LEADS", "100000"))
BUSY = min(1_000_000, SESSIONS // 4)
CROWD = 50_000
# Lines, each with an address of its own for two months at a time.
LINES, PERIODS = 100_000, 6
PASSWORD = "a password of the bench"
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


def held(line, period):
    """The address of a line in a period; of no two lines the same."""
    return ip(line + period * LINES)


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
            # Mostly from home, whose line has another address every two months.
            line = account % LINES if dice.random() < 0.9 else (account + 17) % LINES
            place = held(line, second * PERIODS // YEAR_S)
            yield f"chatter,u{account},{utc(second)},{place},{1_024 + second % 60_000},dev-{account % 500_000}\n"

    table(files / "session.csv", "platform,account_ref,at_utc,ip,port,device_ref", sessions())
    table(files / "mention.csv", "kind,value,role",
          ["account,chatter:busy,reported\n", *(f"account,chatter:u{n},reported\n" for n in range(REPORTED - 1))])
    table(
        files / "account.csv", "platform,account_ref,person_ref",
        (f"chatter,u{n},P{n}\n" for n in range(1, accounts, 12)),
    )
    table(
        files / "assignment.csv", "operator,ip,from_utc,until_utc,line_ref",
        (
            f"opal,{held(n, period)},{utc(period * YEAR_S // PERIODS)},{utc((period + 1) * YEAR_S // PERIODS)},L{n}\n"
            for period in range(PERIODS) for n in range(LINES)
        ),
    )
    table(files / "line.csv", "operator,line_ref,holder_ref,access_kind,municipality_code",
          (f"opal,L{n},P{n},fixed,{n % 107 + 1:03}{n % 90 + 1:03}\n" for n in range(LINES)))
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


def big_case(bench):
    """The case, run and with a person; made once."""
    base = bench.work / f"serve-{SESSIONS}-{REPORTED}"
    case, files = base / "case", base / "files"
    if (base / "ready").exists():
        return case
    shutil.rmtree(base, ignore_errors=True)
    files.mkdir(parents=True)
    write_files(files)
    bench.quiet(bench.tutela, "case", "init", case)
    bench.quiet(
        bench.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
        "--scope", "all", "--from", "2020-01-01", "--until", "2099-01-01",
    )
    done = bench.quiet(bench.tutela, "intake", case, files, "--basis", "B1", "--output", "json", ok=(0, 1))
    (base / "rows.json").write_text(json.dumps(sum(file.get("rows", 0) for file in json.loads(done))))
    shutil.rmtree(files)
    bench.quiet(bench.tutela, "run", case, "--memory-mib", "4096", ok=(0, 1))
    environment = {**os.environ, "TUTELA_NEW_PASSWORD": PASSWORD}
    subprocess.run(
        [bench.tutela, "user", "add", case, "Bench Person", "--role", "prosecutor"], env=environment, check=True,
    )
    (base / "ready").touch()
    return case
