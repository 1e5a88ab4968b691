"""Jupyter's protocol over REST and the raw websocket, as research on its clients says they use it."""
import json
import re
import threading
import uuid
from datetime import datetime

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from lib import wire
from lib.jupyter import Server, until

UNKNOWN = "00000000-0000-4000-8000-000000000000"


# ------------------------------------------------------------------------------------------------- kernelspecs


def test_the_version_is_told(server):
    assert re.match(r"\d+\.\d+", server.must("GET", "/api", 200)["version"])


def test_kernelspecs_have_what_lab_insists_on(server):
    answer = server.must("GET", "/api/kernelspecs", 200)
    assert answer["default"] in answer["kernelspecs"]
    for name, entry in answer["kernelspecs"].items():
        assert entry["name"] == name
        assert isinstance(entry["resources"], dict)
        spec = entry["spec"]
        assert isinstance(spec["argv"], list) and spec["language"] and spec["display_name"]


def test_a_single_kernelspec_and_its_logo(server):
    entry = server.must("GET", "/api/kernelspecs/python3", 200)
    logo = entry["resources"]["logo-64x64"]
    answer = server.get(logo.removeprefix(server.base) if server.base else logo)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.body.startswith(b"\x89PNG")
    assert server.call("HEAD", logo).status in (200, 405)


def test_an_unknown_kernelspec_is_404(server):
    answer = server.get("/api/kernelspecs/nope")
    assert answer.status == 404
    assert "nope" in answer.json["message"]
    assert server.get("/kernelspecs/python3/nope.png").status == 404


# ----------------------------------------------------------------------------------------------------- kernels


def test_a_kernel_from_post_to_delete(server):
    answer = server.call("POST", "/api/kernels", {"name": "python3"})
    model = answer.json
    assert answer.status == 201
    assert answer.headers["Location"].endswith(f"/api/kernels/{model['id']}")
    assert model["name"] == "python3" and model["connections"] == 0
    assert model["execution_state"] in ("starting", "idle")
    assert model["id"] in [each["id"] for each in server.must("GET", "/api/kernels", 200)]
    answer = server.call("DELETE", f"/api/kernels/{model['id']}")
    assert (answer.status, answer.body) == (204, b"")
    assert server.get(f"/api/kernels/{model['id']}").status == 404
    assert server.stop_kernel(model["id"]) == 404


def test_post_without_a_body_starts_the_default_kernel(server):
    model = server.must("POST", "/api/kernels", 201)
    assert model["name"] == server.must("GET", "/api/kernelspecs", 200)["default"]
    server.stop_kernel(model["id"])


@pytest.mark.sluice_only("gateways take the client's own kernel id; jupyter_server ignores it")
def test_a_client_may_choose_the_kernel_id(server):
    wanted = str(uuid.uuid4())
    with server.a_kernel(kernel_id=wanted) as kernel_id:
        assert kernel_id == wanted
        again = server.call("POST", "/api/kernels", {"name": "python3", "kernel_id": wanted})
        assert again.status in (200, 201) and again.json["id"] == wanted
        assert [each["id"] for each in server.must("GET", "/api/kernels", 200)].count(wanted) == 1


@pytest.mark.sluice_only("stock servers say `starting` until the first websocket comes")
def test_rest_says_idle_without_any_websocket(server, kernel):
    until(lambda: server.kernel(kernel)["execution_state"] == "idle", saying="idle over REST")


def test_state_connections_and_activity_follow_the_kernel(server, kernel):
    with server.attach(kernel) as first, server.attach(kernel):
        first.execute("1")
        until(lambda: server.kernel(kernel)["connections"] == 2, saying="two connections")
        until(lambda: server.kernel(kernel)["execution_state"] == "idle", saying="idle")
        before = server.kernel(kernel)["last_activity"]
        running = first.ask_execute("import time; time.sleep(1)")
        until(lambda: server.kernel(kernel)["execution_state"] == "busy", saying="busy")
        first.finish(running)
        until(lambda: server.kernel(kernel)["execution_state"] == "idle", saying="idle again")
        assert server.kernel(kernel)["last_activity"] > before
    until(lambda: server.kernel(kernel)["connections"] == 0, saying="no connection")


def test_last_activity_is_what_pythons_strptime_takes(server, kernel):
    for _ in range(30):
        datetime.strptime(server.kernel(kernel)["last_activity"], "%Y-%m-%dT%H:%M:%S.%fZ")
        with server.attach(kernel) as client:
            client.execute("0", silent=True)


