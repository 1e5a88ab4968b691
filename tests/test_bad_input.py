"""Bad input: a clear error in Jupyter's own shape, nothing lost, and the server is as well as before."""
import json
import random
import socket
import struct
import time
import uuid

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from lib import wire
from lib.jupyter import refused, until

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def is_jupyters_error(answer, status):
    statuses = status if isinstance(status, tuple) else (status,)
    assert answer.status in statuses, answer
    error = answer.json
    assert error["message"] and "reason" in error, error
    assert "traceback" not in error and "Exception" not in answer.text and ".java" not in answer.text, answer
    return error


@pytest.fixture(autouse=True)
def the_server_is_as_well_as_before(server):
    yield
    assert server.get("/api").status == 200


# ------------------------------------------------------------------------------------------------------------ REST


@pytest.mark.sluice_only("stock says 500 with a traceback")
def test_an_unknown_kernelspec_is_named(server):
    error = is_jupyters_error(server.call("POST", "/api/kernels", {"name": "no-such-kernel"}), 404)
    assert "no-such-kernel" in error["message"]


@pytest.mark.sluice_only("stock says 500")
@pytest.mark.parametrize("body", [
    "{", "nonsense", "[1, 2]", '"text"', "12", "null x", '{"name": 12}', '{"name": ["python3"]}', '{"name": "python3", "env": "text"}',
    '{"name": "python3", "env": {"KERNEL_X": 12}}', '{"name": "python3", "path": 12}', '{"name": "python3", "kernel_id": "../../x"}',
    '{"name": "python3", "env": {"KERNEL_X": "a\\u0000b"}}', "\x00\x01\x02", "[" * 100_000, '{"name": ' * 5000,
], ids=range(16))
def test_a_body_that_is_not_what_it_should_be_is_a_400(server, body):
    before = len(server.must("GET", "/api/kernels", 200))
    is_jupyters_error(server.call("POST", "/api/kernels", body, {"Content-Type": "application/json"}), (400, 404))
    assert len(server.must("GET", "/api/kernels", 200)) == before


@pytest.mark.sluice_only("stock takes it")
def test_an_oversized_body_is_a_413_and_read_no_further(server):
    body = json.dumps({"name": "python3", "env": {"KERNEL_X": "x" * (64 << 20)}})
    try:
        answer = server.call("POST", "/api/kernels", body, {"Content-Type": "application/json"})
        assert answer.status == 413, answer
    except (ConnectionError, BrokenPipeError):
        pass  # hung up on in the middle of it: that is an answer too
    with socket.create_connection((server.host, server.port), timeout=20) as plain:
        plain.sendall(f"POST /api/kernels HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nAuthorization: token {server.token}\r\n"
                      f"Content-Type: application/json\r\nContent-Length: {1 << 40}\r\n\r\n".encode())
        assert b" 413 " in plain.recv(4096)


@pytest.mark.parametrize("method,path", [
    ("PUT", "/api/kernels"), ("DELETE", "/api/kernels"), ("PATCH", "/api/kernels"), ("POST", "/api"), ("PUT", f"/api/kernels/{UNKNOWN}"),
    ("GET", f"/api/kernels/{UNKNOWN}/restart"), ("DELETE", f"/api/kernels/{UNKNOWN}/interrupt"), ("POST", "/api/status"),
    ("DELETE", "/api/sessions"), ("POST", "/api/kernelspecs"), ("BREW", "/api/kernels")])
def test_a_wrong_method_is_a_405(server, target, method, path):
    answer = server.call(method, path)
    assert answer.status in (404, 405, 501), answer
    if target.is_sluice:
        assert answer.status in (405, 501) and "message" in answer.json, answer


@pytest.mark.parametrize("wrong", ["x", "1", UNKNOWN + "x", "../../etc", "%2e%2e", UNKNOWN.replace("-", ""), "a" * 5000, "%00", "*"])
def test_a_wrong_kernel_id_is_a_404(server, wrong):
    for path in (f"/api/kernels/{wrong}", f"/api/sessions/{wrong}", f"/api/kernels/{wrong}/channels"):
        assert server.get(path).status in (400, 404, 414), path


