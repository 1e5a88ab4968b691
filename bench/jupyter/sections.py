"""What is measured. Every section gets a target (a `Gateway`, or `Direct`) and gives back figures by name.

Names are those of `measures.py`. A figure that could not be had is left out, with a note why.
"""
from __future__ import annotations

import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import host
from wire import Broken, Draining, WebSocket, execute_request, percentile, request

SPECS = {"noop": "blast", "ipykernel": "bench-python"}
NOTHING = {"noop": "", "ipykernel": "pass"}


@dataclass
class Run:
    """One section against one peer. Every figure is told at once, so that a section that hangs loses only what came after."""

    target: object
    quick: bool = False
    kernels: int = 100
    websockets: int = 1000

    def put(self, name: str, value: float) -> None:
        print(json.dumps({"figure": name, "value": float(value)}), flush=True)

    def note(self, text: str) -> None:
        print(json.dumps({"note": text}), flush=True)

    @property
    def pids(self) -> list[int]:
        return self.target.pids

    @property
    def framings(self) -> list[str]:
        return ["v1"] if self.target.direct else ["v1", "legacy"]


def ms(seconds: float) -> float:
    return seconds * 1e3


# ---------------------------------------------------------------- round trips

def rtt(run: Run) -> None:
    budget = 0.7 if run.quick else 1.2
    for kind, spec in SPECS.items():
        with run.target.start(spec) as kernel:
            for framing in run.framings:
                line = kernel.connect(framing == "v1")
                line.info()
                line.roundtrips(NOTHING[kind], 100, budget / 4)
                before = host.cpu_seconds(run.pids)
                trips = line.roundtrips(NOTHING[kind], 4000, budget)
                spent = host.cpu_seconds(run.pids) - before
                line.close()
                run.put(f"rtt.{kind}.{framing}.p50", trips.p50)
                run.put(f"rtt.{kind}.{framing}.p99", trips.p99)
                if run.pids:
                    run.put(f"rtt.{kind}.{framing}.cpu", spent / trips.count * 1e6)
        if run.target.direct:
            trips = run.target.python_client_roundtrips(spec, NOTHING[kind], 2000, budget)
            run.put(f"rtt.{kind}.client.p50", trips.p50)


# ---------------------------------------------------------------- start, restart, delete

def start(run: Run) -> None:
    for kind, spec in SPECS.items():
        seen: dict[str, list[float]] = {n: [] for n in ("post", "info", "done", "restart", "delete")}
        hung = 0
        for _ in range(4 if kind == "noop" else 2):
            began = time.perf_counter()
            kernel = run.target.start(spec)
            try:
                line = kernel.connect()
                line.info()
                seen["info"].append(ms(time.perf_counter() - began))
                line.execute(NOTHING[kind])
                seen["done"].append(ms(time.perf_counter() - began))
                seen["post"].append(ms(kernel.took))
                if not run.target.direct:
                    try:
                        seen["restart"].append(ms(restarted(kernel, line, kind)))
                    except (Broken, ConnectionError) as e:
                        hung += 1
                        run.note(f"restart of {kind}: {e}")
                line.close()
            finally:
                seen["delete"].append(ms(kernel.delete()))
        for name in ("post", "info", "done"):
            run.put(f"start.{kind}.{name}", statistics.median(seen[name]))
        run.put(f"start.{kind}.done.max", max(seen["done"]))
        if not run.target.direct:
            if seen["restart"]:
                run.put(f"restart.{kind}", statistics.median(seen["restart"]))
            run.put(f"restart.{kind}.hung", hung)
            run.put(f"delete.{kind}", statistics.median(seen["delete"]))
    burst(run)


WHO = {"noop": "pid", "ipykernel": "import os; print(os.getpid())"}


def restarted(kernel, line: WebSocket, kind: str) -> float:
    """Restart as JupyterLab does: POST with the websocket open, then a new websocket of the same session, then run."""
    old = line.execute(WHO[kind])
    began = time.perf_counter()
    kernel.restart()
    line.close()
    again = kernel.connect(session=line.session)
    try:
        again.info(15)
        again.execute(NOTHING[kind], 15)
        took = time.perf_counter() - began
        if kind == "noop" and again.execute(WHO[kind], 15) == old and kernel.model()["execution_state"] == "dead":
            raise Broken("the kernel was not restarted")  # equal numbers alone may come from a sandbox's own numbering
    finally:
        again.close()
    return took


