#!/usr/bin/env python3
"""Plans the run: which peers, which sections, how often; then the table, the JSON and the plot.

Each section of each peer runs in a process of its own with a time limit, so that whatever hangs or dies
costs one cell of the table. Sections marked `fresh` get a server just started; for the others all servers
stay up and take turns, so that a slow minute of the machine hits everyone.
"""
from __future__ import annotations

import argparse
import datetime
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import host
import tools


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="bench/jupyter/run", description="Measures Sluice and its peers side by side.")
    p.add_argument("--only", metavar="PEERS", help="comma-separated: sluice, js-nodelay, js, kg, eg, zmq-ipc, zmq-tcp")
    p.add_argument("--sections", metavar="NAMES",
                   help="comma-separated: memory, many, stalled, conduct, defaults, start, rtt, listeners, storms, neighbour")
    p.add_argument("--quick", action="store_true", help="one round with less of everything (under 5 minutes)")
    p.add_argument("--repeat", type=int, help="rounds, of which medians are taken (default 5; quick: 1)")
    p.add_argument("--kernels", type=int, help="kernels in `many` (default 100)")
    p.add_argument("--websockets", type=int, help="websockets in `many` (default 1000)")
    p.add_argument("--large", action="store_true", help="`many` with 500 kernels and 5000 websockets")
    p.add_argument("--install-kernels", type=Path, metavar="DIR", help="only write the two kernelspecs there, for --url")
    p.add_argument("--noop", choices=("c", "python"), default="c", help="which of the two no-op kernels")
    p.add_argument("--sluice", type=Path, metavar="DIR", help="the checkout of Sluice to start (default: this one)")
    p.add_argument("--url", help="measure this gateway, which already runs, beside the peers (see --token, --pids, --name)")
    p.add_argument("--token", default="", help="its token")
    p.add_argument("--pids", default="", help="its server processes, comma-separated, for CPU and memory")
    p.add_argument("--name", default="given", help="what to call it")
    p.add_argument("--out", type=Path, help="where results go (default bench/results)")
    p.add_argument("--no-save", action="store_true", help="only the table")
    p.add_argument("--worker", help=argparse.SUPPRESS)
    return p.parse_args()


# ---------------------------------------------------------------- the worker: one section, one peer

def work(job: dict) -> None:
    from direct import Direct
    from one_run import Run
    from sections import SECTIONS
    from wire import Gateway
    target = Direct(job["direct"], job["prefix"]) if job.get("direct") else Gateway(job["url"], job["token"], job["pids"])
    run = Run(target, job["quick"], job["kernels"], job["websockets"])
    try:
        SECTIONS[job["section"]].run(run)
    except Exception as e:  # what was measured until then still counts
        run.note(f"{job['section']}: {type(e).__name__}: {e}")


# ---------------------------------------------------------------- the plan

NOT_QUICK = {"many", "defaults", "kg", "zmq-tcp"}  # sections and peers that --quick leaves out unless they are named