@pytest.mark.sluice_only("stock takes it")
def test_a_url_without_end_is_refused(server):
    assert server.get("/api/kernels?" + "x" * 200_000).status in (400, 414, 431)
    assert server.get("/api/kernels", headers={"X-Long": "x" * 200_000}).status in (400, 413, 431)


# --------------------------------------------------------------------------------------------- kernels that fail


def start_and_fail(server, name, timeout=90):
    """-> what the client is told, by POST at once or by the model soon after"""
    answer = server.call("POST", "/api/kernels", {"name": name}, timeout=timeout)
    if answer.status != 201:
        return is_jupyters_error(answer, (400, 404, 500, 503))["message"]
    kernel_id = answer.json["id"]

    def failed():
        model = server.get(f"/api/kernels/{kernel_id}")
        return model.json.get("reason") or (model.json["message"] if model.status == 404 else None)

    reason = until(failed, timeout=timeout, saying="the failure being told")
    server.stop_kernel(kernel_id)
    return reason


def test_a_broken_kernel_json_is_named_and_hides_no_other(server, spec):
    broken = spec(text="{ not json")
    specs = server.must("GET", "/api/kernelspecs", 200)["kernelspecs"]
    assert "python3" in specs and broken not in specs
    assert broken in start_and_fail(server, broken)


@pytest.mark.parametrize("text", ["[]", "{}", '{"argv": "python"}', '{"argv": [], "display_name": "x", "language": "x"}',
                                  '{"argv": [1, 2], "display_name": "x", "language": "x"}', ""])
def test_half_a_kernel_json_breaks_nothing(server, spec, text):
    half = spec(text=text)
    assert "python3" in server.must("GET", "/api/kernelspecs", 200)["kernelspecs"]
    assert start_and_fail(server, half)


def test_a_missing_interpreter_is_named(server, spec):
    assert "/no/such/python" in start_and_fail(server, spec(["/no/such/python", "-f", "{connection_file}"]))


def test_a_kernel_that_exits_at_once_shows_the_end_of_its_stderr(server, spec):
    name = spec(["python3", "-c", "import sys; print('the GPU is on fire', file=sys.stderr); sys.exit(3)", "{connection_file}"])
    reason = start_and_fail(server, name)
    assert "the GPU is on fire" in reason and "3" in reason


def test_a_kernel_that_floods_stderr_and_exits_shows_the_end_only(server, spec):
    name = spec(["python3", "-c", "import sys; sys.stderr.write('noise\\n' * 1000000 + 'the last words\\n'); sys.exit(1)", "{connection_file}"])
    reason = start_and_fail(server, name)
    assert "the last words" in reason and len(reason) < 100_000


def test_a_kernel_that_ends_through_a_signal_says_so(server, spec):
    name = spec(["python3", "-c", "import os; os.kill(os.getpid(), 11)", "{connection_file}"])
    reason = start_and_fail(server, name)
    assert "SIGSEGV" in reason or "signal 11" in reason or "139" in reason, reason


def test_a_kernel_that_never_speaks_can_be_deleted(server, spec):
    name = spec(["python3", "-c", "import time; time.sleep(600)", "{connection_file}"])
    answer = server.call("POST", "/api/kernels", {"name": name}, timeout=90)
    if answer.status == 201:
        assert answer.json["execution_state"] == "starting"
        assert server.stop_kernel(answer.json["id"]) == 204
        assert server.get(f"/api/kernels/{answer.json['id']}").status == 404


# --------------------------------------------------------------------------------------------------- bad frames

V1_GOOD = wire.encode_v1(wire.request("kernel_info_request", {}, "s"))


def v1_parts(*parts, count=None, offsets=None):
    table = [8 * (len(parts) + 2)]
    for part in parts:
        table.append(table[-1] + len(part))
    table = offsets or table
    return struct.pack(f"<{len(table) + 1}Q", len(table) if count is None else count, *table) + b"".join(parts)


HEADER = json.dumps({"msg_id": "m", "msg_type": "kernel_info_request", "session": "s", "username": "", "version": "5.3", "date": ""}).encode()

