"""Medians of what was measured, as a table for people and as JSON for the record."""
from __future__ import annotations

import datetime
import json
import statistics
from dataclasses import dataclass
from pathlib import Path

import host
import tools
from measures import GROUPS, Measure

WORST = {"start.noop.done.max", "start.ipykernel.done.max"}


@dataclass
class Results:
    about: dict
    peers: dict[str, dict]  # name → {title, version, figures {name: {value, low, high, runs}}, notes}

    @classmethod
    def of(cls, bench, machine: dict, seconds: float) -> "Results":
        peers = {}
        known = {p.name: p for p in bench.peers}
        for name, runs in bench.runs.items():
            peer = known.get(name)
            peers[name] = {"title": peer.title if peer else name, "version": peer.version() if peer else "",
                           "figures": medians(runs), "notes": bench.notes[name]}
        client = dict(line.split("==") for line in (tools.HERE / "requirements-client.txt").read_text().split() if "==" in line)
        about = {
            "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "machine": machine,
            "load_at_end": host.describe()["load"], "rounds": bench.repeat, "quick": bench.a.quick, "seconds": round(seconds),
            "noop_kernel": bench.a.noop, "many": [bench.kernels, bench.websockets],
            "client": {k: client[k] for k in ("ipykernel", "jupyter_client", "pyzmq")},
        }
        results = cls(about, peers)
        results.derive()
        return results

    def derive(self) -> None:
        """Figures that compare other figures."""
        limit, bare = (self.value("zmq-ipc", k) if "zmq-ipc" in self.peers else None
                       for k in ("rtt.ipykernel.v1.p50", "start.noop.info"))
        for name, peer in self.peers.items():
            p50, info, v1, legacy = (self.value(name, k) for k in ("rtt.ipykernel.v1.p50", "start.noop.info",
                                                                   "storm.small.v1.rate", "storm.small.legacy.rate"))
            if p50 and limit:
                peer["figures"]["rtt.ipykernel.over"] = {"value": (p50 / limit - 1) * 100}
            if info and bare:
                peer["figures"]["start.noop.share"] = {"value": info - bare}
            if v1 and legacy and not self.lossy(name, "storm.small.v1.rate"):
                peer["figures"]["storm.small.ratio"] = {"value": v1 / legacy}

    def value(self, peer: str, name: str) -> float | None:
        f = self.peers[peer]["figures"].get(name)
        return None if f is None else f["value"]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps({"about": self.about, "peers": self.peers}, indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Results":
        saved = json.loads(path.read_text())
        return cls(saved["about"], saved["peers"])

    def print_table(self) -> None:
        names = [n for n, p in self.peers.items() if p["figures"]]
        if not names:
            print("Nothing was measured.")
        width = max([10, *(len(n) + 1 for n in names)])
        m = self.about["machine"]
        print(f"\n{m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB, Linux {m['kernel']}, load {m['load'][0]:.1f} at the start; "
              f"medians of {self.about['rounds']}; {self.about['seconds']} s")
        for group in GROUPS:
            rows = [(k, x) for k, x in group.measures.items() if any(self.value(n, k) is not None for n in names)]
            if not rows:
                continue
            print(f"\n{group.title:<62}" + "".join(f"{n:>{width}}" for n in names) + f"{'goal':>11}")
            print("─" * (62 + width * len(names) + 11))
            for key, measure in rows:
                cells = "".join(f"{self.cell(n, key, measure):>{width}}" for n in names)
                print(f"{measure.title:<53}{measure.unit:>9}{cells}{goal(measure):>11}{self.verdict(key, measure)}")
        for name, peer in self.peers.items():
            for note in peer["notes"]:
                print(f"\n{name}: {note[:300]}", end="")
        print("\n! in front of a figure: this storm lost messages" if any(
            self.lossy(n, k) for n in names for g in GROUPS for k in g.measures) else "")

    def cell(self, peer: str, key: str, measure: Measure) -> str:
        v = self.value(peer, key)
        if v is None:
            return "·"
        if measure.unit == "yes/no":
            return "yes" if v else "no"
        return ("!" if self.lossy(peer, key) else "") + shown(v, measure.digits)

    def lossy(self, peer: str, key: str) -> bool:
        """Whether the storm behind this figure lost messages: then the figure is worth nothing."""
        return key.startswith("storm.") and key != "storm.lost" and (self.value(peer, key.rpartition(".")[0] + ".lost") or 0) > 0

    def verdict(self, key: str, measure: Measure) -> str:
        v = self.value("sluice", key) if "sluice" in self.peers else None
        if v is None or measure.goal is None:
            return ""
        if self.lossy("sluice", key):
            return "  MISSED"
        return "  reached" if (v >= measure.goal if measure.higher_is_better else v <= measure.goal) else "  MISSED"


def goal(m: Measure) -> str:
    if m.goal is None:
        return ""
    return "yes" if m.unit == "yes/no" else ("≥ " if m.higher_is_better else "≤ ") + shown(m.goal, 0 if m.goal == int(m.goal) else 1)


def shown(v: float, digits: int) -> str:
    return f"{v:,.{digits}f}".replace(",", " ")


def medians(runs: list[dict]) -> dict[str, dict]:
    series: dict[str, list[float]] = {}
    for run in runs:
        for key, value in run.items():
            series.setdefault(key, []).append(value)
    def told(key: str, xs: list[float]) -> float:
        return sum(xs) if key.endswith((".lost", ".hung")) else max(xs) if key in WORST else statistics.median(xs)
    return {key: {"value": told(key, xs), "low": min(xs), "high": max(xs), "runs": xs}
            for key, xs in series.items()}