def test_interrupt_stops_a_loop(server, kernel):
    with server.attach(kernel) as client:
        running = client.ask_execute("import time\nprint('in', flush=True)\nwhile True: time.sleep(0.05)")
        client.wait_for(lambda m: m.type == "stream")
        assert server.call("POST", f"/api/kernels/{kernel}/interrupt").status == 204
        assert client.finish(running).reply["ename"] == "KeyboardInterrupt"
        assert client.execute("print('alive')").text == "alive\n"


HEARS = """
import builtins, sys
from ipykernel.kernelapp import launch_new_instance
from ipykernel.kernelbase import Kernel

def interrupt_request(self, *message, plain=Kernel.interrupt_request):
    builtins.heard = True
    return plain(self, *message)

Kernel.interrupt_request = interrupt_request
launch_new_instance()
"""


def test_a_kernel_that_asks_for_it_is_interrupted_by_a_message(server, pool, spec):
    name = spec(["python3", "-c", HEARS, "-f", "{connection_file}"], interrupt_mode="message")
    with server.a_kernel(name=name) as kernel_id, server.attach(kernel_id) as client:
        asked = client.ask_execute("import time\nprint('in', flush=True)\nwhile True: time.sleep(0.02)")
        client.wait_for(lambda message: message.type == "stream" and message.parent == asked)
        server.must("POST", f"/api/kernels/{kernel_id}/interrupt", 204)
        assert client.finish(asked).reply["ename"] == "KeyboardInterrupt"
        assert client.execute("print(heard)").text == "True\n"


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "{}"])
def test_restart_keeps_the_id_and_the_websocket(server, kernel, body):
    with server.attach(kernel) as client:
        client.execute("x = 1")
        model = server.must("POST", f"/api/kernels/{kernel}/restart", 200, body)
        assert model["id"] == kernel and model["name"] == "python3"
        assert client.execute("x").reply["ename"] == "NameError"


@pytest.mark.parametrize("action", ["restart", "interrupt"])
def test_actions_on_an_unknown_kernel_are_404(server, target, action):
    answer = server.call("POST", f"/api/kernels/{UNKNOWN}/{action}")
    assert answer.status == 404 or not target.is_sluice  # stock says 500 to restart
    assert "message" in answer.json


@pytest.mark.sluice_only("stock leaves the websocket open and silent")
def test_delete_says_dead_and_closes_the_websocket(server):
    kernel_id = server.start_kernel()
    with server.attach(kernel_id) as client, server.attach(kernel_id, framing=wire.LEGACY) as other:
        client.execute("1")
        assert server.stop_kernel(kernel_id) == 204
        for each in (client, other):
            code, seen = each.closed()
            assert code == 1000
            assert [m.content["execution_state"] for m in seen if m.type == "status"][-1] == "dead"


@pytest.mark.sluice_only("stock leaves pending requests without an answer for ever")
def test_a_killed_kernels_pending_requests_are_answered(server, kernel):
    with server.attach(kernel) as client:
        first = client.ask_execute("import os, time; print('in', flush=True); time.sleep(0.5); os.kill(os.getpid(), 9)")
        second = client.ask_execute("print('never')")
        kinds = []
        run = client.finish(first, on_message=lambda m: kinds.append(m))
        assert run.reply["status"] == "error"
        assert run.reply["ename"]
        rest = [m for m in kinds if m.parent == second]
        if not any(m.type == "execute_reply" for m in rest):
            assert client.finish(second).reply["status"] in ("error", "aborted")
        if not any(m.type == "status" and m.content["execution_state"] == "restarting" for m in kinds):
            client.wait_for(lambda m: m.type == "status" and m.content["execution_state"] == "restarting")
        assert client.execute("print('again')").text == "again\n"


def test_a_killed_kernel_is_restarted_and_says_so(server, kernel):
    with server.attach(kernel) as client:
        client.ask_execute("import os; os.kill(os.getpid(), 9)")
        told = client.wait_for(lambda m: m.type == "status" and m.content["execution_state"] == "restarting")
        assert told.parent_header == {}
        assert client.execute("print(6 * 7)").text == "42\n"


