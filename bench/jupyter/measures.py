"""Every figure that is measured: its name, its unit, and what Sluice has to reach."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    title: str
    unit: str
    higher_is_better: bool = False
    goal: float | None = None
    digits: int = 2


@dataclass(frozen=True)
class Group:
    title: str
    measures: dict[str, Measure]


def low(title, unit, goal=None, digits=2):
    return Measure(title, unit, False, goal, digits)


def high(title, unit, goal=None, digits=0):
    return Measure(title, unit, True, goal, digits)


GROUPS = [
    Group("Execute, until reply and idle are there", {
        "rtt.noop.v1.p50": low("no-op kernel, v1, p50", "ms", 0.7, 3),
        "rtt.noop.v1.p99": low("no-op kernel, v1, p99", "ms", 2.0, 3),
        "rtt.noop.legacy.p50": low("no-op kernel, legacy framing, p50", "ms", None, 3),
        "rtt.noop.legacy.p99": low("no-op kernel, legacy framing, p99", "ms", None, 3),
        "rtt.noop.v1.cpu": low("server CPU per execute, no-op kernel", "µs", None, 0),
        "rtt.ipykernel.v1.p50": low("ipykernel, v1, p50", "ms", None, 3),
        "rtt.ipykernel.v1.p99": low("ipykernel, v1, p99", "ms", None, 3),
        "rtt.ipykernel.legacy.p50": low("ipykernel, legacy framing, p50", "ms", None, 3),
        "rtt.ipykernel.legacy.p99": low("ipykernel, legacy framing, p99", "ms", None, 3),
        "rtt.ipykernel.over": low("ipykernel, p50 over ZeroMQ direct (ipc)", "%", 10, 1),
        "rtt.ipykernel.client.p50": low("ipykernel through jupyter_client itself, p50", "ms", None, 3),
        "rtt.noop.client.p50": low("no-op kernel through jupyter_client itself, p50", "ms", None, 3),
    }),
    Group("Starting and stopping (p50; worst)", {
        "start.noop.post": low("no-op kernel: POST → 201", "ms", None, 1),
        "start.noop.info": low("no-op kernel: POST → kernel_info_reply", "ms", None, 1),
        "start.noop.share": low("no-op kernel: of that, above ZeroMQ direct (ipc)", "ms", 30, 1),
        "start.noop.done": low("no-op kernel: POST → first execute done", "ms", None, 1),
        "start.noop.done.max": low("no-op kernel: the same, worst", "ms", None, 1),
        "start.ipykernel.post": low("ipykernel: POST → 201", "ms", None, 1),
        "start.ipykernel.info": low("ipykernel: POST → kernel_info_reply", "ms", None, 1),
        "start.ipykernel.done": low("ipykernel: POST → first execute done", "ms", None, 1),
        "start.ipykernel.done.max": low("ipykernel: the same, worst", "ms", None, 1),
        "start.burst": low("8 ipykernels at once, all have executed", "ms", None, 0),
        "restart.ipykernel": low("ipykernel: restart → first execute done", "ms", None, 1),
        "restart.noop": low("no-op kernel: restart → first execute done", "ms", None, 1),
        "restart.ipykernel.hung": low("ipykernel: restarts after which nothing answered for 15 s", "", 0, 0),
        "delete.ipykernel": low("ipykernel: DELETE → 204", "ms", None, 1),
        "delete.noop": low("no-op kernel: DELETE → 204", "ms", None, 1),
    }),
    Group("Storms from the no-op kernel", {
        "storm.small.v1.rate": high("100 B display_data, v1", "msg/s", 50_000),
        "storm.small.v1.cpu": low("100 B display_data, v1: server CPU", "µs/msg", 15, 1),
        "storm.small.legacy.rate": high("100 B display_data, legacy", "msg/s"),
        "storm.small.legacy.cpu": low("100 B display_data, legacy: server CPU", "µs/msg", None, 1),
        "storm.small.ratio": low("v1 rate / legacy rate", "", 1.5, 2),
        "storm.stream.v1.rate": high("100 B stream lines, v1", "lines/s"),
        "storm.2kB.v1.rate": high("2 kB display_data, v1", "msg/s"),
        "storm.2kB.v1.cpu": low("2 kB display_data, v1: server CPU", "µs/msg", None, 1),
        "storm.1MB.v1.rate": high("1 MB text, v1", "MB/s"),
        "storm.1MB.v1.percore": high("1 MB text, v1", "MB/CPU·s"),
        "storm.1MB.legacy.rate": high("1 MB text, legacy", "MB/s"),
        "storm.10MB.v1.rate": high("10 MB binary buffers, v1", "MB/s", 1000),
        "storm.10MB.v1.percore": high("10 MB binary buffers, v1", "MB/CPU·s", 1000),
        "storm.10MB.legacy.rate": high("10 MB binary buffers, legacy", "MB/s"),
        "storm.lost": low("messages lost in all of these", "msg", 0, 0),
    }),
    Group("A neighbour's execute while another kernel blasts (no-op kernels)", {
        "neighbour.100B.p50": low("100 B messages, p50", "ms", None, 2),
        "neighbour.100B.p99": low("100 B messages, p99", "ms", None, 2),
        "neighbour.1MB.p50": low("1 MB messages, p50", "ms", None, 2),
        "neighbour.1MB.p99": low("1 MB messages, p99", "ms", None, 2),
        "neighbour.10MB.p50": low("10 MB buffers, p50", "ms", None, 2),
        "neighbour.10MB.p99": low("10 MB buffers, p99", "ms", 5, 2),
    }),
    Group("Several clients on one kernel", {
        "attach.open": low("a further websocket: opened", "ms", None, 2),
        "attach.usable": low("a further websocket: kernel_info_reply", "ms", 5, 2),
        "listeners.20.p50": low("execute with 20 idle listeners, p50", "ms", None, 2),
        "listeners.20.p99": low("execute with 20 idle listeners, p99", "ms", None, 2),
        "listeners.100.p50": low("execute with 100 idle listeners, p50", "ms", None, 2),
        "listeners.100.p99": low("execute with 100 idle listeners, p99", "ms", None, 2),
    }),
    Group("Memory of the server (kernels not counted)", {
        "memory.ready": low("time until it answers", "ms", 5000, 0),
        "memory.start": low("just started", "MiB", None, 1),
        "memory.start.gc": low("just started, after a forced collection", "MiB", None, 1),
        "memory.start.live": low("just started: live on the JVMs' heaps", "MiB", None, 1),
        "memory.kernel": low("each idle kernel", "KiB", None, 0),
        "memory.kernel.gc": low("each idle kernel, after a forced collection", "KiB", None, 0),
        "memory.kernel.live": low("each idle kernel: live on the JVMs' heaps", "KiB", None, 0),
        "memory.websocket": low("each idle websocket", "KiB", 40, 0),
        "memory.websocket.gc": low("each idle websocket, after a forced collection", "KiB", None, 0),
        "memory.websocket.live": low("each idle websocket: live on the JVMs' heaps", "KiB", None, 1),
        "memory.files": low("open files per kernel with one websocket", "", None, 1),
        "memory.before": low("before the storms", "MiB", None, 1),
        "memory.before.gc": low("before the storms and after a forced collection", "MiB", None, 1),
        "memory.after": low("after the storms", "MiB", None, 1),
        "memory.after.gc": low("after the storms and a forced collection", "MiB", None, 1),
        "memory.later": low("35 s after the storms", "MiB", None, 1),
        "memory.before.live": low("before the storms: live on the JVMs' heaps", "MiB", None, 1),
        "memory.after.live": low("after the storms: live on the JVMs' heaps", "MiB", None, 1),
    }),
    Group("Many", {
        "many.kernels": high("kernels", ""),
        "many.asked": high("websockets asked for", ""),
        "many.alive": high("websockets that answer", ""),
        "many.start": low("each kernel's start, 8 at a time", "ms", None, 1),
        "many.open": low("each websocket's opening", "ms", None, 2),
        "many.memory": low("memory gained, all open", "MiB", None, 0),
        "many.websocket": low("each websocket that answers", "KiB", 40, 1),
        "many.p50": low("execute meanwhile, p50", "ms", None, 2),
        "many.p99": low("execute meanwhile, p99", "ms", None, 2),
        "many.left": low("open files left when all are gone", "", None, 0),
    }),
    Group("A client that stops reading, while 200 MB pass", {
        "stalled.growth": low("memory, most", "MiB", None, 0),
        "stalled.kept": low("memory, when it has gone", "MiB", None, 0),
        "stalled.other": high("messages the kernel's other client got, of 200", "msg"),
        "stalled.p50": low("a neighbour's execute meanwhile, p50", "ms", None, 2),
        "stalled.p99": low("a neighbour's execute meanwhile, p99", "ms", None, 2),
    }),
    Group("Conduct", {
        "death.noop": low("kill -9 → restarting, no-op kernel", "ms", 300, 1),
        "death.ipykernel": low("kill -9 → restarting, ipykernel", "ms", 300, 1),
        "death.reply": high("the dead kernel's pending execute got a reply", "yes/no", 1),
        "reconnect.alone": high("back with the same session: lines of 10", "lines", 10),
        "reconnect.alone.reply": high("… and the reply", "yes/no", 1),
        "reconnect.second": high("the same, a second client staying: lines of 10", "lines", 10),
        "reconnect.second.reply": high("… and the reply", "yes/no", 1),
        "reconnect.reload": high("back with a new session: lines of 10", "lines", 10),
        "reconnect.reload.reply": high("… and the reply", "yes/no", 1),
        "default.prints": high("of 20 000 flushed prints, default settings", "lines", 20_000),
        "rest.idle": low("REST says idle without any websocket", "ms", None, 0),
        "delete.dead": high("DELETE tells an open websocket: dead", "yes/no", 1),
        "delete.closes": high("DELETE closes an open websocket", "yes/no", 1),
        "env.leak": low("environments that reached another caller's kernel", "", 0, 0),
    }),
]

MEASURES = {key: m for g in GROUPS for key, m in g.measures.items()}
