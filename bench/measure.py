"""Measuring whole commands: wall seconds and peak memory of the process, as the kernel reports it."""

import dataclasses
import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys
import time


@dataclasses.dataclass
class Bench:
    """Where things are, and how often to run them."""

    tutela: pathlib.Path
    work: pathlib.Path
    runs: int

    def measure(self, command, prepare=lambda: None, ok=(0,)):
        """The fastest of the runs: seconds, and the peak memory of that run."""
        return self.race({"it": command}, {"it": prepare}, ok)["it"]

    def race(self, commands, prepare=None, ok=(0,)):
        """The same for several commands by name, which take turns: what else the machine does meets all of them."""
        best = {}
        for _ in range(self.runs):
            for name, command in commands.items():
                (prepare or {}).get(name, lambda: None)()
                result = self.once(command, ok)
                best[name] = min(best.get(name, result), result, key=lambda r: r["seconds"])
        return best

    def once(self, command, ok):
        """One run."""
        start = time.monotonic()
        with subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
            text = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if child.returncode not in ok:
            sys.exit(f"{command}: exit {child.returncode}\n{text.decode()}")
        return {"seconds": round(seconds, 3), "peak_bytes": usage.ru_maxrss * 1024}

    def script(self, name, *args):
        """The command of a Python script of ours that drives a peer."""
        return [sys.executable, pathlib.Path(__file__).parent / "peers" / name, *args]

    def peer(self, name, version, script, *args, prepare=lambda: None):
        """Measures such a script."""
        return {"name": name, "version": version, **self.measure(self.script(script, *args), prepare)}

    def query(self, sql):
        """One number that DuckDB counts, in a process of its own: what a measured command inherits must stay small."""
        path = pathlib.Path(__file__).parent / "peers" / "query.py"
        return int(self.quiet(sys.executable, path, sql))

    def quiet(self, *command, ok=(0,)):
        """Runs a command that is not measured."""
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
        if done.returncode not in ok:
            sys.exit(f"{command}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def folder(self, name):
        """An empty folder below the work folder."""
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def demo_case(self):
        """The case of the default world with everything taken in and nothing run, made once."""
        base = self.work / "default"
        case = base / "case"
        if not (base / "ready").exists():
            shutil.rmtree(base, ignore_errors=True)
            base.mkdir(parents=True)
            self.quiet(self.tutela, "world", "make", "--seed", "1", "--out", base / "world")
            self.quiet(self.tutela, "case", "init", case)
            self.quiet(
                self.tutela, "basis", "add", case, "--id", "B1", "--act", "order 1", "--authority", "court",
                "--scope", "all", "--from", "2020-01-01", "--until", "2040-01-01",
            )
            self.quiet(self.tutela, "intake", case, base / "world" / "files", "--basis", "B1", ok=(0, 1))
            (base / "ready").touch()
        return case

    def forget_runs(self, case):
        """Removes what earlier runs computed, so that the next one computes it again."""
        shutil.rmtree(case / "runs", ignore_errors=True)


def version(name):
    """The version of a peer."""
    return importlib.metadata.version(name)


def ratio(ours, peers):
    """Best peer's seconds over ours: above one, we are faster."""
    return round(min(p["seconds"] for p in peers) / ours["seconds"], 3) if peers else None