def burst(run: Run) -> None:
    began = time.perf_counter()

    def one(_):
        kernel = run.target.start(SPECS["ipykernel"])
        line = kernel.connect()
        line.info()
        line.execute("pass")
        took = time.perf_counter() - began
        line.close()
        return kernel, took
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(one, range(8)))
        run.put("start.burst", ms(max(t for _, t in ended)))
        list(pool.map(lambda e: e[0].delete(), ended))


# ---------------------------------------------------------------- storms

#        name      size        kind       marker           pilot  most     framings
STORMS = [
    ("small", 100, "display", '"display_data"', 3000, 120_000, ("v1", "legacy")),
    ("stream", 100, "stream", '"stream"', 3000, 120_000, ("v1",)),
    ("2kB", 2000, "display", '"display_data"', 2000, 60_000, ("v1",)),
    ("1MB", 1_000_000, "display", '"display_data"', 20, 1500, ("v1", "legacy")),
    ("10MB", 10_000_000, "buffer", '"comm_msg"', 5, 200, ("v1", "legacy")),
]


def storms(run: Run) -> None:
    budget, lost = (0.5 if run.quick else 0.8), 0
    with run.target.start(SPECS["noop"]) as kernel:
        for name, size, kind, marker, pilot, most, framings in STORMS:
            for framing in framings:
                if framing not in run.framings:
                    continue
                line = kernel.connect(framing == "v1")
                line.info()
                lines = kind == "stream"
                first = line.storm(f"blast {pilot} {size} {kind}", marker, lines)  # how fast is it? and warm
                got = first.lines if lines else first.messages
                if not first.complete or got < 2:
                    run.note(f"{name} {framing}: the storm broke off after {got} of {pilot} messages")
                    lost += pilot - got
                    line.close()
                    continue
                count = int(min(most, max(pilot, budget * got / first.seconds)))
                before = host.cpu_seconds(run.pids)
                t = line.storm(f"blast {count} {size} {kind}", marker, lines)
                spent = max(host.cpu_seconds(run.pids) - before, 1e-9)
                line.close()
                got = t.lines if lines else t.messages
                if got < count or not t.complete:
                    run.note(f"{name} {framing}: LOSS, {got} of {count} messages{'' if t.complete else ', no final idle'}")
                    lost += count - got
                rate = (got - 1) / t.seconds
                megabytes = t.bytes / 1e6
                big = size >= 1_000_000
                run.put(f"storm.{name}.{framing}.rate", rate * megabytes / max(got, 1) if big else rate)
                run.put(f"storm.{name}.{framing}.count", got)
                run.put(f"storm.{name}.{framing}.lost", count - got)
                if run.pids:
                    run.put(f"storm.{name}.{framing}.{'percore' if big else 'cpu'}",
                            megabytes / spent if big else spent / max(got, 1) * 1e6)
    run.put("storm.lost", lost)


# ---------------------------------------------------------------- neighbours

class Blasting:
    """Storm after storm on a kernel, on a thread that reads them as fast as they come."""

    def __init__(self, target, code: str, marker: str):
        self.kernel = target.start(SPECS["noop"])
        self.line = self.kernel.connect()
        self.line.info()
        self.code, self.marker, self.over, self.messages, self.broke = code, marker, threading.Event(), 0, None
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.over.is_set() and not self.broke:
            t = self.line.storm(self.code, self.marker)
            self.messages += t.messages
            if not t.complete:
                self.broke = f"{self.code}: broke off"

    def __enter__(self):
        self.thread.start()
        time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.line.close()
        self.kernel.delete()


def neighbour(run: Run) -> None:
    budget = 0.8 if run.quick else 1.2
    with run.target.start(SPECS["noop"]) as kernel:
        line = kernel.connect()
        line.info()
        for name, code, marker in (("100B", "blast 5000 100", '"display_data"'), ("1MB", "blast 100 1000000", '"display_data"'),
                                   ("10MB", "blast 20 10000000 buffer", '"comm_msg"')):
            with Blasting(run.target, code, marker) as noise:
                trips = line.roundtrips("", 4000, budget)
            if noise.broke:
                run.note(f"neighbour {name}: {noise.broke}")
            run.put(f"neighbour.{name}.p50", trips.p50)
            run.put(f"neighbour.{name}.p99", trips.p99)
            run.put(f"neighbour.{name}.noise", noise.messages)
        line.close()


# ---------------------------------------------------------------- several clients on one kernel

