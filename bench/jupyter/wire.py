"""Talking to a Jupyter gateway: REST, and kernel websockets in both framings.

The loops that are timed run in `wire.c`; Python opens the sockets, prepares the requests as finished
bytes and reads single messages where nothing is being measured.
"""
from __future__ import annotations

import base64
import ctypes
import http.client
import json
import os
import socket
import statistics
import struct
import threading
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

V1 = "v1.kernel.websocket.jupyter.org"
PARTS = ("header", "parent_header", "metadata", "content")


class Message(ctypes.Structure):
    _fields_ = [("p", ctypes.c_void_p), ("kept", ctypes.c_size_t), ("len", ctypes.c_size_t), ("opcode", ctypes.c_int)]


class Tally(ctypes.Structure):
    """What a storm came to. Times are of CLOCK_MONOTONIC, in seconds."""
    _fields_ = [(n, ctypes.c_uint64) for n in ("messages", "lines", "bytes")] + \
               [(n, ctypes.c_double) for n in ("asked", "first", "last", "replied", "idled")] + [("ended", ctypes.c_int)]

    @property
    def seconds(self) -> float:
        return max(self.last - self.first, 1e-9)

    @property
    def complete(self) -> bool:
        return self.ended == 3


def load_loops() -> ctypes.CDLL:
    loops = ctypes.CDLL(str(Path(os.environ["SLUICE_BENCH_CACHE"]) / "bin" / "libwire.so"))
    pointer, double, integer = ctypes.c_void_p, ctypes.c_double, ctypes.c_int
    loops.line_new.restype = pointer
    loops.line_new.argtypes = [integer, ctypes.c_char_p, ctypes.c_size_t]
    loops.line_free.argtypes = loops.line_close_code.argtypes = [pointer]
    loops.line_next.argtypes = [pointer, double, ctypes.POINTER(Message)]
    loops.line_roundtrips.argtypes = [pointer, ctypes.c_char_p, pointer, ctypes.c_char_p, integer, double, double, pointer, pointer]
    loops.line_storm.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_char_p, integer, double,
                                 ctypes.POINTER(Tally)]
    loops.lines_drain.argtypes = [pointer, integer, pointer]
    loops.zmq_use.argtypes = [ctypes.c_char_p]
    loops.zmq_roundtrips.argtypes = [pointer, pointer, ctypes.c_char_p, pointer, pointer, integer, ctypes.c_char_p, integer,
                                     double, double, pointer, pointer]
    loops.zmq_storm.argtypes = [pointer, pointer, ctypes.c_char_p, pointer, integer, ctypes.c_char_p, ctypes.c_char_p, integer,
                                double, ctypes.POINTER(Tally)]
    return loops


LOOPS = load_loops()


