"""N people, a kernel each, notebook-like cells for M seconds; writes what it saw as JSON.

    tests/soak.py --users 100 --seconds 600 --json soak.json          against a pool of its own
    SLUICE_TEST_URL=… SLUICE_TEST_TOKEN=… tests/soak.py …             against one that runs (processes are then not measured)

Whoever runs it counts: errors, reads of somebody else's secret, latency, and what gateway and node hold before and after.
"""
import argparse
import json
import os
import random
import re
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil
from websockets.exceptions import ConnectionClosed

sys.path.insert(0, str(Path(__file__).parent))
from lib.jupyter import Server, until  # noqa: E402
from lib.people import new_person  # noqa: E402
from lib.pool import Pool  # noqa: E402


SECRET = re.compile(r"[0-9a-f]{32}")


class Person(threading.Thread):
    """Somebody at a notebook: mostly short cells, some long ones, now and then a lost connection or a restart."""

    def __init__(self, server, seed, begin, end):
        super().__init__(daemon=True)
        self.me, self.dice, self.begin, self.end = new_person(server, "soak"), random.Random(seed), begin, end
        self.secret, self.cells, self.latencies, self.errors, self.foreign = uuid.uuid4().hex, 0, [], [], 0
        self.secrets = set()  # everybody else's, filled in before the start

    def run(self):
        try:
            self.kernel = self.me.start_kernel()
            self.client = self.me.attach(self.kernel, session=self.me.name)
            self._introduce()
            self.begin.wait()
            while not self.end.is_set():
                self._live()
                time.sleep(self.dice.expovariate(1))
        except Exception as problem:
            self.errors.append(f"{self.me.name} stopped: {problem!r}")
        finally:
            self._tidy()

    def _introduce(self):
        self._must(self.client.execute(f"secret = {self.secret!r}; count = 0"), "")

    def _live(self):
        acts = [(60, self._short), (15, self._prints), (8, self._large), (5, self._complete), (5, self._look), (4, self._drop),
                (2, self._interrupt), (1, self._restart)]
        act = self.dice.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
        try:
            act()
            self.cells += 1
        except (AssertionError, OSError, ConnectionClosed) as problem:
            self.errors.append(f"{self.me.name} {act.__name__}: {problem!r}"[:500])
            self.client.cut()
            self.client = self.me.attach(self.kernel, session=self.me.name)

    def _short(self):
        started = time.perf_counter()
        run = self.client.execute("print(secret)")
        self.latencies.append(time.perf_counter() - started)
        self._must(run, self.secret + "\n")

    def _prints(self):
        count = self.dice.randrange(10, 300)
        run = self.client.execute(f"for n in range({count}): print(n, secret, flush=True)")
        self._must(run, "".join(f"{n} {self.secret}\n" for n in range(count)))

    def _large(self):
        size = self.dice.randrange(1 << 10, 1 << 20)
        self._must(self.client.execute(f"print('x' * {size})"), "x" * size + "\n")

    def _complete(self):
        # the first one in a new home reads jedi's stubs, some seconds of a processor: a hundred at once take their time
        asked = {"code": "secr", "cursor_pos": 4}
        assert "secret" in self.client.request("complete_request", asked, timeout=240).reply["matches"]

    def _look(self):
        mine = [kernel["id"] for kernel in self.me.must("GET", "/api/kernels", 200)]
        if mine != [self.kernel]:
            self.foreign += 1

    def _drop(self):
        run_id = self.client.ask_execute("import time\nfor n in range(5): print(n, flush=True); time.sleep(0.02)")
        self.client.leave()
        time.sleep(self.dice.random() / 2)
        self.client = self.me.attach(self.kernel, session=self.me.name)
        # some of it may have arrived before: what counts is that it ends
        until(lambda: self.me.kernel(self.kernel)["execution_state"] == "idle", saying=f"the end of {run_id}")

    def _interrupt(self):
        running = self.client.ask_execute("import time\nprint('in', flush=True)\nwhile True: time.sleep(0.02)")
        self.client.wait_for(lambda m: m.type == "stream" and m.parent == running)
        self.me.must("POST", f"/api/kernels/{self.kernel}/interrupt", 204)
        assert self.client.finish(running).reply["ename"] == "KeyboardInterrupt"

    def _restart(self):
        self.me.must("POST", f"/api/kernels/{self.kernel}/restart", 200)
        self._introduce()

    def _must(self, run, text):
        self.foreign += sum(len(self.secrets.intersection(SECRET.findall(json.dumps(m.content)))) for m in run.messages)
        assert run.reply["status"] == "ok", run.reply
        assert run.text == text, f"wanted {text[:80]!r} … {len(text)}, got {run.text[:80]!r} … {len(run.text)}"

    def _tidy(self):
        try:
            self.client.close()
            assert self.me.stop_kernel(self.kernel) == 204
        except Exception as problem:
            self.errors.append(f"{self.me.name} could not tidy up: {problem!r}")