def listeners(run: Run) -> None:
    budget = 0.7 if run.quick else 1.2
    with run.target.start(SPECS["noop"]) as kernel:
        line = kernel.connect()
        line.info()
        others: list[WebSocket] = []
        opened, usable = [], []
        try:
            for count in (20, 100):
                while len(others) < count:
                    began = time.perf_counter()
                    more = kernel.connect()
                    opened.append(ms(time.perf_counter() - began))
                    if not run.target.direct:
                        more.info()
                    usable.append(ms(time.perf_counter() - began))
                    others.append(more)
                with Draining(others) as reading:
                    trips = line.roundtrips("", 3000, budget)
                run.put(f"listeners.{count}.p50", trips.p50)
                run.put(f"listeners.{count}.p99", trips.p99)
                if reading.alive < count:
                    run.note(f"only {reading.alive} of {count} listeners stayed connected")
            run.put("attach.open", statistics.median(opened))
            run.put("attach.usable", statistics.median(usable))
            run.put("attach.usable.p99", percentile(usable, 99))
        finally:
            for o in others:
                o.close()
            line.close()


# ---------------------------------------------------------------- memory, on a server just started

@dataclass(frozen=True)
class Weight:
    """Memory in MiB; for a JVM also when it has collected its garbage, and what then lives on its heap."""

    rss: float
    collected: float | None
    live: float | None


def weigh(run: Run) -> Weight:
    time.sleep(0.5)
    now = host.rss_mib(run.pids)
    live = host.live_heap_mib(run.pids)
    return Weight(now, host.rss_mib(run.pids) if live is not None else None, live)


def grown(run: Run, name: str, before: Weight, after: Weight, per: int) -> None:
    for suffix, a, b in (("", before.rss, after.rss), (".gc", before.collected, after.collected), (".live", before.live, after.live)):
        if a is not None and b is not None:
            run.put(name + suffix, (b - a) * 1024 / per)


def memory(run: Run) -> None:
    if not run.pids:
        raise Broken("memory needs the server's process ids (--pids)")
    kernels, sockets = (10, 50) if run.quick else (30, 200)
    with run.target.start(SPECS["noop"]) as warm:  # what the first kernel loads is not what each costs
        line = warm.connect()
        line.execute("")
        line.close()
        m0 = weigh(run)
        f0 = host.open_files(run.pids)
        run.put("memory.start", m0.rss)
        if m0.collected is not None:
            run.put("memory.start.gc", m0.collected)
            run.put("memory.start.live", m0.live)
        started = [run.target.start(SPECS["noop"]) for _ in range(kernels)]
        first = [k.connect() for k in started]
        for line in first:
            line.info()
            line.close()
        m1 = weigh(run)
        grown(run, "memory.kernel", m0, m1, kernels)
        opened = [started[i % kernels].connect() for i in range(kernels)]
        run.put("memory.files", (host.open_files(run.pids) - f0) / kernels)
        opened += [started[i % kernels].connect() for i in range(sockets - kernels)]
        for line in opened:
            line.info()
        m2 = weigh(run)
        grown(run, "memory.websocket", m1, m2, sockets)
        for line in opened:
            line.close()
        for k in started:
            k.delete()


def rss_now(run: Run, name: str) -> None:
    if run.pids:
        weight = weigh(run)
        run.put(name, weight.rss)
        if weight.collected is not None:
            run.put(f"{name}.gc", weight.collected)
            run.put(f"{name}.live", weight.live)


def before(run: Run) -> None:
    rss_now(run, "memory.before")


def after(run: Run) -> None:
    rss_now(run, "memory.after")


def many(run: Run) -> None:
    kernels, sockets = (20, 200) if run.quick else (run.kernels, run.websockets)
    files = host.open_files(run.pids) if run.pids else 0
    memory_before = host.rss_mib(run.pids)
    run.put("many.asked", sockets)
    started, opened, refused = [], [], 0
    try:
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            failed = []
            for f in [pool.submit(run.target.start, SPECS["noop"]) for _ in range(kernels)]:
                try:
                    started.append(f.result())
                except (Broken, OSError) as e:
                    failed.append(e)
        if failed:
            run.note(f"many: {len(failed)} of {kernels} kernels did not start: {failed[0]}")
        run.put("many.kernels", len(started))
        run.put("many.start", ms(time.perf_counter() - began) / max(len(started), 1))
        between = host.rss_mib(run.pids) if run.pids else 0
        began = time.perf_counter()
        for i in range(sockets if started else 0):
            try:
                opened.append(started[i % len(started)].connect())
            except (Broken, OSError) as e:
                refused += 1
                if refused > 20:
                    run.note(f"many: no further websocket after {len(opened)}: {e}")
                    break
        run.put("many.open", ms(time.perf_counter() - began) / max(len(opened), 1))
        alive = answering(opened)
        run.put("many.alive", len(alive))
        if run.pids:
            run.put("many.memory", host.rss_mib(run.pids) - memory_before)
            run.put("many.websocket", (host.rss_mib(run.pids) - between) * 1024 / max(len(alive), 1))
        if alive:
            with Draining(alive[1:]):
                trips = alive[0].roundtrips("", 2000, 2.0)
            run.put("many.p50", trips.p50)
            run.put("many.p99", trips.p99)
    finally:
        for line in opened:
            line.close()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda k: k.delete(), started))
    if run.pids:
        deadline = time.monotonic() + 10
        while host.open_files(run.pids) > files and time.monotonic() < deadline:
            time.sleep(0.2)
        run.put("many.left", host.open_files(run.pids) - files)


