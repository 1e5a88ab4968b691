"""A kernel that does nothing at once, to measure the line rather than Python. Needs pyzmq only.

The code of an execute_request: '' replies; 'blast N SIZE display|stream|buffer' sends N messages of SIZE bytes first;
'lines N SECONDS' prints N lines over SECONDS; 'ask' asks on stdin and prints the answer; 'sleep SECONDS' is busy;
'forge' sends a message with a wrong signature; 'die' is gone without a word.
"""
import hashlib
import hmac
import json
import os
import sys
import time
import uuid

import zmq

connection = json.load(open(sys.argv[1]))
key = connection["key"].encode()
session = uuid.uuid4().hex
context = zmq.Context()
DELIMITER = b"<IDS|MSG>"


def bind(kind, channel):
    socket = context.socket(kind)
    socket.sndhwm = socket.rcvhwm = 0
    if kind == zmq.ROUTER:
        socket.router_handover = 1  # as ipykernel does
    separator = ":" if connection["transport"] == "tcp" else "-"
    socket.bind(f"{connection['transport']}://{connection['ip']}{separator}{connection[channel + '_port']}")
    return socket


shell, control, stdin = (bind(zmq.ROUTER, channel) for channel in ("shell", "control", "stdin"))
iopub, heartbeat = bind(zmq.PUB, "iopub"), bind(zmq.REP, "hb")


def sign(frames, key=key):
    return hmac.new(key, b"".join(frames), hashlib.sha256).hexdigest().encode() if key else b""


def build(identities, kind, parent, content, buffers=(), key=key):
    header = {"msg_id": uuid.uuid4().hex, "session": session, "username": "noop", "version": "5.3", "msg_type": kind,
              "date": "2026-01-01T00:00:00.000000Z"}
    frames = [json.dumps(part).encode() for part in (header, parent, {}, content)]
    return [*identities, DELIMITER, sign(frames, key), *frames, *buffers]


def publish(kind, parent, content, buffers=(), key=key):
    iopub.send_multipart(build([kind.encode()], kind, parent, content, buffers, key))


def blast(parent, count, size, kind):
    payload = "x" * size
    if kind == "display":
        make = lambda: build([b"display_data"], "display_data", parent,
                             {"data": {"text/plain": payload}, "metadata": {}, "transient": {}})
    elif kind == "stream":
        make = lambda: build([b"stream"], "stream", parent, {"name": "stdout", "text": payload})
    else:
        data = b"x" * size
        make = lambda: build([b"comm_msg"], "comm_msg", parent, {"comm_id": "b", "data": {}}, [data])
    for message in [make() for _ in range(count)]:
        iopub.send_multipart(message, copy=size < 65536)


def execute(identities, parent, code):
    words = code.split()
    if not words:
        return
    if words[0] == "blast":
        blast(parent, int(words[1]), int(words[2]), words[3])
    elif words[0] == "lines":
        for line in range(int(words[1])):
            publish("stream", parent, {"name": "stdout", "text": f"line {line}\n"})
            time.sleep(float(words[2]) / int(words[1]))
    elif words[0] == "ask":
        stdin.send_multipart(build(identities, "input_request", parent, {"prompt": "?", "password": False}))
        reply = stdin.recv_multipart()
        answer = json.loads(reply[reply.index(DELIMITER) + 5])["value"]
        publish("stream", parent, {"name": "stdout", "text": answer})
    elif words[0] == "sleep":
        time.sleep(float(words[1]))
    elif words[0] == "forge":
        publish("stream", parent, {"name": "stdout", "text": "forged"}, key=b"not the key")
        publish("stream", parent, {"name": "stdout", "text": "genuine"})
    elif words[0] == "die":
        os._exit(3)


def handle(socket):
    frames = socket.recv_multipart()
    at = frames.index(DELIMITER)
    if frames[at + 1] != sign(frames[at + 2:at + 6]):
        return
    header, content = json.loads(frames[at + 2]), json.loads(frames[at + 5])
    kind = header["msg_type"]
    publish("status", header, {"execution_state": "busy"})
    reply = {"status": "ok"}
    if kind == "execute_request":
        execute(frames[:at], header, content["code"])
        reply.update(execution_count=1, user_expressions={}, payload=[])
    elif kind == "comm_msg":
        publish("comm_msg", header, {"comm_id": "b", "data": {"sizes": [len(b) for b in frames[at + 6:]]}},
                frames[at + 6:])
    elif kind == "kernel_info_request":
        reply.update(protocol_version="5.3", implementation="noop", implementation_version="1", banner="",
                     language_info={"name": "none", "version": "1", "mimetype": "text/plain", "file_extension": ""})
    if kind.endswith("_request"):
        socket.send_multipart(build(frames[:at], kind.replace("_request", "_reply"), header, reply))
    publish("status", header, {"execution_state": "idle"})
    if kind == "shutdown_request":
        context.destroy(linger=200)
        os._exit(0)


publish("status", {}, {"execution_state": "starting"})
poller = zmq.Poller()
for each in (shell, control, heartbeat):
    poller.register(each, zmq.POLLIN)
parent_process = os.getppid()
while os.getppid() == parent_process:
    events = dict(poller.poll(2000))
    if heartbeat in events:
        heartbeat.send(heartbeat.recv())
    for each in (control, shell):
        if each in events:
            handle(each)