def soak(server, users, seconds, pids=None, seed=1):
    """-> a report; `pids` names the processes to measure"""
    warm_up(server)
    before = measure(pids)
    begin, end = threading.Event(), threading.Event()
    people = [Person(server, seed * 1000 + n, begin, end) for n in range(users)]
    for person in people:
        person.secrets = {other.secret for other in people} - {person.secret}
    started = time.monotonic()
    [person.start() for person in people]
    until(lambda: all(hasattr(p, "client") or not p.is_alive() for p in people), timeout=60 + users * 3, saying="everybody's kernel")
    ready = time.monotonic() - started
    begin.set()
    time.sleep(seconds)
    during = measure(pids)
    end.set()
    [person.join(120) for person in people]
    errors = [error for person in people for error in person.errors] + [f"{p.me.name} hangs" for p in people if p.is_alive()]
    latencies = sorted(latency * 1000 for person in people for latency in person.latencies) or [0]
    return {"users": users, "seconds": seconds, "seconds_until_all_had_a_kernel": round(ready, 1),
            "cells": sum(person.cells for person in people), "errors": errors, "reads_of_others": sum(p.foreign for p in people),
            "latency_ms": {"p50": at(latencies, 50), "p99": at(latencies, 99), "max": round(latencies[-1], 1), "n": len(latencies)},
            "before": before, "during": during, "after": settled(pids, before)}


def warm_up(server):
    """The first kernel of a gateway's life fills caches that stay."""
    person = new_person(server, "warm")
    with person.a_kernel() as kernel, person.attach(kernel) as client:
        client.execute("1")


def at(latencies, percent):
    return round(latencies[min(len(latencies) - 1, len(latencies) * percent // 100)], 1)


def measure(pids):
    return {part: {"rss_mib": process.memory_info().rss >> 20, "fds": process.num_fds(), "threads": process.num_threads()}
            for part, pid in (pids or {}).items() if part in ("gateway", "node") for process in [psutil.Process(pid)]}


def settled(pids, before, patience=100):
    """Sockets linger, and Java's waiting threads for a minute; give them time to go, but not for ever."""
    deadline = time.monotonic() + patience
    while True:
        now = measure(pids)
        if all(now[part]["fds"] <= before[part]["fds"] + 5 and now[part]["threads"] <= before[part]["threads"] + 5 for part in now):
            return now
        if time.monotonic() > deadline:
            return now
        time.sleep(1)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=10)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    if url := os.environ.get("SLUICE_TEST_URL"):
        report = soak(Server(url, os.environ["SLUICE_TEST_TOKEN"]), asked.users, asked.seconds, seed=asked.seed)
    else:
        pool = Pool(args=["--no-lab"]).start()
        try:
            report = soak(pool.server(), asked.users, asked.seconds, pool.pids, asked.seed)
        finally:
            pool.stop()
            pool.remove()
    text = json.dumps(report, indent=2)
    if asked.json:
        asked.json.write_text(text + "\n")
    print(text)
    sys.exit(1 if report["errors"] or report["reads_of_others"] else 0)


if __name__ == "__main__":
    main()