def answering(opened: list[WebSocket]) -> list[WebSocket]:
    """Those that answer kernel_info; all are asked first, then given time together."""
    asked = []
    for line in opened:
        try:
            asked.append((line, line.send(request("kernel_info_request", {}, line.session))))
        except OSError:
            pass
    deadline, alive = time.monotonic() + 30, []
    for line, mid in asked:
        try:
            while (m := line.receive(max(0.05, deadline - time.monotonic()))) is not None:
                if m["parent_header"].get("msg_id") == mid and m["header"]["msg_type"] == "kernel_info_reply":
                    alive.append(line)
                    break
        except ConnectionError:
            pass
    return alive


# ---------------------------------------------------------------- a client that stops reading

def stalled(run: Run) -> None:
    count = 200
    with run.target.start(SPECS["noop"]) as kernel, run.target.start(SPECS["noop"]) as beside:
        asleep, awake, other = kernel.connect(), kernel.connect(), beside.connect()
        for line in (asleep, awake, other):
            line.info()
        base = host.rss_mib(run.pids) if run.pids else 0
        seen, over = [base], threading.Event()

        def watch():
            while not over.wait(0.05):
                seen.append(host.rss_mib(run.pids))
        watcher = threading.Thread(target=watch)
        if run.pids:
            watcher.start()
        result = {}
        reader = threading.Thread(target=lambda: result.update(
            t=awake.storm(f"blast {count} 1000000", '"display_data"', quiet=8)))
        reader.start()
        trips = other.roundtrips("", 4000, 2.0)
        reader.join()
        time.sleep(0.5)
        over.set()
        run.put("stalled.other", result["t"].messages)
        run.put("stalled.p50", trips.p50)
        run.put("stalled.p99", trips.p99)
        for line in (asleep, awake, other):
            line.close()
        if run.pids:
            watcher.join()
            time.sleep(1)
            run.put("stalled.growth", max(seen) - base)
            run.put("stalled.kept", host.rss_mib(run.pids) - base)


# ---------------------------------------------------------------- conduct

def conduct(run: Run) -> None:
    """What a gateway does when things go wrong. The probes mostly wait, so they run side by side."""
    probes = [(death, "noop"), (death, "ipykernel"), (reconnect, "alone"), (reconnect, "second"), (reconnect, "reload"), (deletion,)]

    def attempt(probe, *what) -> None:
        try:
            probe(run, *what)
        except (Broken, OSError, KeyError, TypeError) as e:
            run.note(f"{' '.join((probe.__name__, *what))}: {e}")
    with ThreadPoolExecutor(len(probes)) as pool:
        list(pool.map(lambda p: attempt(*p), probes))
    attempt(without_websocket)
    attempt(environments)


DIE = {"noop": "die_at {at}",
       "ipykernel": "import os, time\ntime.sleep(max(0, {at} / 1e9 - time.monotonic()))\nos.kill(os.getpid(), 9)"}


def death(run: Run, kind: str) -> None:
    """The kernel kills itself at a set instant, so that the clock starts when it dies and nowhere else."""
    took, replies = [], []
    for again in range(1 if run.quick else 3):
        with run.target.start(SPECS[kind]) as kernel:
            line = kernel.connect()
            line.execute(NOTHING[kind])
            at = time.monotonic_ns() + 1_000_000_000 + again * 700_000_000  # not always in step with somebody's polling
            mid = line.send(execute_request(DIE[kind].format(at=at), line.session))
            told, replied = None, False
            try:
                for m in line.messages(9):
                    if m["header"]["msg_type"] == "status" and m["content"]["execution_state"] in ("restarting", "dead"):
                        told = told or time.monotonic_ns()
                    replied |= m["header"]["msg_type"] == "execute_reply" and m["parent_header"].get("msg_id") == mid
                    if told and (replied or time.monotonic_ns() > told + 1_000_000_000):
                        break
            except ConnectionError as e:
                run.note(f"death of {kind}: the websocket was {e}")
            line.close()
            replies.append(replied)
            if told:
                took.append((told - at) / 1e6)
    if took:
        run.put(f"death.{kind}", statistics.median(took))
    else:
        run.note(f"death of {kind}: nothing was said within 8 s")
    if kind == "ipykernel":
        run.put("death.reply", all(replies))