@pytest.mark.sluice_only("jupyter_server ignores env; kernel_gateway and enterprise_gateway leak it")
def test_environments_of_concurrent_starts_never_mix(server):
    kernels, problems = {}, []

    def start(n):
        try:
            kernels[n] = server.start_kernel(env={"KERNEL_SECRET": f"s{n}", f"KERNEL_SECRET_{n}": "mine"})
        except AssertionError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=start, args=(n,)) for n in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    kernels["none"] = server.start_kernel()
    try:
        assert not problems
        for n, kernel_id in kernels.items():
            with server.attach(kernel_id) as client:
                run = client.execute("import os, json; print(json.dumps(dict(os.environ)))")
            mine = {k: v for k, v in json.loads(run.text).items() if k.startswith("KERNEL_SECRET")}
            assert mine == ({} if n == "none" else {"KERNEL_SECRET": f"s{n}", f"KERNEL_SECRET_{n}": "mine"})
    finally:
        [server.stop_kernel(kernel_id) for kernel_id in kernels.values()]


@pytest.mark.sluice_only("jupyter_server ignores env")
def test_only_kernel_variables_are_let_in(server):
    with server.a_kernel(env={"KERNEL_OK": "yes", "LD_PRELOAD": "/evil.so", "PYTHONSTARTUP": "/evil"}) as kernel_id:
        with server.attach(kernel_id) as client:
            run = client.execute("import os; print(*(os.environ.get(n) for n in "
                                 "('KERNEL_OK', 'LD_PRELOAD', 'PYTHONSTARTUP')))")
            assert run.text == "yes None None\n"


# ---------------------------------------------------------------------------------------------------- sessions


@pytest.fixture
def session(server):
    model = server.must("POST", "/api/sessions", 201, {"path": f"{uuid.uuid4().hex}.ipynb", "type": "notebook",
                                                       "name": "n", "kernel": {"name": "python3"}})
    yield model
    server.call("DELETE", f"/api/sessions/{model['id']}")


def test_a_session_has_no_nulls_and_its_kernel(server, session):
    for field in ("id", "path", "name", "type"):
        assert isinstance(session[field], str), field
    assert session["notebook"]["path"] == session["path"]
    assert server.kernel(session["kernel"]["id"])["name"] == "python3"
    assert server.must("GET", f"/api/sessions/{session['id']}", 200)["path"] == session["path"]
    assert session["id"] in [each["id"] for each in server.must("GET", "/api/sessions", 200)]


def test_the_same_path_again_is_the_same_session(server, session):
    again = server.must("POST", "/api/sessions", 201, {"path": session["path"], "type": "notebook", "name": "n",
                                                       "kernel": {"name": "python3"}})
    assert (again["id"], again["kernel"]["id"]) == (session["id"], session["kernel"]["id"])


def test_the_legacy_body_of_a_session(server):
    path = f"{uuid.uuid4().hex}.ipynb"
    answer = server.call("POST", "/api/sessions", {"notebook": {"path": path}, "kernel": {"name": "python3"}})
    assert answer.status == 201
    assert answer.headers["Location"].endswith(f"/api/sessions/{answer.json['id']}")
    assert answer.json["path"] == path and answer.json["type"] == "notebook"
    assert server.call("DELETE", f"/api/sessions/{answer.json['id']}").status == 204


def test_a_session_is_renamed_and_moves_to_another_kernel(server, session):
    where = f"/api/sessions/{session['id']}"
    assert server.must("PATCH", where, 200, {"path": "moved.ipynb", "name": "moved"})["path"] == "moved.ipynb"
    changed = server.must("PATCH", where, 200, {"kernel": {"name": "python3"}})
    assert changed["kernel"]["id"] != session["kernel"]["id"]
    until(lambda: server.get(f"/api/kernels/{session['kernel']['id']}").status == 404, saying="the old kernel's end")
    with server.a_kernel() as other:
        assert server.must("PATCH", where, 200, {"kernel": {"id": other}})["kernel"]["id"] == other


def test_a_session_can_take_a_running_kernel(server, kernel):
    model = server.must("POST", "/api/sessions", 201, {"path": "x", "type": "console", "name": "c",
                                                       "kernel": {"id": kernel}})
    assert model["kernel"]["id"] == kernel and model["type"] == "console"
    assert server.call("DELETE", f"/api/sessions/{model['id']}").status == 204
    assert server.get(f"/api/kernels/{kernel}").status == 404


def test_deleting_the_session_deletes_the_kernel(server, session):
    answer = server.call("DELETE", f"/api/sessions/{session['id']}")
    assert (answer.status, answer.body) == (204, b"")
    assert server.get(f"/api/kernels/{session['kernel']['id']}").status == 404
    assert server.get(f"/api/sessions/{session['id']}").status == 404


