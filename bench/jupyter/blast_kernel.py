#!/usr/bin/env python3
"""The no-op kernel on pyzmq: the yardstick for `blast_kernel.c`, which is the faster twin.

    blast_kernel.py CONNECTION_FILE

Same commands, same messages; `run --noop python` measures with this one. Ordinary libzmq sockets with
their high-water marks off, so nothing is dropped here. It sends some 60,000 messages a second at best.
"""
import hashlib
import hmac
import json
import os
import signal
import sys
import time
import uuid
from datetime import datetime, timezone

import zmq

DELIMITER = b"<IDS|MSG>"
INFO = {
    "protocol_version": "5.3", "implementation": "blast", "implementation_version": "1", "banner": "", "help_links": [],
    "language_info": {"name": "none", "version": "1", "mimetype": "text/plain", "file_extension": ".txt"},
}


class Kernel:
    def __init__(self, connection: dict):
        self.key = connection["key"].encode()
        self.session = uuid.uuid4().hex
        self.count = 0
        context = zmq.Context()

        def bind(kind: int, channel: str) -> zmq.Socket:
            socket = context.socket(kind)
            socket.sndhwm = socket.rcvhwm = 0
            socket.linger = 1000
            between = ":" if connection["transport"] == "tcp" else "-"
            socket.bind(f"{connection['transport']}://{connection['ip']}{between}{connection[channel + '_port']}")
            return socket

        self.shell, self.control = bind(zmq.ROUTER, "shell"), bind(zmq.ROUTER, "control")
        self.stdin, self.iopub, self.hb = bind(zmq.ROUTER, "stdin"), bind(zmq.PUB, "iopub"), bind(zmq.REP, "hb")

    def frames(self, kind: str, parent: bytes, content: bytes) -> list[bytes]:
        self.count += 1
        header = json.dumps({
            "msg_id": f"{self.session}_{self.count}", "session": self.session, "username": "blast", "msg_type": kind,
            "version": "5.3", "date": datetime.now(timezone.utc).isoformat(),
        }).encode()
        signature = hmac.new(self.key, header + parent + b"{}" + content, hashlib.sha256).hexdigest() if self.key else ""
        return [DELIMITER, signature.encode(), header, parent, b"{}", content]

    def say(self, kind: str, parent: bytes, content: dict) -> None:
        self.iopub.send_multipart([kind.encode(), *self.frames(kind, parent, json.dumps(content).encode())])

    def blast(self, parent: bytes, count: int, size: int, kind: str = "display") -> None:
        text, buffers = "x" * size, []
        if kind == "stream":
            name, content = "stream", {"name": "stdout", "text": text + "\n"}
        elif kind == "buffer":
            name, content, buffers = "comm_msg", {"comm_id": "blast", "data": {}}, [b"x" * size]
        else:
            name, content = "display_data", {"data": {"text/plain": text}, "metadata": {}, "transient": {}}
        body = json.dumps(content).encode()
        ready = [[name.encode(), *self.frames(name, parent, body), *buffers] for _ in range(count)]
        for message in ready:
            self.iopub.send_multipart(message, copy=size < 65536)

    def run(self, code: str, parent: bytes) -> None:
        word, *rest = code.split() or [""]
        if word == "blast":
            self.blast(parent, int(rest[0]), int(rest[1]), *rest[2:])
        elif word == "sleep":
            time.sleep(float(rest[0]) / 1000)
        elif word == "die_at":
            time.sleep(max(0.0, float(rest[0]) / 1e9 - time.monotonic()))
            os.kill(os.getpid(), signal.SIGKILL)
        elif word == "pid":
            self.say("stream", parent, {"name": "stdout", "text": str(os.getpid())})

    def handle(self, socket: zmq.Socket) -> bool:
        frames = socket.recv_multipart()
        at = frames.index(DELIMITER)
        parent, content = frames[at + 2], json.loads(frames[at + 5])
        kind = json.loads(parent)["msg_type"]
        self.say("status", parent, {"execution_state": "busy"})
        reply = {"status": "ok"}
        if kind == "kernel_info_request":
            reply |= INFO
        elif kind == "execute_request":
            self.run(content["code"], parent)
            reply |= {"execution_count": 1, "user_expressions": {}, "payload": []}
        elif kind == "shutdown_request":
            reply["restart"] = content.get("restart", False)
            self.say("shutdown_reply", parent, reply)
        answer = self.frames(kind.replace("_request", "_reply"), parent, json.dumps(reply).encode())
        socket.send_multipart([*frames[:at], *answer])
        self.say("status", parent, {"execution_state": "idle"})
        return kind != "shutdown_request"

    def serve(self) -> None:
        poller = zmq.Poller()
        for socket in (self.control, self.shell, self.hb):
            poller.register(socket, zmq.POLLIN)
        parent = os.getppid()
        while True:
            ready = dict(poller.poll(2000))
            if self.hb in ready:
                self.hb.send_multipart(self.hb.recv_multipart())
            for socket in (self.control, self.shell):
                if socket in ready and not self.handle(socket):
                    return
            if not ready and os.getppid() != parent:
                return  # whoever started this has gone


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(sys.argv[1]) as file:
        kernel = Kernel(json.load(file))
    kernel.serve()
