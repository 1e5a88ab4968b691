"""People start, run and stop kernels on simulated cards, quotas change under them, and gateway and node are killed: after
all of it the books must balance. Writes what it saw as JSON.

    tests/storm.py --users 8 --seconds 600 --json storm.json
"""
import argparse
import json
import os
import random
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from websockets.exceptions import ConnectionClosed

sys.path.insert(0, str(Path(__file__).parent))
from lib import faults  # noqa: E402
from lib.jupyter import until  # noqa: E402
from lib.people import new_person  # noqa: E402
from lib.pool import Pool  # noqa: E402

CARDS = "simulated:4x80GiB"
NAMES = ["python3", "python3.shared", "python3.shared", "python3.gpu", "python3.gpu", "python3.2gpu"]
MICRO = 1e-3  # what one step of the clock, in milliseconds, leaves of a second


class Person(threading.Thread):
    """Starts and stops kernels, and takes every refusal for what it is."""

    def __init__(self, me, team, seed, end):
        super().__init__(daemon=True)
        self.me, self.team, self.dice, self.end = me, team, random.Random(seed), end
        self.kernels, self.did, self.wrong = [], Counter(), []

    def run(self):
        while not self.end.is_set():
            acts = [(5, self._start), (4, self._stop), (2, self._die), (2, self._cell), (1, self._drop)]
            act = self.dice.choices([act for _, act in acts], [weight for weight, _ in acts])[0]
            try:
                act()
            except (OSError, ConnectionClosed, AssertionError) as problem:
                self.did[f"{act.__name__}: {type(problem).__name__}"] += 1  # the gateway was killed under it
            self.end.wait(self.dice.expovariate(1.0))

    def _start(self):
        if len(self.kernels) >= 4:
            return
        answer = self.me.call("POST", "/api/kernels", {"name": self.dice.choice(NAMES), "env": {"KERNEL_TEAM": self.team}})
        self.did[f"start {answer.status}"] += 1
        if answer.status == 201:
            self.kernels.append(answer.json["id"])
        elif answer.status == 403:
            message = answer.json["message"]
            if "may " not in message:
                self.wrong.append(f"refused with {message!r}")
        elif answer.status not in (500, 503):
            self.wrong.append(f"{answer.status}: {answer.text[:200]}")

    def _stop(self):
        if self.kernels:
            kernel = self.dice.choice(self.kernels)
            answer = self.me.call("DELETE", f"/api/kernels/{kernel}")
            self.did[f"stop {answer.status}"] += 1
            if answer.status in (204, 404):
                self.kernels.remove(kernel)

    def _die(self):
        """The process ends by itself; it is started again with what it had."""
        if self._running():
            with self.me.attach(self._running()) as client:
                client.ask_execute("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
                time.sleep(0.2)
            self.did["died"] += 1

    def _cell(self):
        if kernel := self._running():
            with self.me.attach(kernel) as client:
                run = client.execute("import time, os; time.sleep(0.3); print(os.environ.get('CUDA_VISIBLE_DEVICES'))", timeout=30)
            self.did["cell"] += 1
            if run.reply["status"] != "ok" and run.reply.get("ename") != "DeadKernelError":
                self.wrong.append(f"cell: {run.reply}")

    def _drop(self):
        """Forgets one that waits."""
        for kernel in list(self.kernels):
            answer = self.me.call("GET", f"/api/kernels/{kernel}")
            if answer.status == 404:
                self.kernels.remove(kernel)
                self.did["gone"] += 1
            elif answer.status == 200 and answer.json["execution_state"] == "starting":
                self.me.call("DELETE", f"/api/kernels/{kernel}")
                self.did["withdrawn"] += 1

    def _running(self):
        ours = [kernel for kernel in self.kernels
                if (a := self.me.call("GET", f"/api/kernels/{kernel}")).status == 200 and a.json["execution_state"] in ("idle", "busy")]
        return self.dice.choice(ours) if ours else None


class Watcher(threading.Thread):
    """Looks once a second at who holds what."""

    def __init__(self, pool, end):
        super().__init__(daemon=True)
        self.pool, self.end, self.looks, self.wrong, self.most, self.queued = pool, end, 0, [], 0, 0
        self.limits, self.allowed = {}, {}
        self.lock = threading.Lock()

    def run(self):
        while not self.end.wait(1):
            try:
                self.look()
            except (OSError, AssertionError):
                pass  # the gateway is away

    def look(self):
        with self.lock:
            leases = self.pool.server().must("GET", "/api/v1/leases", 200)
            self.looks += 1
            live = Counter(lease["session"] for lease in leases)
            if twice := [session for session, count in live.items() if count > 1]:
                self.wrong.append(f"two leases at once: {twice}")
            cards, held = defaultdict(float), defaultdict(float)
            for lease in leases:
                for card in lease["gpus"]:
                    cards[card["uuid"]] += card["share"]
                    for account in ("", lease["team"], f"{lease['team']}/{lease['user']}"):
                        held[account] += card["share"]
            if over := {card: share for card, share in cards.items() if share > 1.0001}:
                self.wrong.append(f"more given than there is: {over}")
            self.most = max(self.most, sum(cards.values()))
            self.queued = max(self.queued, sum(lease["state"] == "queued" for lease in leases))
            # who is above a limit was so when it was lowered, and can only come down
            for account, limit in self.limits.items():
                allowed = max(limit, self.allowed.get(account, 0))
                if held[account] > allowed + 1e-6:
                    self.wrong.append(f"{account or 'the pool'} holds {held[account]} of {limit}")
                self.allowed[account] = held[account]

    def limit(self, account, gpus):
        """Sets a quota; what is held just then may stay."""
        server = self.pool.server()
        path = "/api/v1/quotas/pool" if account == "" else f"/api/v1/quotas/teams/{account.replace('/', '/users/')}"
        with self.lock:
            self.limits.pop(account, None)
            answer = server.call("PUT", path, {} if gpus is None else {"gpus": gpus})
        if answer.status == 200 and gpus is not None:
            with self.lock:
                self.allowed[account] = 1e9  # until the next look
                self.limits[account] = gpus


def chaos(pool, watcher, accounts, dice, end, did):
    while not end.wait(dice.uniform(5, 20)):
        act = dice.choices(["quota", "node", "gateway"], [6, 1, 2])[0]
        try:
            if act == "quota":
                watcher.limit(dice.choice(accounts), dice.choice([None, 0, 0.5, 1, 2, 3]))
            else:
                pid = pool.pids[act]
                faults.kill(pid)
                pool.wait_for_new(act, pid)
            did[act] += 1
        except (OSError, AssertionError) as problem:
            did[f"{act}: {type(problem).__name__}"] += 1


def seconds(lease):
    """What a lease must have used: its part of cards, for as long as it had them, in the ledger's milliseconds."""
    def at(moment):
        return int(datetime.fromisoformat(lease[moment].replace("Z", "+00:00")).timestamp() * 1000)

    if lease["grantedAt"] is None:
        return 0
    return sum(card["share"] for card in lease["gpus"]) * (at("releasedAt") - at("grantedAt")) / 1000


def storm(pool, users, length, seed):
    server, dice, end, did = pool.server(), random.Random(seed), threading.Event(), Counter()
    teams = [f"t{uuid.uuid4().hex[:6]}" for _ in range(2)]
    for team in teams:
        server.must("POST", "/api/v1/teams", 201, {"name": team})
    people = []
    for number in range(users):
        me, team = new_person(server, "storm"), teams[number % 2]
        server.must("PUT", f"/api/v1/teams/{team}/members/{me.name}", 200, {"role": "member"})
        people.append(Person(me, team, seed * 1000 + number, end))
    accounts = ["", *teams, *(f"{person.team}/{person.me.name}" for person in people)]
    watcher = Watcher(pool, end)
    breaker = threading.Thread(target=chaos, args=(pool, watcher, accounts, dice, end, did), daemon=True)
    for thread in (*people, watcher, breaker):
        thread.start()
    time.sleep(length)
    end.set()
    for thread in (*people, watcher, breaker):
        thread.join(120)
    return {"users": users, "seconds": length, "did": dict(sum((person.did for person in people), did)),
            "looks": watcher.looks, "most_cards_held": watcher.most, "most_queued": watcher.queued,
            "wrong": [*watcher.wrong, *(wrong for person in people for wrong in person.wrong)], **calm(pool)}


def calm(pool):
    """Everything is stopped; what do the books say then?"""
    server = pool.server()
    until(lambda: server.call("GET", "/api/v1/status").json.get("connected"), 60, saying="the node")

    def empty():
        for kernel in server.must("GET", "/api/v1/kernels", 200):
            server.call("DELETE", f"/api/kernels/{kernel['id']}")
        return not [k for k in server.must("GET", "/api/v1/kernels", 200) if k["state"] != "dead"] and \
            not server.must("GET", "/api/v1/leases", 200)

    until(empty, 120, every=1, saying="the end of all kernels and leases")
    leases, before = [], None
    while page := server.must("GET", f"/api/v1/leases?ended=true&limit=1000{f'&before={before}' if before else ''}", 200):
        leases += page
        before = page[-1]["id"]
    unbalanced = [lease for lease in leases if abs(lease["allocatedSeconds"] - seconds(lease)) > MICRO]
    overbusy = [lease for lease in leases if lease["busySeconds"] > lease["allocatedSeconds"] + MICRO]
    hours = server.must("GET", "/api/v1/me/quota", 200)[0]["levels"][-1]["gpuHours"]["used"]
    sums = sum(lease["allocatedSeconds"] for lease in leases)
    return {"leases": len(leases), "gpu_seconds": round(sums, 3), "gpu_seconds_in_the_ledger": round(hours * 3600, 3),
            "busy_seconds": round(sum(lease["busySeconds"] for lease in leases), 1),
            "unbalanced": unbalanced[:5], "busier_than_held": overbusy[:5],
            "queue": server.must("GET", "/api/v1/queue", 200)}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=6)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    pool = Pool(args=["--no-lab", "--gpus", CARDS]).start()
    try:
        report = {"seed": asked.seed, **storm(pool, asked.users, asked.seconds, asked.seed)}
    finally:
        pool.stop(checking=False)
        pool.remove()
    text = json.dumps(report, indent=2)
    if asked.json:
        asked.json.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