BAD_V1 = {
    "empty": b"", "one byte": b"\x00", "seven bytes": b"\x00" * 7, "count only": struct.pack("<Q", 6),
    "count 0": struct.pack("<Q", 0), "count 2^64-1": struct.pack("<Q", 2**64 - 1) + b"x" * 64,
    "count 2^31": struct.pack("<Q", 2**31) + b"x" * 64, "count 2^61": struct.pack("<Q", 2**61) + b"\0" * 64,
    "offsets beyond the end": v1_parts(b"shell", HEADER, b"{}", b"{}", b"{}", offsets=[56, 61, 2**40, 2**40, 2**40, 2**40]),
    "offsets backwards": v1_parts(b"shell", HEADER, b"{}", b"{}", b"{}", offsets=[56, 50, 40, 30, 20, 10]),
    "offsets into the table": v1_parts(b"shell", HEADER, b"{}", b"{}", b"{}", offsets=[0, 1, 2, 3, 4, 5]),
    "offsets negative": v1_parts(b"shell", HEADER, b"{}", b"{}", b"{}", offsets=[56, 2**64 - 5, 2**64 - 4, 2**64 - 3, 2**64 - 2, 2**64 - 1]),
    "too few parts": v1_parts(b"shell", HEADER), "cut short": V1_GOOD[:-3], "too long": V1_GOOD + b"xyz",
    "header no json": v1_parts(b"shell", b"{nope", b"{}", b"{}", b"{}"), "header a list": v1_parts(b"shell", b"[]", b"{}", b"{}", b"{}"),
    "header without id": v1_parts(b"shell", b"{}", b"{}", b"{}", b"{}"), "id a number": v1_parts(b"shell", b'{"msg_id":1,"msg_type":2}', b"{}", b"{}", b"{}"),
    "content no json": v1_parts(b"shell", HEADER, b"{}", b"{}", b"\xff\xfe"), "channel no utf-8": v1_parts(b"\xff\xfe", HEADER, b"{}", b"{}", b"{}"),
    "channel long": v1_parts(b"x" * 100000, HEADER, b"{}", b"{}", b"{}"), "channel iopub": v1_parts(b"iopub", HEADER, b"{}", b"{}", b"{}"),
    "header deep": v1_parts(b"shell", b'{"msg_id":"m","x":' + b"[" * 50000 + b"]" * 50000 + b"}", b"{}", b"{}", b"{}"),
    "lone surrogate": v1_parts(b"shell", HEADER.replace(b'"m"', rb'"\ud800"'), b"{}", b"{}", b"{}"),
    "surrogate in utf-8": v1_parts(b"shell", HEADER.replace(b'"m"', b'"\xed\xa0\x80"'), b"{}", b"{}", b"{}"),
    "random": random.Random(7).randbytes(4096),
}
BAD_TEXT = {
    "empty": "", "no json": "nope", "a list": "[]", "a number": "1", "null": "null", "no header": "{}", "header null": '{"header": null}',
    "channel a number": '{"header": {"msg_id": "m", "msg_type": "kernel_info_request"}, "channel": 12}',
    "no type": '{"header": {"msg_id": "m"}, "channel": "shell"}', "deep": "[" * 100000, "deep object": '{"header":' * 20000,
    "content missing": '{"header": {"msg_id": "m", "msg_type": "execute_request"}, "channel": "shell"}',
    "lone surrogate": '{"header": {"msg_id": "\\ud800", "msg_type": "kernel_info_request"}, "channel": "shell", "parent_header": {}, "metadata": {}, "content": {}}',
    "duplicate keys": '{"header": {}, "header": {"msg_id": "m"}, "channel": "shell", "channel": "control"}',
}
BAD_LEGACY = {
    "empty": b"", "three bytes": b"\0\0\0", "count 2^32-1": b"\xff" * 64, "count only": struct.pack("!I", 2),
    "offset beyond": struct.pack("!III", 2, 12, 2**31) + b"{}", "offset back": struct.pack("!III", 2, 14, 3) + b"{}xx",
    "json no json": struct.pack("!III", 2, 12, 16) + b"nopebuf", "random": random.Random(8).randbytes(4096),
}


