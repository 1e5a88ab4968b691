#!/usr/bin/env python3
"""One picture of a run: who is how fast, on logarithmic axes, with the goals and the limit.

    plot.py RESULTS.json      draws it again beside the JSON
"""
from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

INK, SOFT, FAINT, PAPER = "#1c2530", "#66717e", "#e4e8ec", "#ffffff"
GOAL, LIMIT = "#b4532a", "#1c2530"
COLOURS = {"sluice": "#0b7a75", "given": "#0b7a75", "js-nodelay": "#3f6fb0", "js": "#8d9aa8", "kg": "#a5b0bb", "eg": "#bcc5cd"}
NAMES = {"sluice": "Sluice", "js-nodelay": "jupyter_server\n+ TCP_NODELAY", "js": "jupyter_server", "kg": "kernel_gateway",
         "eg": "enterprise_gateway"}


@dataclass(frozen=True)
class Panel:
    title: str
    unit: str
    main: str
    tail: str | None = None  # a p99 or a worst case, drawn hollow behind the median
    higher: bool = False
    goal: float | None = None
    limit: str | None = "zmq-ipc"


PANELS = [
    Panel("Execute, no-op kernel", "ms, p50 and p99", "rtt.noop.v1.p50", "rtt.noop.v1.p99", goal=0.7),
    Panel("Execute, ipykernel", "ms, p50 and p99", "rtt.ipykernel.v1.p50", "rtt.ipykernel.v1.p99"),
    Panel("A neighbour's execute while 10 MB outputs pass", "ms, p50 and p99", "neighbour.10MB.p50", "neighbour.10MB.p99", goal=5),
    Panel("Small messages", "a second, 100 B each", "storm.small.v1.rate", higher=True, goal=50_000),
    Panel("CPU per small message", "µs, all server processes", "storm.small.v1.cpu", goal=15),
    Panel("Binary outputs of 10 MB", "MB/s", "storm.10MB.v1.rate", higher=True, goal=1000),
    Panel("Start of a kernel, until its first execute is done", "ms, ipykernel, p50 and worst", "start.ipykernel.done", "start.ipykernel.done.max"),
    Panel("Kernel killed, until the client is told", "ms, ipykernel", "death.ipykernel", goal=300, limit=None),
    Panel("Memory per idle websocket", "KiB", "memory.websocket", goal=40, limit=None),
]


LABELS = 112  # points to the left of the axes, where the peers' names stand


def short(v: float) -> str:
    if v >= 1e6:
        return f"{v / 1e6:.3g} M"
    if v >= 1000:
        return f"{v / 1e3:.{0 if v >= 9950 or v % 1000 == 0 else 1}f} k"
    return f"{v:.0f}" if v >= 100 else f"{v:.2g}" if v < 1 else f"{v:.3g}"