@pytest.mark.parametrize("method,path,body,status,words", [
    ("POST", "", {"type": "notebook", "kernel": {"name": "python3"}}, 400, "Missing field in JSON data: path"),
    ("POST", "", {"path": "p", "kernel": {"name": "python3"}}, 400, "Missing field in JSON data: type"),
    ("POST", "", {"path": "p-nope", "type": "notebook", "kernel": {"name": "nope"}}, 501, "nope"),
    ("GET", f"/{UNKNOWN}", None, 404, "Session not found"),
    ("PATCH", f"/{UNKNOWN}", {"name": "x"}, 404, "Session not found"),
    ("DELETE", f"/{UNKNOWN}", None, 404, "Session not found"),
])
def test_session_errors_have_jupyters_shape(server, method, path, body, status, words):
    answer = server.call(method, f"/api/sessions{path}", body)
    assert answer.status == status
    assert words in answer.json["message"]
    if status == 501:
        assert answer.json["short_message"]


def test_a_session_cannot_take_a_kernel_that_is_not_there(server, session):
    assert server.call("PATCH", f"/api/sessions/{session['id']}", {"kernel": {"id": UNKNOWN}}).status == 400


def test_a_session_outlives_its_kernel_only_until_someone_looks(server, session):
    server.stop_kernel(session["kernel"]["id"])
    assert server.get(f"/api/sessions/{session['id']}").status in (404, 410)


# ------------------------------------------------------------------------------------------- the other endpoints


def test_status(server, kernel):
    status = server.must("GET", "/api/status", 200)
    assert status["kernels"] >= 1 and status["connections"] >= 0
    for field in ("started", "last_activity"):
        datetime.strptime(status[field], "%Y-%m-%dT%H:%M:%S.%fZ")


def test_me(server):
    me = server.must("GET", "/api/me", 200)
    assert {"username", "name", "display_name"} <= me["identity"].keys()
    asked = '{"kernels":["read","execute"]}'
    answer = server.must("GET", f"/api/me?permissions={asked.replace(chr(34), '%22')}", 200)
    assert answer["permissions"]["kernels"] == ["read", "execute"]
    assert server.get("/api/me?permissions=nonsense").status == 400


def test_api_answers_are_guarded(server):
    headers = server.get("/api/kernels").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "default-src 'none'" in policy


def test_what_vs_code_probes_first(server, target):
    assert server.get("/tree?").status in (200, 404) or not target.is_sluice
    assert server.get("/").status in (200, 302)
    assert server.get("/api/kernels?1795416095100").status == 200


@pytest.mark.sluice_only("a stock server has contents")
def test_what_a_gateway_has_not_is_a_json_404(server):
    for path in ("/api/contents", "/api/terminals", "/api/nothing"):
        answer = server.get(path)
        assert answer.status == 404 and "message" in answer.json, path


def test_options_needs_no_token(server):
    assert Server(server.url).call("OPTIONS", "/api/kernels", headers={
        "Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"}).status in (200, 204)


def test_polls_can_be_answered_with_304(server):
    first = server.get("/api/kernelspecs")
    if not first.headers.get("ETag"):
        pytest.skip("no ETag on /api/kernelspecs")
    assert server.get("/api/kernelspecs", headers={"If-None-Match": first.headers["ETag"]}).status == 304


# --------------------------------------------------------------------------------------- websocket: the framings


@pytest.mark.parametrize("framing", wire.FRAMINGS)
def test_execute_brings_everything_in_order(server, kernel, framing):
    with server.attach(kernel, framing=framing) as client:
        run = client.execute("print('out'); import sys; print('err', file=sys.stderr); 6 * 7")
        assert run.reply["status"] == "ok"
        assert (run.text, run.stream("stderr")) == ("out\n", "err\n")
        kinds = [m.type for m in run.messages if m.channel == "iopub"]
        assert kinds[:2] == ["status", "execute_input"] and kinds[-1] == "status"
        assert run.of("execute_result")[0].content["data"]["text/plain"] == "42"


def test_v1_is_chosen_when_offered_and_nothing_when_not(server, kernel):
    with server.attach(kernel, subprotocols=[wire.V1]) as client:
        assert client.ws.subprotocol == wire.V1
    with server.attach(kernel, subprotocols=["other", wire.V1]) as client:
        assert client.ws.subprotocol == wire.V1
    with server.attach(kernel, framing=wire.LEGACY) as client:
        assert client.ws.subprotocol is None