def survives(server, kernel, framing, data, text):
    """The frame may cost its sender the websocket, with a code that says why; it must cost nobody else anything."""
    with server.attach(kernel) as other:
        client = server.attach(kernel, framing=framing)
        client.ws.send(data, text=text)
        try:
            run = client.execute("print('alive')")
            assert run.text == "alive\n"
        except ConnectionClosed as end:
            assert end.rcvd and end.rcvd.code in (1002, 1003, 1007, 1008, 1009), end
        client.close()
        assert other.execute("print('well')").text == "well\n"
    assert server.kernel(kernel)["execution_state"] in ("idle", "busy")


@pytest.fixture(scope="module")
def tough(server):
    """One kernel for all the bad frames: it must live through every one."""
    with server.a_kernel() as kernel_id:
        yield kernel_id


@pytest.mark.sluice_only("stock closes without a code or waits for ever")
@pytest.mark.parametrize("name", BAD_V1)
def test_a_bad_v1_frame(server, tough, name):
    survives(server, tough, wire.V1, BAD_V1[name], text=False)


@pytest.mark.sluice_only("stock closes without a code or waits for ever")
@pytest.mark.parametrize("name", BAD_TEXT)
def test_a_bad_text_frame(server, tough, name):
    survives(server, tough, wire.LEGACY, BAD_TEXT[name].encode("utf8", "surrogatepass"), text=True)


@pytest.mark.sluice_only("stock closes without a code or waits for ever")
@pytest.mark.parametrize("name", BAD_LEGACY)
@pytest.mark.parametrize("text", [False, True], ids=["binary", "text"])
def test_a_bad_legacy_binary_frame(server, tough, name, text):
    survives(server, tough, wire.LEGACY, BAD_LEGACY[name], text=text)


@pytest.mark.sluice_only("stock closes without a code or waits for ever")
def test_the_wrong_kind_of_frame_for_the_framing(server, tough):
    survives(server, tough, wire.V1, wire.encode_legacy(wire.request("kernel_info_request", {}, "s")), text=True)
    survives(server, tough, wire.LEGACY, V1_GOOD, text=False)