TEN_LINES = "import time\nfor i in range(10):\n    print('line', i, flush=True)\n    time.sleep(0.15)"


def reconnect(run: Run, case: str) -> None:
    """A cell prints ten lines; after three of them the client is gone for 0.7 s."""
    with run.target.start(SPECS["ipykernel"]) as kernel:
        line = kernel.connect()
        line.execute("pass")
        staying = kernel.connect() if case == "second" else None
        mid = line.send(execute_request(TEN_LINES, line.session))

        def read(socket: WebSocket, seconds: float, until: str) -> tuple[str, bool]:
            text, replied = "", False
            for m in socket.messages(seconds):
                mine = m["parent_header"].get("msg_id") == mid
                if mine and m["header"]["msg_type"] == "stream":
                    text += m["content"]["text"]
                replied |= mine and m["header"]["msg_type"] == "execute_reply"
                if until in text and (replied or until == "line 2"):
                    break
            return text, replied
        text, _ = read(line, 5, "line 2")
        line.drop()
        time.sleep(0.7)
        back = kernel.connect(session=None if case == "reload" else line.session)
        rest, replied = read(back, 3, "line 9")
        run.put(f"reconnect.{case}", sum(f"line {i}" in text + rest for i in range(10)))
        run.put(f"reconnect.{case}.reply", replied)
        back.close()
        if staying:
            staying.close()


def without_websocket(run: Run) -> None:
    began = time.perf_counter()
    with run.target.start(SPECS["ipykernel"]) as kernel:
        until = time.perf_counter() + 4
        while time.perf_counter() < until:
            if kernel.model()["execution_state"] == "idle":
                run.put("rest.idle", ms(time.perf_counter() - began))
                return
            time.sleep(0.01)
    run.note("REST did not say idle within 4 s while no websocket was open")


def deletion(run: Run) -> None:
    kernel = run.target.start(SPECS["noop"])
    line = kernel.connect()
    line.execute("")
    kernel.delete()
    dead = closed = False
    try:
        for m in line.messages(1.5):
            dead |= m["header"]["msg_type"] == "status" and m["content"]["execution_state"] == "dead"
    except ConnectionError:
        closed = True
    run.put("delete.dead", dead)
    run.put("delete.closes", closed)
    line.close()


def environments(run: Run) -> None:
    """Six callers at once, each with a variable of its own; a seventh without: does it see one of theirs?"""
    with ThreadPoolExecutor(6) as pool:
        six = list(pool.map(lambda i: run.target.start(SPECS["ipykernel"], {f"KERNEL_SECRET_{i}": "x"}), range(6)))
    try:
        with run.target.start(SPECS["ipykernel"]) as seventh:
            line = seventh.connect()
            seen = line.execute("import os; print(*(k for k in os.environ if k.startswith('KERNEL_SECRET_')))").split()
            line.close()
        run.put("env.leak", len(seen))
    finally:
        for k in six:
            k.delete()


def defaults(run: Run) -> None:
    """On a server with its default settings: rate limits cut output on some."""
    with run.target.start(SPECS["ipykernel"]) as kernel:
        line = kernel.connect()
        line.execute("pass")
        t = line.storm("for i in range(20000): print('line', i, flush=True)", '"stream"', lines=True, quiet=15)
        line.close()
        run.put("default.prints", min(t.lines, 20000))
        run.put("default.seconds", t.idled - t.asked)


# ---------------------------------------------------------------- all of them

@dataclass(frozen=True)
class Section:
    run: object
    seconds: int  # a peer that takes longer is given up for this section
    fresh: bool = False  # on a server just started, once; the others repeat, in turns between the peers
    direct: bool = False  # makes sense without a gateway, too
    default_settings: bool = False
    planned: bool = True  # false: not to be asked for, belongs to every run


SECTIONS = {
    "memory": Section(memory, 90, fresh=True),
    "many": Section(many, 300, fresh=True),
    "stalled": Section(stalled, 60, fresh=True),
    "conduct": Section(conduct, 150, fresh=True),
    "defaults": Section(defaults, 60, fresh=True, default_settings=True),
    "start": Section(start, 90, direct=True),
    "rtt": Section(rtt, 60, direct=True),
    "listeners": Section(listeners, 60),
    "storms": Section(storms, 120, direct=True),
    "neighbour": Section(neighbour, 90, direct=True),
    "before": Section(before, 60, planned=False),
    "after": Section(after, 60, planned=False),
}
