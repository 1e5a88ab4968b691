"""How heavy: memory and open files, many kernels and websockets, a client that stops reading."""
from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import host
from one_run import SPECS, Run, ms
from wire import Broken, Draining, WebSocket, request

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
    if run.pids and not run.quick:
        time.sleep(35)
        run.put("memory.later", host.rss_mib(run.pids))


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
