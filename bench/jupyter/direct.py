"""No gateway at all: a kernel's ZeroMQ sockets, spoken to directly. The limit for every gateway.

Offers what `wire` offers (start, connect, roundtrips, storm), so that the same sections measure it.
"""
from __future__ import annotations

import ctypes
import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import zmq
from jupyter_client import BlockingKernelClient

from wire import LOOPS, PARTS, Broken, Tally, Trips, execute_request, request, run_roundtrips

DELIMITER = b"<IDS|MSG>"


def use_pyzmqs_own_libzmq() -> None:
    beside = Path(zmq.__file__).parent.parent
    found = [*beside.glob("pyzmq.libs/libzmq*.so*"), *Path(zmq.__file__).parent.glob("libzmq*.so*")]
    if not found or not LOOPS.zmq_use(str(found[0]).encode()):
        raise Broken("pyzmq's own libzmq was not found beside it: install pyzmq from a wheel")


class DirectLine:
    """DEALER and SUB to one kernel, driven by the loops in C."""

    def __init__(self, kernel: "DirectKernel"):
        connection = kernel.connection
        self.key, self.session = connection["key"].encode(), uuid.uuid4().hex
        self.context = zmq.Context()

        def connect(kind: int, channel: str) -> zmq.Socket:
            s = self.context.socket(kind)
            s.linger = s.sndhwm = s.rcvhwm = 0
            s.reconnect_ivl = 2  # a kernel that is starting is looked for every 2 ms, not every 100
            between = ":" if connection["transport"] == "tcp" else "-"
            s.connect(f"{connection['transport']}://{connection['ip']}{between}{connection[channel + '_port']}")
            return s

        self.shell, self.iopub = connect(zmq.DEALER, "shell"), connect(zmq.SUB, "iopub")
        self.iopub.subscribe(b"")

    def frames(self, message: dict) -> list[bytes]:
        parts = [json.dumps(message[p]).encode() for p in PARTS]
        return [DELIMITER, hmac.new(self.key, b"".join(parts), hashlib.sha256).hexdigest().encode(), *parts]

    def info(self, timeout: float = 60) -> None:
        """Asks until the subscription carries, too: the first answer may be sooner than it."""
        deadline, heard = time.monotonic() + timeout, False
        while not heard:
            self.shell.send_multipart(self.frames(request("kernel_info_request", {}, self.session)))
            if not self.shell.poll((deadline - time.monotonic()) * 1000):
                raise Broken("the kernel did not answer")
            self.shell.recv_multipart()
            while self.iopub.poll(0 if heard else 10):
                heard = bool(self.iopub.recv_multipart())

    def execute(self, code: str, timeout: float = 60) -> str:
        if not self.storm(code, "<none>", quiet=timeout).complete:
            raise Broken(f"{code[:40]!r} did not end within {timeout:.0f} s")
        return ""

    def roundtrips(self, code: str, count: int, budget: float) -> Trips:
        lengths: list[int] = []

        def make():
            m = execute_request(code, self.session, silent=True)
            frames = self.frames(m)
            lengths.extend(map(len, frames))
            return m["header"]["msg_id"], b"".join(frames)

        def call(blob, ends, *rest):
            frames = (ctypes.c_uint32 * len(lengths))(*lengths)
            return LOOPS.zmq_roundtrips(self.shell.underlying, self.iopub.underlying, blob, ends, frames, 6, *rest)
        return run_roundtrips(call, make, count, budget)

    def storm(self, code: str, marker: str, lines: bool = False, quiet: float = 20) -> Tally:
        m, t = execute_request(code, self.session), Tally()
        frames = self.frames(m)
        LOOPS.zmq_storm(self.shell.underlying, self.iopub.underlying, b"".join(frames),
                        (ctypes.c_uint32 * 6)(*map(len, frames)), 6, m["header"]["msg_id"].encode(), marker.encode(), lines,
                        quiet, ctypes.byref(t))
        return t

    def close(self) -> None:
        self.context.destroy(linger=0)


class DirectKernel:
    def __init__(self, argv: list[str], transport: str):
        self.home = tempfile.mkdtemp(prefix="sluice-bench-")
        ports = range(1, 6) if transport == "ipc" else free_ports(5)
        self.connection = {
            "transport": transport, "ip": f"{self.home}/k" if transport == "ipc" else "127.0.0.1", "key": uuid.uuid4().hex,
            "signature_scheme": "hmac-sha256", "kernel_name": "bench",
            **{f"{c}_port": p for c, p in zip(("shell", "iopub", "stdin", "control", "hb"), ports)},
        }
        self.file = f"{self.home}/connection.json"
        Path(self.file).write_text(json.dumps(self.connection))
        began = time.perf_counter()
        self.process = subprocess.Popen([a.replace("{connection_file}", self.file) for a in argv], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.took = time.perf_counter() - began

    def connect(self, v1: bool = True) -> DirectLine:
        return DirectLine(self)

    def delete(self) -> float:
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
        return 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.delete()


class Direct:
    """In the place of a gateway."""

    direct = True
    pids: list[int] = []

    def __init__(self, transport: str, prefix: str):
        use_pyzmqs_own_libzmq()
        self.transport, self.prefix = transport, Path(prefix)

    def start(self, spec: str) -> DirectKernel:
        file = self.prefix / "share/jupyter/kernels" / spec / "kernel.json"
        return DirectKernel(json.loads(file.read_text())["argv"], self.transport)

    def python_client_roundtrips(self, spec: str, code: str, count: int, budget: float) -> Trips:
        """The same through jupyter_client's blocking client: what a Python program gets without any gateway."""
        with self.start(spec) as kernel:
            client = BlockingKernelClient()
            client.load_connection_file(kernel.file)
            client.start_channels(stdin=False, hb=False)
            client.wait_for_ready(timeout=30)
            replied, idled, began = [], [], time.monotonic()
            while len(replied) < count and (time.monotonic() < began + budget or len(replied) < 20):
                t0 = time.monotonic()
                mid = client.execute(code, silent=True)
                while client.get_shell_msg(timeout=10)["parent_header"].get("msg_id") != mid:
                    pass
                replied.append(time.monotonic() - t0)
                while True:
                    m = client.get_iopub_msg(timeout=10)
                    if m["parent_header"].get("msg_id") == mid and m["content"].get("execution_state") == "idle":
                        break
                idled.append(time.monotonic() - t0)
            client.stop_channels()
            return Trips(replied, idled, time.monotonic() - began)


def free_ports(n: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports
