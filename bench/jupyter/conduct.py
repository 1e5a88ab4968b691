"""How it behaves: deaths, reconnects, deletions, other people's environments, default settings."""
from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from one_run import NOTHING, SPECS, Run, ms
from wire import Broken, WebSocket, execute_request

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