class Bench:
    def __init__(self, a: argparse.Namespace):
        from peers import PEERS, Given  # here and not above: these load what `compile_all` has just made
        from sections import SECTIONS
        self.a, self.sections = a, SECTIONS
        self.repeat = a.repeat or (1 if a.quick else 5)
        self.kernels, self.websockets = a.kernels or (500 if a.large else 100), a.websockets or (5000 if a.large else 1000)
        usual = [n for n, s in SECTIONS.items() if s.planned and not (a.quick and n in NOT_QUICK)]
        self.chosen = a.sections.split(",") if a.sections else usual
        peers = [Given(a.name, a.url, a.token, [int(p) for p in a.pids.split(",") if p])] if a.url else []
        peers += [p for p in PEERS if not (a.url and p.name == "sluice")]
        for peer in peers:
            if a.sluice and peer.name == "sluice":
                peer.root = a.sluice.resolve()
        wanted = a.only.split(",") if a.only else [p.name for p in peers if not a.quick or p.name not in NOT_QUICK]
        unknown = (set(wanted) - {p.name for p in peers}) | (set(self.chosen) - set(SECTIONS))
        if unknown:
            sys.exit(f"bench: {', '.join(sorted(unknown))}: no such peer or section (see --help)")
        self.peers = [p for p in peers if p.name in wanted]
        self.runs: dict[str, list[dict]] = {p.name: [] for p in self.peers}
        self.notes: dict[str, list[str]] = {p.name: [] for p in self.peers}
        self.up: dict[str, object] = {}
        self.mark = f"sluice-bench-{uuid.uuid4().hex[:12]}"
        self.workdir = Path(tempfile.mkdtemp(prefix=f"{self.mark}-"))
        self.prefix = self.workdir / "prefix"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "KERNEL_", "KG_", "EG_"))} | {
            "JUPYTER_PATH": str(self.prefix / "share/jupyter"), "JUPYTER_DATA_DIR": str(self.workdir / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.workdir / "runtime"), "JUPYTER_CONFIG_DIR": str(self.workdir / "config"),
            "IPYTHONDIR": str(self.workdir / "ipython"), "SLUICE_BENCH_MARK": self.mark,
            "EG_UNAUTHORIZED_USERS": "nobody", "EG_PROHIBITED_UIDS": "",  # it refuses to start kernels for root otherwise
        }

    def __enter__(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the same for the client and every server
        tools.install_kernelspecs(self.prefix, self.a.noop)
        for peer in list(self.peers):
            try:
                peer.prepare()
            except (tools.Missing, subprocess.CalledProcessError) as e:
                self.leave_out(peer, str(e))
        return self

    def __exit__(self, *_):
        from peers import kill_left_behind, stop
        for started in self.up.values():
            stop(started)
        kill_left_behind(self.mark)
        for run in self.workdir.glob("*/data/run"):  # where Sluice keeps its sockets, outside of its data
            shutil.rmtree(run.resolve(), ignore_errors=True)
        shutil.rmtree(self.workdir, ignore_errors=True)

    def leave_out(self, peer, why: str) -> None:
        say(f"{peer.name} is left out: {why}")
        self.notes[peer.name].append(why)
        self.peers.remove(peer)

    def start(self, peer, default_settings: bool = False):
        home = self.workdir / peer.name
        home.mkdir(exist_ok=True)
        return peer.start(home, self.env, default_settings)

    def measure(self, peer, started, section: str, note: bool = True) -> dict[str, float]:
        """One section in a process of its own."""
        from peers import kill_group
        seconds = self.sections[section].seconds
        job = {"section": section, "quick": self.a.quick, "kernels": self.kernels, "websockets": self.websockets}
        job |= {"direct": peer.direct, "prefix": str(self.prefix)} if peer.direct else {
            "url": started.url, "token": started.token, "pids": started.pids}
        process = subprocess.Popen([sys.executable, __file__, "--worker", json.dumps(job)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.env | {"TMPDIR": str(self.workdir)},
                                   start_new_session=True)
        limit, trouble = seconds * (4 if self.a.large else 1), None
        try:
            out, err = process.communicate(timeout=limit)
            if process.returncode:
                trouble = f"{section}: the client failed: {(err.splitlines() or ['?'])[-1]}"
        except subprocess.TimeoutExpired:
            trouble = f"{section}: given up after {limit} s"
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
        finally:
            kill_group(process)
        told = [json.loads(line) for line in out.splitlines()]
        if note:
            for text in [t["note"] for t in told if "note" in t] + ([trouble] if trouble else []):
                if text not in self.notes[peer.name]:
                    self.notes[peer.name].append(text)
        return {t["figure"]: t["value"] for t in told if "figure" in t}

    def once(self) -> None:
        """The sections that need a server just started."""
        names = [n for n in self.chosen if self.sections[n].fresh]
        for peer in [p for p in self.peers if not p.direct]:
            for name in names:
                section = self.sections[name]
                say(f"{peer.name}: {name}")
                try:
                    started = self.up[peer.name] = self.start(peer, section.default_settings)
                except (RuntimeError, OSError) as e:
                    self.notes[peer.name].append(str(e))
                    continue
                figures = self.measure(peer, started, name)
                if started.ready_ms is not None and not section.default_settings:
                    figures["memory.ready"] = started.ready_ms
                self.runs[peer.name].append(figures)
                self.shut(peer)

    def shut(self, peer) -> None:
        from peers import stop
        stop(self.up.pop(peer.name))

    def in_turns(self) -> None:
        """The sections whose medians are taken: every peer up, one after the other, round after round."""
        names = [n for n in self.chosen if not self.sections[n].fresh]
        if not names:
            return
        for peer in list(self.peers):
            if peer.direct:
                continue
            try:
                self.up[peer.name] = self.start(peer)
            except (RuntimeError, OSError) as e:
                self.leave_out(peer, str(e))
        servers = [p for p in self.peers if not p.direct]
        warm = [n for n in ("rtt", "storms") if n in names]
        for peer in servers:  # the first round is not counted: a JVM compiles, a Python imports
            for name in warm if not self.a.quick or not peer.environment else []:
                say(f"warming up {peer.name}: {name}")
                self.measure(peer, self.up[peer.name], name, note=False)
            self.runs[peer.name].append(self.measure(peer, self.up[peer.name], "before"))
        for turn in range(self.repeat):
            for name in names:
                order = [p for p in self.peers if self.sections[name].direct or not p.direct]
                first = turn % max(len(order), 1)  # everyone goes first once
                for peer in order[first:] + order[:first]:
                    say(f"round {turn + 1} of {self.repeat}, {name}: {peer.name}")
                    self.runs[peer.name].append(self.measure(peer, self.up.get(peer.name), name))
        for peer in servers:
            self.runs[peer.name].append(self.measure(peer, self.up[peer.name], "after"))
            self.shut(peer)


began = time.monotonic()


def say(text: str) -> None:
    print(f"bench {time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)


def main() -> None:
    a = arguments()
    if a.worker:
        work(json.loads(a.worker))
        return
    tools.compile_all()
    if a.install_kernels:
        tools.install_kernelspecs(a.install_kernels.resolve(), a.noop)
        print(f"export JUPYTER_PATH={a.install_kernels.resolve()}/share/jupyter")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    from report import Results
    machine = host.describe()
    if machine["load"][0] > 0.5:
        say(f"the machine is not quiet (load {machine['load'][0]:.1f}): expect the figures to scatter")
    with Bench(a) as bench:
        bench.once()
        bench.in_turns()
        results = Results.of(bench, machine, time.monotonic() - began)
    results.print_table()
    if not a.no_save:
        out = a.out or tools.HERE.parent / "results"
        out.mkdir(parents=True, exist_ok=True)
        name = f"jupyter-{datetime.date.today()}-{host.host_kind()}{'-quick' if a.quick else ''}"
        results.save(out / f"{name}.json")
        from plot import draw
        draw(results, out / name)
        print(f"\nWritten: {out / name}.json, .png, .svg")


if __name__ == "__main__":
    main()
