"""Jupyter messages on a websocket, in the three framings that clients use.

V1      subprotocol `v1.kernel.websocket.jupyter.org`: little-endian u64 n, n offsets, then channel, header,
        parent_header, metadata, content, buffers. Always a binary frame.
LEGACY  one JSON text frame; with buffers a binary frame: big-endian u32 n, n offsets, the JSON, the buffers.
RELAYED legacy as `jupyter lab --gateway-url` relays it: the same bytes, but always in a *text* frame.
"""
import json
import struct
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone

V1 = "v1.kernel.websocket.jupyter.org"
LEGACY = "legacy"
RELAYED = "relayed"
FRAMINGS = (V1, LEGACY, RELAYED)

JSON_PARTS = ("header", "parent_header", "metadata", "content")


@dataclass
class Message:
    channel: str
    header: dict
    parent_header: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    content: dict = field(default_factory=dict)
    buffers: list = field(default_factory=list)

    @property
    def type(self):
        return self.header["msg_type"]

    @property
    def id(self):
        return self.header["msg_id"]

    @property
    def parent(self):
        return self.parent_header.get("msg_id")

    @property
    def is_idle(self):
        return self.type == "status" and self.content["execution_state"] == "idle"


def request(msg_type, content, session, channel="shell", buffers=(), parent=None, metadata=None):
    header = {"msg_id": uuid.uuid4().hex, "msg_type": msg_type, "session": session, "username": "tests",
              "version": "5.3", "date": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")}
    return Message(channel, header, parent or {}, metadata or {}, content, list(buffers))


def encode(message, framing):
    """-> (bytes, goes in a text frame)"""
    if framing == V1:
        return encode_v1(message), False
    data = encode_legacy(message)
    return data, framing == RELAYED or not message.buffers


def decode(frame, framing):
    data = frame.encode() if isinstance(frame, str) else bytes(frame)
    return decode_v1(data) if framing == V1 else decode_legacy(data)


def encode_v1(message):
    parts = [message.channel.encode()] + [json.dumps(getattr(message, part)).encode() for part in JSON_PARTS]
    parts += [bytes(buffer) for buffer in message.buffers]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


def decode_v1(data):
    (count,) = struct.unpack_from("<Q", data)
    offsets = struct.unpack_from(f"<{count}Q", data, 8)
    assert offsets[0] == 8 * (count + 1) and offsets[-1] == len(data), f"offset table of {len(data)} bytes: {offsets}"
    parts = [data[start:end] for start, end in zip(offsets, offsets[1:])]
    return Message(parts[0].decode(), *(json.loads(part) for part in parts[1:5]), parts[5:])


def encode_legacy(message):
    text = {"msg_id": message.id, "msg_type": message.type, "channel": message.channel,
            **{part: getattr(message, part) for part in JSON_PARTS}}
    if not message.buffers:
        return json.dumps({**text, "buffers": []}).encode()
    parts = [json.dumps(text).encode(), *(bytes(buffer) for buffer in message.buffers)]
    offsets = [4 * (len(parts) + 1)]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"!{len(parts) + 1}I", len(parts), *offsets) + b"".join(parts)


def decode_legacy(data):
    buffers = []
    if not data.startswith(b"{"):
        (count,) = struct.unpack_from("!I", data)
        offsets = [*struct.unpack_from(f"!{count}I", data, 4), len(data)]
        data, *buffers = (data[start:end] for start, end in zip(offsets, offsets[1:]))
    text = json.loads(data)
    for key in ("msg_id", "msg_type", "channel"):
        assert key in text, f"GatewayKernelClient needs a top-level {key!r} in every legacy frame"
    return Message(text["channel"], *(text[part] for part in JSON_PARTS), buffers)