def raw_websocket(server, kernel_id):
    """The handshake by hand, so that what follows may break RFC 6455."""
    plain = socket.create_connection((server.host, server.port), timeout=20)
    plain.sendall((f"GET {server.base}/api/kernels/{kernel_id}/channels?session_id=raw HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"
                   f"Authorization: token {server.token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += plain.recv(1)
    assert b" 101 " in head, head
    return plain


def frame(opcode, payload=b"", fin=True, masked=True, reserved=0, length=None):
    first = bytes([(0x80 if fin else 0) | reserved | opcode])
    size = len(payload) if length is None else length
    mark = 0x80 if masked else 0
    head = bytes([mark | size]) if size < 126 else bytes([mark | 126]) + struct.pack("!H", size) if size < 65536 \
        else bytes([mark | 127]) + struct.pack("!Q", size)
    return first + head + (b"\0\0\0\0" if masked else b"") + payload


BROKEN_FRAMES = {
    "not masked": frame(Opcode.TEXT, b"{}", masked=False), "reserved bits": frame(Opcode.TEXT, b"{}", reserved=0x70),
    "opcode 3": frame(3, b"x"), "opcode 15": frame(15, b"x"), "continuation of nothing": frame(Opcode.CONT, b"x"),
    "text inside text": frame(Opcode.TEXT, b"{", fin=False) + frame(Opcode.TEXT, b"}"), "ping too long": frame(Opcode.PING, b"x" * 126),
    "ping in fragments": frame(Opcode.PING, b"x", fin=False), "close with one byte": frame(Opcode.CLOSE, b"\x03"),
    "close with code 1": frame(Opcode.CLOSE, b"\x00\x01"), "close with bad utf-8": frame(Opcode.CLOSE, b"\x03\xe8\xff"),
    "length 2^63": frame(Opcode.BINARY, b"", length=2**63), "length 2^40": frame(Opcode.BINARY, b"x", length=2**40),
    "http in the middle": b"GET / HTTP/1.1\r\n\r\n", "zeros": b"\0" * 64,
}


@pytest.mark.sluice_only("stock keeps some of them open")
@pytest.mark.parametrize("name", BROKEN_FRAMES)
def test_a_frame_that_breaks_rfc_6455_ends_that_connection_only(server, tough, name):
    with server.attach(tough) as other:
        with raw_websocket(server, tough) as plain:
            plain.sendall(BROKEN_FRAMES[name])
            plain.settimeout(15)
            try:
                while plain.recv(65536):
                    pass
            except ConnectionError:
                pass
        assert other.execute("print('well')").text == "well\n"


def test_two_hundred_random_frames(server, tough):
    dice = random.Random(20_000)
    with server.attach(tough) as other:
        for _ in range(200):
            with raw_websocket(server, tough) as plain:
                plain.sendall(dice.randbytes(dice.randrange(1, 300)))
        assert other.execute("print('well')").text == "well\n"


# ------------------------------------------------------------------------------------------------ slow and many


@pytest.mark.sluice_only("stock waits for ever")
@pytest.mark.timeout(120)
def test_a_slow_loris_is_hung_up_on(server):
    """One header byte every now and then: the socket must be closed in bounded time, and others served meanwhile."""
    slow = [socket.create_connection((server.host, server.port), timeout=5) for _ in range(20)]
    try:
        for each in slow:
            each.sendall(b"GET /api HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        ended, deadline = 0, time.monotonic() + 60
        waiting = list(slow)
        while waiting and time.monotonic() < deadline:
            assert server.get("/api").status == 200
            for each in list(waiting):
                each.settimeout(0.05)
                try:
                    each.sendall(b"a")
                    if not each.recv(4096):
                        waiting.remove(each)
                except TimeoutError:
                    pass
                except OSError:
                    waiting.remove(each)
        assert not waiting, f"{len(waiting)} of 20 slow connections are still open after a minute"
    finally:
        [each.close() for each in slow]


def many_connections(server, kernel, count):
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        pytest.skip(f"needs {count + 200} open files, the limit here is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 200), hard))
    idle = []
    try:
        for _ in range(count):
            idle.append(socket.create_connection((server.host, server.port), timeout=20))
        with server.attach(kernel) as client:
            assert client.execute("print('among many')").text == "among many\n"
    finally:
        [each.close() for each in idle]
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_five_hundred_idle_connections(server, kernel):
    many_connections(server, kernel, 500)


@pytest.mark.long
@pytest.mark.sluice_only("stock is capped by its poll loop")
def test_ten_thousand_idle_connections(server, kernel):
    many_connections(server, kernel, 10_000)


@pytest.mark.sluice_only("stock is capped at about 254 websockets (research: libzmq's sockets)")
def test_three_hundred_websockets_on_one_kernel(server, kernel):
    clients = []
    try:
        for _ in range(300):
            clients.append(server.attach(kernel))
        ran = clients[0].execute("print('to all')").id
        for client in clients[1:]:
            assert client.wait_for(lambda m: m.type == "stream" and m.parent == ran).content["text"] == "to all\n"
    finally:
        for client in clients:
            client.cut()


@pytest.mark.sluice_only("stock buffers 190 MiB for it")
def test_a_client_that_stops_reading_costs_little_and_holds_up_nobody(pool, server, kernel):
    """200 MB of output, a client that does not read any of it, a neighbour on the same kernel and one on another."""
    with server.a_kernel() as elsewhere, raw_websocket(server, kernel), server.attach(kernel) as reader, \
            server.attach(elsewhere) as neighbour:
        neighbour.execute("1")
        before = memory(pool)
        running = reader.ask_execute("for n in range(200): print('x' * (1 << 20), flush=True)")
        slowest = 0
        for _ in range(20):
            started = time.monotonic()
            neighbour.execute("1")
            slowest = max(slowest, time.monotonic() - started)
        run = reader.finish(running, timeout=120)
        assert run.text.count("x") == 200 << 20
        assert slowest < 5, f"a neighbour waited {slowest:.1f} s"
        grown = memory(pool) - before
        assert grown < 600 << 20, f"gateway and node grew by {grown >> 20} MiB (their heaps are bounded)"


def memory(pool):
    import psutil
    return sum(psutil.Process(pool.pids[part]).memory_info().rss for part in ("gateway", "node"))


def test_a_flood_from_one_kernel_does_not_starve_another(server):
    with server.a_kernel() as loud, server.a_kernel() as quiet, server.attach(loud) as noisy, server.attach(quiet) as calm:
        calm.execute("1")
        running = noisy.ask_execute("import time\nend = time.time() + 3\nwhile time.time() < end: print('x' * 200)")
        answered = 0
        until(lambda: calm.execute("print('calm')").text == "calm\n", saying="the quiet kernel")
        for _ in range(5):
            assert calm.execute("print('calm')", timeout=10).text == "calm\n"
            answered += 1
        noisy.finish(running, timeout=90)
        assert answered == 5


def test_half_a_request_and_gone(server):
    for part in (b"", b"G", b"GET /api", b"GET /api HTTP/1.1\r\n", b"POST /api/kernels HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"):
        with socket.create_connection((server.host, server.port)) as plain:
            plain.sendall(part)
    for nonsense in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"NONSENSE\r\n\r\n", b"GET  HTTP/9.9\r\n\r\n", b"\0" * 1000,
                     b"GET /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                     b"POST /api/kernels HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n"):
        with socket.create_connection((server.host, server.port), timeout=10) as plain:
            plain.sendall(nonsense)
            try:
                plain.shutdown(socket.SHUT_WR)
                while plain.recv(4096):
                    pass
            except (ConnectionError, OSError):
                pass


def test_requests_cannot_be_smuggled(server):
    """Both lengths at once: one answer at most, and never the hidden request's."""
    with socket.create_connection((server.host, server.port), timeout=5) as plain:
        plain.sendall(f"POST /api/kernels HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nContent-Length: 4\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/status HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b""
        try:
            while chunk := plain.recv(65536):
                got += chunk
        except (TimeoutError, ConnectionError):
            pass
        assert b'"kernels"' not in got


@pytest.mark.sluice_only("stock has no limit")
def test_guessing_tokens_is_slowed_down(request, target):
    from conftest import environment, new_pool, stop
    from lib.jupyter import Server
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pool = new_pool(request, args=["--no-lab"], config="auth:\n  tries-per-minute: 5\n", env=environment(target)).start()
    try:
        server = pool.server()
        # of the right shape: what cannot be a token at all is refused without counting
        guesses = [server.token[:-1] + last for last in "abcdefghjkmnpqrstvwxyz0123456789" if last != server.token[-1]]
        statuses = [Server(server.url, guess).get("/api/kernels").status for guess in guesses]
        assert 429 in statuses and set(statuses) <= {401, 429}, statuses
    finally:
        stop(request, pool)


@pytest.mark.sluice_only("it starts with any configuration")
@pytest.mark.parametrize("config,line,words", [
    ("gatewey:\n  port: 1\n", 1, "gatewey"), ("gateway:\n  prot: 1\n", 2, "prot"), ("gateway:\n  port: x\n", 2, "port"),
    ("gateway:\n  port: 99999999\n", 2, "port"), ("gateway: [\n", None, ""), ("# fine\nring:\n  bytes: many\n", 3, "bytes")])
def test_a_wrong_configuration_is_refused_with_its_line(tmp_path, config, line, words):
    import subprocess
    from lib.pool import TOP
    (tmp_path / "config.yaml").write_text(config)
    refused_ = subprocess.run([TOP / "sluice", "up", "--port", "0", "--data", tmp_path, "--no-lab"], timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert refused_.returncode != 0 and words in refused_.stdout, refused_.stdout
    assert line is None or f"line {line}" in refused_.stdout or f":{line}" in refused_.stdout, refused_.stdout


def test_the_websocket_needs_a_proper_handshake(server, kernel):
    path = f"{server.base}/api/kernels/{kernel}/channels"
    for more in ({"Upgrade": "websocket"}, {"Upgrade": "websocket", "Connection": "Upgrade"},
                 {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "99", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
                 {"Upgrade": "h2c", "Connection": "Upgrade"}):
        assert server.get(path, headers=more).status in (400, 426), more
    assert refused(server, kernel) == 101
