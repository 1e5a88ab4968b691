"""A small, strict Jupyter client: REST over http.client, the kernel websocket over `websockets`.

It sends exactly what it is told (no path normalisation, no retries), so that the suites can be rude.
"""
import http.client
import json
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_websocket

from . import wire

# tornado's own client says this; a gateway may recognise a relaying jupyter_server by it
TORNADO = "Tornado/6.5"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf8", "replace")

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


@dataclass
class Run:
    """What one request brought back."""
    id: str
    reply: dict | None = None
    idle: bool = False
    messages: list = field(default_factory=list)

    @property
    def done(self):
        return self.reply is not None and self.idle

    @property
    def text(self):
        return self.stream("stdout")

    def stream(self, name):
        return "".join(m.content["text"] for m in self.of("stream") if m.content["name"] == name)

    def of(self, msg_type):
        return [m for m in self.messages if m.type == msg_type]

    def add(self, message):
        self.messages.append(message)
        if message.is_idle:
            self.idle = True
        elif message.type.endswith("_reply") and message.channel in ("shell", "control"):
            self.reply = message.content


class Server:
    """One server as seen by one person (a token)."""

    def __init__(self, url, token=None):
        self.url, self.token = url.rstrip("/"), token
        parts = urlsplit(self.url)
        self.host, self.port, self.base = parts.hostname, parts.port or 80, parts.path

    def as_person(self, token):
        return Server(self.url, token)

    # ---------------------------------------------------------------- REST

    def call(self, method, path, body=None, headers=None, timeout=60):
        headers = dict(headers or {})
        if self.token and not any(name.lower() == "authorization" for name in headers):
            headers["Authorization"] = f"token {self.token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, self.base + path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def answers(self):
        try:
            return self.call("GET", "/api/kernels").status == 200
        except OSError:
            return False

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def must(self, method, path, status, body=None, **more):
        answer = self.call(method, path, body, **more)
        assert answer.status == status, f"{method} {path}: wanted {status}, got {answer}"
        return answer.json if answer.body else None

    def start_kernel(self, name="python3", **more):
        return self.must("POST", "/api/kernels", 201, {"name": name, **more})["id"]

    def kernel(self, kernel_id):
        return self.must("GET", f"/api/kernels/{kernel_id}", 200)

    def stop_kernel(self, kernel_id):
        return self.call("DELETE", f"/api/kernels/{kernel_id}").status

    @contextmanager
    def a_kernel(self, name="python3", **more):
        kernel_id = self.start_kernel(name, **more)
        try:
            yield kernel_id
        finally:
            self.stop_kernel(kernel_id)

    # ----------------------------------------------------------- websocket

    def channels_url(self, kernel_id, session=None, token_in_url=False):
        query = [f"session_id={quote(session)}"] if session else []
        if token_in_url:
            query.append(f"token={quote(self.token)}")
        return f"ws://{self.host}:{self.port}{self.base}/api/kernels/{kernel_id}/channels" + (
            "?" + "&".join(query) if query else "")

    def attach(self, kernel_id, session=None, framing=wire.V1, headers=None, **more):
        return Channels(self, kernel_id, session, framing, headers, **more)


class Channels:
    """One websocket to one kernel. Closing it and opening another with the same `session` is a reconnect."""

    def __init__(self, server, kernel_id, session=None, framing=wire.V1, headers=None, auth=True, **more):
        self.session, self.framing = session or uuid.uuid4().hex, framing
        headers = dict(headers or {})
        if auth and server.token:
            headers.setdefault("Authorization", f"token {server.token}")
        more.setdefault("subprotocols", [wire.V1] if framing == wire.V1 else None)
        more.setdefault("compression", None)
        if framing == wire.RELAYED:
            more.setdefault("user_agent_header", TORNADO)
        self.ws = open_websocket(server.channels_url(kernel_id, self.session), additional_headers=headers,
                                 max_size=None, max_queue=None, open_timeout=60, close_timeout=2, legacy=True,
                                 **more)
        if framing == wire.V1 and self.ws.subprotocol != wire.V1:
            self.framing = wire.LEGACY  # a jupyter_server with --gateway-url speaks nothing else

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ws.close()

    def close(self):
        self.ws.close()

    def leave(self):
        """An orderly end -> the messages that were still on their way: they were delivered and will not come again."""
        self.ws.close()
        return self.closed()[1]

    def cut(self):
        """The cable is pulled: no close frame."""
        import socket
        try:
            self.ws.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.ws.close()

    def send(self, message):
        data, text = wire.encode(message, self.framing)
        self.ws.send(data, text=text)
        return message.id

    def ask(self, msg_type, content=None, **more):
        return self.send(wire.request(msg_type, content or {}, self.session, **more))

    def receive(self, timeout=30):
        return wire.decode(self.ws.recv(timeout, decode=False), self.framing)

    def messages(self, timeout=30):
        """Everything that comes, until `timeout` seconds in all have passed."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                yield self.receive(left)
            except TimeoutError:
                return

    def wait_for(self, wanted, timeout=30):
        seen = []
        for message in self.messages(timeout):
            if wanted(message):
                return message
            seen.append(f"{message.channel}/{message.type}")
        raise AssertionError(f"not seen within {timeout} s; seen instead: {seen[-30:]}")

    def finish(self, msg_id, run=None, timeout=60, on_message=None):
        """Collect what belongs to one request until both its reply and its `idle` are here."""
        run = run or Run(msg_id)
        for message in self.messages(timeout):
            if on_message:
                on_message(message)
            if message.parent == msg_id:
                run.add(message)
                if run.done:
                    return run
        raise AssertionError(f"request {msg_id} is not done after {timeout} s: reply={run.reply is not None} "
                             f"idle={run.idle}, {len(run.messages)} messages")

    def request(self, msg_type, content=None, timeout=60, **more):
        return self.finish(self.ask(msg_type, content, **more), timeout=timeout)

    def execute(self, code, timeout=60, **content):
        return self.request("execute_request", execute_content(code, **content), timeout=timeout)

    def ask_execute(self, code, **content):
        return self.ask("execute_request", execute_content(code, **content))

    def closed(self, timeout=10):
        """-> (close code, the messages that came before it)"""
        seen = []
        deadline = time.monotonic() + timeout
        while True:
            try:
                seen.append(self.receive(max(0.01, deadline - time.monotonic())))
            except ConnectionClosed as end:
                return (end.rcvd.code if end.rcvd else 1006), seen
            except TimeoutError:
                raise AssertionError(f"the websocket is still open after {timeout} s") from None


def execute_content(code, **more):
    return {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": True, **more}


def refused(server, kernel_id, **more):
    """-> the HTTP status that a websocket is refused with; 101 if it is let in."""
    try:
        server.attach(kernel_id, **more).close()
        return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


def until(wanted, timeout=20, every=0.05, saying="it"):
    """Wait for a truth, with a deadline instead of a guess; returns the truth."""
    deadline = time.monotonic() + timeout
    while True:
        value = wanted()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{saying} did not happen within {timeout} s (last: {value!r})")
        time.sleep(every)