def request(kind: str, content: dict, session: str, channel: str = "shell") -> dict:
    return {
        "channel": channel, "parent_header": {}, "metadata": {}, "content": content, "buffers": [],
        "header": {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": session, "username": "bench", "version": "5.3",
                   "date": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")},
    }


def execute_request(code: str, session: str, silent: bool = False) -> dict:
    return request("execute_request", {"code": code, "silent": silent, "store_history": False, "user_expressions": {},
                                       "allow_stdin": False, "stop_on_error": True}, session)


def encode(message: dict, v1: bool) -> bytes:
    """One masked websocket frame."""
    if v1:
        parts = [message["channel"].encode(), *(json.dumps(message[p]).encode() for p in PARTS)]
        offsets = [8 * (len(parts) + 2)]
        for part in parts:
            offsets.append(offsets[-1] + len(part))
        body = struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)
    else:
        body = json.dumps(message).encode()
    n, key = len(body), os.urandom(4)
    first = 0x82 if v1 else 0x81
    head = struct.pack("!BB", first, 0x80 | n) if n < 126 else struct.pack("!BBH", first, 0x80 | 126, n)
    stream = int.from_bytes((key * (n // 4 + 1))[:n], "big")
    return head + key + (int.from_bytes(body, "big") ^ stream).to_bytes(n, "big")


def decode(body: bytes, binary: bool, v1: bool) -> dict:
    if v1:
        n, = struct.unpack_from("<Q", body)
        offsets = struct.unpack_from(f"<{n}Q", body, 8)
        parts = [body[a:b] for a, b in zip(offsets, offsets[1:])]
        return {"channel": parts[0].decode(), **{k: json.loads(p) for k, p in zip(PARTS, parts[1:])}, "buffers": parts[5:]}
    if not binary:
        return json.loads(body)
    n, = struct.unpack_from("!I", body)
    offsets = (*struct.unpack_from(f"!{n}I", body, 4), len(body))
    return json.loads(body[offsets[0]:offsets[1]])


def percentile(xs: list[float], p: float) -> float:
    xs = sorted(xs)
    return xs[min(len(xs) - 1, round(p / 100 * (len(xs) - 1)))]


class Trips:
    """The times of a row of round trips, in ms, until both reply and idle were there."""

    def __init__(self, replied: list[float], idled: list[float], seconds: float):
        self.times = [max(a, b) * 1e3 for a, b in zip(replied, idled)]
        self.count, self.seconds = len(self.times), seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return percentile(self.times, 99)


class Broken(Exception):
    """The gateway did not do what was asked of it; the text is shown in the table's notes."""


def run_roundtrips(call, make, count: int, budget: float) -> Trips:
    """`make()` gives one request as (msg_id, bytes); `call` is the C loop, given all of them."""
    made = [make() for _ in range(count)]
    ends, at = (ctypes.c_uint64 * count)(), 0
    for i, (_, body) in enumerate(made):
        at += len(body)
        ends[i] = at
    replied, idled = (ctypes.c_double * count)(), (ctypes.c_double * count)()
    began = time.monotonic()
    done = call(b"".join(b for _, b in made), ends, "".join(i for i, _ in made).encode(), count, budget, 10.0, replied, idled)
    if done < 0:
        raise Broken(f"round trip {-done} got no answer")
    return Trips(replied[:done], idled[:done], time.monotonic() - began)


class WebSocket:
    """One kernel websocket."""

    def __init__(self, gateway: "Gateway", kernel: str, v1: bool = True, session: str | None = None, timeout: float = 60):
        self.session = session or uuid.uuid4().hex
        self.wants_v1 = v1
        self.socket = socket.create_connection((gateway.host, gateway.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"GET {gateway.path}/api/kernels/{kernel}/channels?session_id={self.session} HTTP/1.1",
                 f"Host: {gateway.host}:{gateway.port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
                 *([f"Sec-WebSocket-Protocol: {V1}"] if v1 else []),
                 *([f"Authorization: token {gateway.token}"] if gateway.token else [])]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = self.socket.recv(65536)
            if not more:
                raise Broken(f"the websocket was closed during its handshake: {answer[:80]!r}")
            answer += more
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = head.split(b"\r\n", 1)[0].decode()
        if " 101 " not in status + " ":
            self.socket.close()
            raise Broken(f"the websocket was refused: {status}")
        if v1 and V1.encode() not in head:
            raise Broken("the gateway did not choose the v1 subprotocol")
        self.socket.settimeout(None)
        self.line = LOOPS.line_new(self.socket.fileno(), rest, len(rest))

    def send(self, message: dict) -> str:
        self.socket.sendall(encode(message, self.wants_v1))
        return message["header"]["msg_id"]

    def receive(self, timeout: float) -> dict | None:
        """None: nothing came in time. Raises ConnectionError when the websocket is closed."""
        m = Message()
        got = LOOPS.line_next(self.line, timeout, ctypes.byref(m))
        if got < 0:
            raise ConnectionError(f"closed with code {LOOPS.line_close_code(self.line)}")
        return decode(ctypes.string_at(m.p, m.kept), m.opcode == 2, self.wants_v1) if got else None

    def messages(self, seconds: float):
        """Everything that comes within so many seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if (m := self.receive(left)) is not None:
                yield m

    def info(self, timeout: float = 45) -> dict:
        """Asks again every 3 s, as clients do: some gateways lose the first question of a starting kernel."""
        deadline, again = time.monotonic() + timeout, 0.0
        while time.monotonic() < deadline:
            if time.monotonic() >= again:
                self.send(request("kernel_info_request", {}, self.session))
                again = time.monotonic() + 3
            m = self.receive(max(0.01, again - time.monotonic()))
            if m and m["header"]["msg_type"] == "kernel_info_reply":
                return m
        raise Broken(f"no kernel_info_reply within {timeout:.0f} s")

    def execute(self, code: str, timeout: float = 60) -> str:
        """Runs code to its reply and idle; gives back what it printed."""
        mid, text, need = self.send(execute_request(code, self.session)), "", {"reply", "idle"}
        for m in self.messages(timeout):
            if m["parent_header"].get("msg_id") != mid:
                continue
            kind = m["header"]["msg_type"]
            if kind == "stream":
                text += m["content"]["text"]
            elif kind == "execute_reply":
                need.discard("reply")
                if m["content"]["status"] != "ok":
                    raise Broken(f"{code!r} failed: {m['content']}")
            elif kind == "status" and m["content"]["execution_state"] == "idle":
                need.discard("idle")
            if not need:
                return text
        raise Broken(f"{' and '.join(sorted(need))} of {code[:40]!r} did not come within {timeout:.0f} s")

    def roundtrips(self, code: str, count: int, budget: float) -> Trips:
        def make():
            m = execute_request(code, self.session, silent=True)
            return m["header"]["msg_id"], encode(m, self.wants_v1)
        return run_roundtrips(lambda *a: LOOPS.line_roundtrips(self.line, *a), make, count, budget)

    def storm(self, code: str, marker: str, lines: bool = False, quiet: float = 20) -> Tally:
        m, t = execute_request(code, self.session), Tally()
        body = encode(m, self.wants_v1)
        LOOPS.line_storm(self.line, body, len(body), m["header"]["msg_id"].encode(), marker.encode(), lines, quiet, ctypes.byref(t))
        return t

    def drop(self) -> None:
        """Gone without a close frame, as with a cable pulled or a laptop lid closed."""
        self.socket.close()
        if self.line:
            LOOPS.line_free(self.line)
            self.line = None

    close = drop


class Draining:
    """Reads and forgets whatever comes to some websockets, on a thread of its own."""

    def __init__(self, sockets: list[WebSocket]):
        self.stop_flag = ctypes.c_int(0)
        lines = (ctypes.c_void_p * len(sockets))(*(s.line for s in sockets))
        self.alive = None

        def run():
            self.alive = LOOPS.lines_drain(lines, len(sockets), ctypes.byref(self.stop_flag))
        self.thread = threading.Thread(target=run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop_flag.value = 1
        self.thread.join()


class Kernel:
    def __init__(self, gateway: "Gateway", id: str, took: float):
        self.gateway, self.id, self.took = gateway, id, took

    def connect(self, v1: bool = True, session: str | None = None) -> WebSocket:
        return WebSocket(self.gateway, self.id, v1, session)

    def model(self) -> dict:
        return self.gateway.rest("GET", f"/api/kernels/{self.id}")[1]

    def restart(self) -> None:
        status, body, _ = self.gateway.rest("POST", f"/api/kernels/{self.id}/restart", {})
        if status != 200:
            raise Broken(f"restart answered {status} {body}")

    def delete(self) -> float:
        status, body, seconds = self.gateway.rest("DELETE", f"/api/kernels/{self.id}")
        if status not in (204, 404):
            raise Broken(f"DELETE answered {status} {body}")
        return seconds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.delete()


class Gateway:
    """A gateway under test."""

    direct = False

    def __init__(self, url: str, token: str = "", pids: list[int] = ()):
        at = urlsplit(url)
        self.host, self.port, self.path = at.hostname, at.port or 80, at.path.rstrip("/")
        self.token, self.pids = token, list(pids)

    def rest(self, method: str, path: str, body: dict | None = None, timeout: float = 60) -> tuple[int, object, float]:
        """-> status, parsed JSON or text, seconds"""
        headers = {"Authorization": f"token {self.token}"} if self.token else {}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        began = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, self.path + path, data, headers)
            response = connection.getresponse()
            raw = response.read()
            seconds = time.perf_counter() - began
        finally:
            connection.close()
        try:
            return response.status, json.loads(raw) if raw else None, seconds
        except ValueError:
            return response.status, raw.decode("utf8", "replace"), seconds

    def start(self, spec: str, env: dict | None = None) -> Kernel:
        status, body, seconds = self.rest("POST", "/api/kernels", {"name": spec, **({"env": env} if env else {})})
        if status != 201:
            raise Broken(f"POST /api/kernels {spec} answered {status} {str(body)[:300]}")
        return Kernel(self, body["id"], seconds)
