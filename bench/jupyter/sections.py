"""What is measured, by the names that `run --sections` takes. The figures' names are in `measures.py`."""
from __future__ import annotations

from dataclasses import dataclass

import conduct
import speed
import weight


@dataclass(frozen=True)
class Section:
    run: object
    seconds: int  # a peer that takes longer is given up for this section
    fresh: bool = False  # on a server just started, once; the others repeat, in turns between the peers
    direct: bool = False  # makes sense without a gateway, too
    default_settings: bool = False
    planned: bool = True  # false: not to be asked for, belongs to every run


SECTIONS = {
    "memory": Section(weight.memory, 90, fresh=True),
    "many": Section(weight.many, 300, fresh=True),
    "stalled": Section(weight.stalled, 60, fresh=True),
    "conduct": Section(conduct.conduct, 150, fresh=True),
    "defaults": Section(conduct.defaults, 60, fresh=True, default_settings=True),
    "start": Section(speed.start, 90, direct=True),
    "rtt": Section(speed.rtt, 60, direct=True),
    "listeners": Section(speed.listeners, 60),
    "storms": Section(speed.storms, 120, direct=True),
    "neighbour": Section(speed.neighbour, 90, direct=True),
    "before": Section(weight.before, 60, planned=False),
    "after": Section(weight.after, 60, planned=False),
}
