"""Hypothesis invents websocket frames: well-formed ones with one thing wrong, and noise. Whatever comes, the sender may
lose its websocket, and nobody anything else."""
import json
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from websockets.exceptions import ConnectionClosed

from lib import wire

pytestmark = [pytest.mark.sluice_only("stock leaves such connections hanging"), pytest.mark.timeout(600)]

FINE_TYPES = ["kernel_info_request", "complete_request", "comm_info_request", "history_request", "is_complete_request", "nonsense"]
json_values = some.recursive(some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=20),
                             lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4), max_leaves=8)
headers = some.fixed_dictionaries({"msg_id": some.text(max_size=40) | json_values, "msg_type": some.sampled_from(FINE_TYPES) | json_values,
                                   "session": some.text(max_size=40), "username": some.text(max_size=5), "version": some.just("5.3")})
channels = some.sampled_from(["shell", "control", "stdin", "iopub", "hb", ""]) | some.text(max_size=12)
json_part = json_values.map(lambda value: json.dumps(value).encode()) | some.binary(max_size=40)
parts = some.tuples(channels.map(lambda text: text.encode("utf8", "surrogatepass")), headers.map(lambda h: json.dumps(h).encode()) | json_part,
                    json_part, json_part, json_part).flatmap(
    lambda five: some.lists(some.binary(max_size=200), max_size=3).map(lambda buffers: [*five, *buffers]))
numbers = some.one_of(some.integers(0, 300), some.sampled_from([2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]))


def table(order, size, parts, count, at, value):
    first = size * (len(parts) + (2 if size == 8 else 1))
    offsets = [first]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    if size == 4:
        offsets.pop()
    entries = [len(offsets) if count is None else count, *offsets]
    if at is not None:
        entries[at % len(entries)] = value
    entries = [entry % (1 << (8 * size)) for entry in entries]
    return struct.pack(f"{order}{len(entries)}{'Q' if size == 8 else 'I'}", *entries) + b"".join(parts)


v1_frames = some.builds(table, some.just("<"), some.just(8), parts, some.none() | numbers, some.none() | some.integers(0, 9), numbers)
legacy_frames = some.builds(table, some.just("!"), some.just(4), parts, some.none() | numbers, some.none() | some.integers(0, 9), numbers)
texts = some.fixed_dictionaries({}, optional={"header": headers | json_values, "channel": channels | json_values, "content": json_values,
                                              "parent_header": json_values, "metadata": json_values, "buffers": json_values}
                                ).map(lambda message: json.dumps(message).encode())
cuts = some.tuples(some.integers(0, 60), some.integers(0, 60))


def cut(frame, where):
    head, tail = where
    return frame[head if head > 50 else 0:len(frame) - (tail if tail > 40 else 0)]


@pytest.fixture(scope="module")
def healthy(server):
    with server.a_kernel() as kernel_id, server.attach(kernel_id) as client:
        client.execute("x = 'precious'")
        yield kernel_id, client


def throw(server, healthy, framing, frames, text):
    kernel_id, other = healthy
    client = server.attach(kernel_id, framing=framing)
    try:
        for frame in frames:
            client.ws.send(frame, text=text)
        client.execute("None", timeout=20, silent=True)
    except ConnectionClosed as end:
        assert end.rcvd is not None and end.rcvd.code in (1002, 1003, 1007, 1008, 1009, 1011), end
        assert end.rcvd.code != 1011, f"an error of the server's own: {end}"
    finally:
        client.close()
    assert other.execute("print(x)", timeout=20).text == "precious\n"


def examples(count):
    import os
    return settings(max_examples=count * int(os.environ.get("SLUICE_FUZZ", "1")), deadline=None, derandomize="SLUICE_FUZZ" not in os.environ,
                    suppress_health_check=list(HealthCheck), database=None)


@examples(60)
@given(frames=some.lists(some.builds(cut, v1_frames, cuts), min_size=1, max_size=4))
def test_v1_frames(server, healthy, frames):
    throw(server, healthy, wire.V1, frames, text=False)


@examples(60)
@given(frames=some.lists(some.builds(cut, legacy_frames, cuts), min_size=1, max_size=4), text=some.booleans())
def test_legacy_binary_frames(server, healthy, frames, text):
    throw(server, healthy, wire.LEGACY, frames, text)


@examples(60)
@given(frames=some.lists(some.builds(cut, texts, cuts), min_size=1, max_size=4))
def test_text_frames(server, healthy, frames):
    throw(server, healthy, wire.LEGACY, frames, text=True)


@examples(40)
@given(frames=some.lists(some.binary(max_size=300), min_size=1, max_size=4), text=some.booleans(), framing=some.sampled_from(wire.FRAMINGS))
def test_noise(server, healthy, frames, text, framing):
    throw(server, healthy, framing, frames, text)
