"""How fast: round trips, starts, storms, and what neighbours and listeners do to them."""
from __future__ import annotations

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import host
from one_run import NOTHING, SPECS, Run, ms
from wire import Broken, Draining, WebSocket, percentile

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
        for attempt in range(5):
            line = kernel.connect()
            try:
                line.info()
                line.execute("pass")
                return kernel, time.perf_counter() - began
            except ConnectionError:  # some gateways close a websocket that comes early; clients come again
                if attempt == 0:
                    run.note("burst: a websocket was closed while its kernel started, and opened again")
            finally:
                line.close()
        raise Broken("burst: every websocket to a kernel was closed again")
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