def test_an_unknown_subprotocol_is_not_selected(server, kernel):
    try:
        with server.attach(kernel, framing=wire.LEGACY, subprotocols=["other"]) as client:
            assert client.ws.subprotocol is None
    except InvalidHandshake:
        pass  # refusing is within RFC 6455 too


@pytest.mark.parametrize("framing", wire.FRAMINGS)
def test_a_frame_in_fragments_is_one_message(server, kernel, framing):
    with server.attach(kernel, framing=framing) as client:
        message = wire.request("execute_request", {"code": "print('whole ä')", "silent": False}, client.session)
        data, text = wire.encode(message, framing)
        client.ws.send((data[i:i + 7] for i in range(0, len(data), 7)), text=text)
        assert client.finish(message.id).text == "whole ä\n"


def test_ping_is_answered_also_between_fragments(server, kernel):
    with server.attach(kernel) as client:
        assert client.ws.ping(b"are you there").wait(10)
        running = client.ask_execute("import time; time.sleep(0.5)")
        assert client.ws.ping().wait(10)
        client.finish(running)


@pytest.mark.sluice_only("tornado closes the websocket at 10 MB")
@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_large_messages_both_ways(server, kernel, framing):
    with server.attach(kernel, framing=framing) as client:
        sent = "x" * (12 << 20)
        assert client.execute(f"a = {sent!r}; len(a)").of("execute_result")[0].content["data"]["text/plain"] == str(12 << 20)
        run = client.execute("from IPython.display import display\ndisplay({'text/plain': 'y' * (12 << 20)}, raw=True)")
        assert len(run.of("display_data")[0].content["data"]["text/plain"]) == 12 << 20


def test_a_legacy_message_without_a_channel_goes_to_shell(server, kernel):
    with server.attach(kernel, framing=wire.LEGACY) as client:
        message = wire.request("execute_request", {"code": "print('shell')", "silent": False}, client.session)
        text = json.loads(wire.encode_legacy(message))
        del text["channel"]
        client.ws.send(json.dumps(text))
        assert client.finish(message.id).text == "shell\n"


def test_an_unknown_channel_is_ignored(server, kernel):
    with server.attach(kernel) as client:
        client.ask("execute_request", {"code": "print('lost')"}, channel="nowhere")
        assert client.execute("print('here')").text == "here\n"


def test_the_kernels_bytes_come_through_unchanged(server, kernel):
    """Content is relayed, not parsed: numbers, key order and escapes stay as the kernel wrote them."""
    exact = {"z": 1.10, "a": 12345678901234567890123, "n": None, "s": "\u2028\U0001f600\\u0041", "e": 1e-7, "nest": [{}, []]}
    with server.attach(kernel) as client:
        run = client.execute("from IPython.display import display\n"
                             f"display({{'application/json': {exact!r}}}, raw=True, metadata={{'m': 1}})")
        shown = run.of("display_data")[0]
        assert json.dumps(shown.content["data"]["application/json"]) == json.dumps(exact)
        assert shown.metadata == {} and shown.content["metadata"] == {"m": 1}


ECHO_COMM = """
def opened(comm, message):
    comm.on_msg(lambda m: comm.send({'got': [len(b) for b in m['buffers']]}, buffers=[bytes(b)[::-1] for b in m['buffers']]))
    comm.send({'hello': message['content']['data']['who']}, buffers=[b'\\xff\\xfe binary \\x00'])
get_ipython().kernel.comm_manager.register_target('echo', opened)
"""