def draw_panel(ax, panel: Panel, results, peers: list[str]) -> None:
    rows = list(enumerate(reversed(peers)))
    values = {p: (results.value(p, panel.main), results.value(p, panel.tail) if panel.tail else None) for p in peers}
    limit = results.value(panel.limit, panel.main) if panel.limit in results.peers else None
    shown = [v for pair in values.values() for v in pair if v] + [v for v in (limit, panel.goal) if v]
    ax.set_xscale("log")
    low, high = min(shown) / 1.7, max(shown) * 3.2
    ax.set_xlim(low, high)
    ax.set_ylim(-0.55, len(rows) + 0.15)  # room above the rows for the names of the two lines
    for spine in ("top", "right", "left"):
        ax.spines[spine].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)
    ax.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if high / low < 120 else (1,), numticks=9))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: short(v)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="x", colors=SOFT, labelsize=8, length=0, pad=4)
    ax.tick_params(axis="y", length=0, pad=6)
    ax.grid(axis="x", color=FAINT, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_yticks([y for y, _ in rows])
    ax.set_yticklabels([NAMES.get(p, p) for _, p in rows], fontsize=8.5, linespacing=1.3)
    for (_, p), label in zip(rows, ax.get_yticklabels()):
        label.set_color(INK if p in ("sluice", "given", "js-nodelay") else SOFT)
        label.set_fontweight("bold" if p in ("sluice", "given") else "normal")

    lines = ((panel.goal, GOAL, "goal", (0, (3, 2)), 1 if limit else 0), (limit, LIMIT, "ZeroMQ itself", "solid", 0))
    for value, colour, text, style, row in lines:
        if value:
            leftward = math.log(value / low) > 0.72 * math.log(high / low)
            ax.axvline(value, color=colour, linewidth=1.1, linestyle=style, zorder=1.5)
            ax.annotate(f"{text} {short(value)}", (value, 1), xycoords=("data", "axes fraction"),
                        xytext=(-3 if leftward else 3, -2 - 9.5 * row), textcoords="offset points", fontsize=7.5, color=colour,
                        va="top", ha="right" if leftward else "left", zorder=6,
                        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.9})
    for y, p in rows:
        main, tail = values[p]
        colour = COLOURS.get(p, SOFT)
        if main is None or main <= 0:
            ax.annotate("not measured" if main is None else "0", (0.01, y), xycoords=("axes fraction", "data"), fontsize=7.5,
                        color=SOFT, va="center", style="italic")
            continue
        ax.plot([low, main], [y, y], color=colour, linewidth=2.4, alpha=0.32, solid_capstyle="butt", zorder=2)
        ax.plot([main], [y], "o", color=colour, markersize=8.5, zorder=4)
        text, at = short(main) + (" (lost messages)" if results.lossy(p, panel.main) else ""), main
        if tail:
            ax.plot([main, tail], [y, y], color=colour, linewidth=1.2, zorder=2.5)
            ax.plot([tail], [y], "o", markerfacecolor=PAPER, markeredgecolor=colour, markersize=6, markeredgewidth=1.4, zorder=3.5)
            text, at = f"{text} / {short(tail)}", max(main, tail)
        ax.annotate(text, (at, y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8.5, zorder=5,
                    color=INK, fontweight="bold" if p in ("sluice", "given") else "normal",
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85})
    better = "more is better" if panel.higher else "less is better"
    for text, up, style in ((panel.title, 20, {"fontsize": 11, "fontweight": "bold", "color": INK}),
                            (f"{panel.unit} · {better}", 7, {"fontsize": 8.5, "color": SOFT})):
        ax.annotate(text, (0, 1), xycoords="axes fraction", xytext=(-LABELS, up), textcoords="offset points", **style)


def draw(results, stem: Path) -> None:
    peers = [n for n, p in results.peers.items() if not n.startswith("zmq") and p["figures"]]
    panels = [p for p in PANELS if any(results.value(n, p.main) is not None for n in peers)]
    if not peers or not panels:
        return
    plt.rcParams.update({"font.family": "DejaVu Sans", "svg.fonttype": "path", "svg.hashsalt": "sluice", "figure.facecolor": PAPER})
    across = min(3, len(panels))
    down = -(-len(panels) // across)
    fig, axes = plt.subplots(down, across, figsize=(5.0 * across, (0.42 * len(peers) + 1.4) * down + 0.6), squeeze=False)
    for ax in axes.flat[len(panels):]:
        ax.set_visible(False)
    for ax, panel in zip(axes.flat, panels):
        draw_panel(ax, panel, results, peers)
    m, about = results.about["machine"], results.about
    height = fig.get_size_inches()[1]
    fig.text(0.18 / (5.0 * across), 1 - 0.28 / height, "Jupyter gateways, measured side by side", fontsize=16, fontweight="bold", color=INK, va="center")
    fig.text(0.18 / (5.0 * across), 1 - 0.56 / height, f"{m['cpu']}, {m['cores']} cores, {m['memory_gib']:.0f} GiB · {about['when'][:10]} · "
             + (f"medians of {about['rounds']} rounds in one run" if about["rounds"] > 1 else "a quick run, one round")
             + " · one client · logarithmic axes", fontsize=9, color=SOFT, va="center")
    wide, tall = 5.0, (height - 0.6) / down  # inches; placed by hand, so that everything lines up
    for i, ax in enumerate(axes.flat):
        x, y = i % across * wide + 0.06 * across + LABELS / 72, height - 0.6 - (i // across + 1) * tall + 0.36
        ax.set_position([x / (wide * across), y / height, (wide - LABELS / 72 - 0.55) / (wide * across), (tall - 0.98) / height])
    for kind in ("png", "svg"):
        fig.savefig(f"{stem}.{kind}", dpi=150, metadata={"Date": None} if kind == "svg" else None)
    plt.close(fig)


if __name__ == "__main__":
    os.environ.setdefault("SLUICE_BENCH_CACHE", "")
    from report import Results
    path = Path(sys.argv[1])
    draw(Results.load(path), path.with_suffix(""))
