"""What every section of the measuring is given: the target, how much to do, and where figures go."""
from __future__ import annotations

import json
from dataclasses import dataclass

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