@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_binary_comms_both_ways(server, kernel, framing):
    payload = [bytes(range(256)) * 64, b"", b"\xc3\x28"]
    with server.attach(kernel, framing=framing) as client:
        client.execute(ECHO_COMM)
        client.ask("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"who": "ada"}})
        hello = client.wait_for(lambda m: m.type == "comm_msg")
        assert hello.content["data"] == {"hello": "ada"} and hello.buffers == [b"\xff\xfe binary \x00"]
        client.ask("comm_msg", {"comm_id": "c1", "data": {}}, buffers=payload)
        back = client.wait_for(lambda m: m.type == "comm_msg")
        assert back.content["data"] == {"got": [len(p) for p in payload]}
        assert back.buffers == [p[::-1] for p in payload]
        comms = client.request("comm_info_request", {"target_name": "echo"}).reply["comms"]
        assert "c1" in comms


@pytest.mark.sluice_only("stock closes the socket on a text frame that is not UTF-8, and kills the relay with a binary one")
def test_binary_comms_through_a_relaying_server(server, kernel):
    """`jupyter lab --gateway-url` sends buffers in a text frame, and dies of any binary frame it gets."""
    with server.attach(kernel, framing=wire.RELAYED) as client:
        client.execute(ECHO_COMM)
        client.ask("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"who": "ada"}})
        hello = client.wait_for(lambda m: m.type == "comm_msg")
        assert hello.content["data"] == {"hello": "ada"} and hello.buffers == []
        client.ask("comm_msg", {"comm_id": "c1", "data": {}}, buffers=[b"\xff\xfe\x00" * 1000])
        back = client.wait_for(lambda m: m.type == "comm_msg")
        assert back.content["data"] == {"got": [3000]} and back.buffers == []
        assert client.execute("print('alive')").text == "alive\n"


# ------------------------------------------------------------------------------------ websocket: what it carries


def test_requests_besides_execute(server, kernel):
    with server.attach(kernel) as client:
        info = client.request("kernel_info_request").reply
        assert info["status"] == "ok" and info["language_info"]["name"] == "python"
        client.execute("thing_with_a_name = 1")
        assert "thing_with_a_name" in client.request("complete_request", {"code": "thing_wi", "cursor_pos": 8}).reply["matches"]
        assert client.request("inspect_request", {"code": "print", "cursor_pos": 5, "detail_level": 0}).reply["found"]
        assert client.request("is_complete_request", {"code": "for x in y:"}).reply["status"] == "incomplete"
        history = client.request("history_request", {"hist_access_type": "tail", "n": 5, "output": False, "raw": True})
        assert any("thing_with_a_name" in entry[2] for entry in history.reply["history"])


def test_an_error_has_its_traceback(server, kernel):
    with server.attach(kernel) as client:
        run = client.execute("1 / 0")
        assert run.reply["status"] == "error" and run.reply["ename"] == "ZeroDivisionError"
        assert run.of("error")[0].content["traceback"]


def test_after_an_error_the_queue_is_aborted(server, kernel):
    with server.attach(kernel) as client:
        first = client.ask_execute("import time; time.sleep(0.3); 1 / 0")
        second = client.ask_execute("print('not this')")
        replies = {}
        for message in client.messages():
            if message.type == "execute_reply":
                replies[message.parent] = message.content["status"]
            if len(replies) == 2:
                break
        assert replies == {first: "error", second: "aborted"}


@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_input_asks_the_client_that_runs_the_cell(server, kernel, framing):
    with server.attach(kernel, framing=framing) as client, server.attach(kernel) as other:
        running = client.ask_execute("print('hello ' + input('name? '))", allow_stdin=True)
        asked = client.wait_for(lambda m: m.type == "input_request")
        assert asked.channel == "stdin" and asked.content["prompt"] == "name? "
        client.ask("input_reply", {"value": "ada", "status": "ok"}, channel="stdin", parent=asked.header)
        assert client.finish(running).text == "hello ada\n"
        assert not [m for m in other.messages(0.5) if m.type == "input_request"]


def test_control_and_debug(server, kernel):
    with server.attach(kernel) as client:
        features = client.request("kernel_info_request", channel="control").reply
        if not features.get("debugger") and "debugger" not in features.get("supported_features", []):
            pytest.skip("this kernel has no debugger (debugpy is missing)")
        command = {"type": "request", "seq": 1, "command": "initialize", "arguments": {
            "clientID": "tests", "adapterID": "", "pathFormat": "path", "linesStartAt1": True, "columnsStartAt1": True,
            "supportsVariableType": True, "supportsVariablePaging": True, "supportsRunInTerminalRequest": True, "locale": "en"}}
        assert client.request("debug_request", command, channel="control").reply["success"]
        # control is answered while shell is busy
        running = client.ask_execute("import time; time.sleep(1.5)")
        info = client.ask("kernel_info_request", channel="control")
        order = []
        for message in client.messages():
            if message.type in ("execute_reply", "kernel_info_reply"):
                order.append(message.parent)
            if len(order) == 2:
                break
        assert order == [info, running]


def test_every_client_sees_iopub_and_only_the_asker_the_reply(server, kernel):
    with server.attach(kernel) as one, server.attach(kernel) as two, server.attach(kernel, framing=wire.LEGACY) as three:
        ran = one.execute("print('for all')").id
        for other in (two, three):
            seen = []
            for message in other.messages():
                if message.parent == ran:
                    seen.append(message)
                if message.is_idle and message.parent == ran:
                    break
            assert [m.content["text"] for m in seen if m.type == "stream"] == ["for all\n"]
            assert not [m for m in seen if m.channel == "shell"]


def test_many_clients_at_once_each_get_their_own_replies(server, kernel):
    clients = [server.attach(kernel, framing=wire.FRAMINGS[n % 2]) for n in range(8)]
    try:
        asked = [(client, n, client.ask_execute(f"print('mine', {n})")) for n, client in enumerate(clients)]
        for client, n, msg_id in asked:
            assert client.finish(msg_id).text == f"mine {n}\n"
    finally:
        [client.close() for client in clients]


def test_a_second_socket_with_the_same_session_takes_over(server, kernel):
    with server.attach(kernel, session="lab") as first:
        with server.attach(kernel, session="lab") as second:
            assert second.execute("print('second')").text == "second\n"
            first.closed()
            assert second.execute("print('still')").text == "still\n"


@pytest.mark.sluice_only("no peer says what it left out; iopub_welcome has no parent and breaks naive clients")
def test_iopub_welcome_is_not_passed_on(server, kernel):
    with server.attach(kernel) as client:
        client.ask_execute("1")
        assert "iopub_welcome" not in [m.type for m in client.messages(2)]


def test_the_first_message_of_a_new_kernel_is_not_lost(server):
    for framing in (wire.V1, wire.LEGACY):
        with server.a_kernel() as kernel_id, server.attach(kernel_id, framing=framing) as client:
            run = client.execute("print('first')")
            assert run.text == "first\n" and [m.content["execution_state"] for m in run.of("status")] == ["busy", "idle"]


@pytest.mark.sluice_only("stock's rate limit drops 40-70 % of this")
@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_twenty_thousand_prints_arrive_all_and_in_order(server, kernel, framing):
    with server.attach(kernel, framing=framing) as client:
        run = client.execute("for i in range(20000): print(i, flush=True)", timeout=120)
        assert run.text.split() == [str(i) for i in range(20000)]


def test_the_websocket_of_an_unknown_kernel_is_refused_before_the_upgrade(server):
    from lib.jupyter import refused
    assert refused(server, UNKNOWN) == 404
    assert refused(server, UNKNOWN, auth=False) in (401, 403)


def test_channels_without_an_upgrade_is_a_400(server, kernel):
    assert server.get(f"/api/kernels/{kernel}/channels").status == 400


def test_a_busy_kernel_can_be_deleted(server):
    kernel_id = server.start_kernel()
    with server.attach(kernel_id) as client:
        client.ask_execute("import time; print('in', flush=True); time.sleep(1000)")
        client.wait_for(lambda m: m.type == "stream")
        assert server.stop_kernel(kernel_id) == 204
    assert server.get(f"/api/kernels/{kernel_id}").status == 404


@pytest.mark.sluice_only("stock loses what is sent while the kernel restarts")
def test_a_kernel_that_ignores_the_interrupt_can_be_restarted(server, kernel):
    with server.attach(kernel) as client:
        client.ask_execute("import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                           "print('in', flush=True)\nwhile True: time.sleep(0.05)")
        client.wait_for(lambda m: m.type == "stream")
        assert server.call("POST", f"/api/kernels/{kernel}/interrupt").status == 204
        server.must("POST", f"/api/kernels/{kernel}/restart", 200)
        assert client.execute("print('new')").text == "new\n"


@pytest.mark.sluice_only("stock loses what is sent while the kernel restarts")
def test_shutdown_by_the_client_is_a_restart_of_the_servers_choice(server, kernel):
    """A client's own shutdown_request reaches the kernel; the server notices that it ended."""
    with server.attach(kernel) as client:
        client.execute("1")
        client.ask("shutdown_request", {"restart": False}, channel="control")
        try:
            until(lambda: server.get(f"/api/kernels/{kernel}").status == 404
                  or client.execute("print('back')", timeout=20).text == "back\n", saying="an end or a new beginning")
        except ConnectionClosed:
            until(lambda: server.get(f"/api/kernels/{kernel}").status == 404, saying="the kernel's end")
