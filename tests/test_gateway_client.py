"""Jupyter's own gateway clients, unmodified: nbclient and papermill through GatewayKernelManager, and a Jupyter server
that was started with --gateway-url."""
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lib import wire
from lib.front import Front
from lib.jupyter import until
from test_protocol import ECHO_COMM

CLIENTS = Path(__file__).parent / "clients"


# ------------------------------------------------------------------------------------------ nbclient and papermill


@pytest.fixture
def execute(server, target, tmp_path):
    """execute("nbclient", path) -> the notebook as it was executed, and the client's exit status"""
    # GatewayKernelClient sends no token with its websocket: the address carries it (Sluice takes /t/TOKEN; a stock
    # server must have no token)
    url = f"{server.url}/t/{server.token}" if server.token else server.url
    if server.token and not target.is_sluice:
        pytest.skip("not Sluice: stock gateways refuse GatewayKernelClient's websocket, which carries no token")

    def run(how, path, *parameters, must=True):
        out = tmp_path / "out.ipynb"
        done = subprocess.run(
            [sys.executable, CLIENTS / "run_notebook.py", how, path, out, *parameters], timeout=180,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path,
            env={**os.environ, "JUPYTER_GATEWAY_URL": url, "KERNEL_SLUICE_URL": server.url})
        assert not must or done.returncode == 0, done.stdout
        return nbformat.read(out, as_version=4), done

    return run


def output_of(notebook):
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    text = "".join(output.get("text", "") for output in outputs)
    return outputs, kinds, text


def notebook_of(tmp_path, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "p", "language": "python"}
    path = tmp_path / "in.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("how", ["nbclient", "papermill"])
def test_the_first_notebook(execute, notebooks, how):
    _, kinds, text = output_of(execute(how, notebooks[0])[0])
    assert {"image/png", "application/vnd.jupyter.widget-view+json", "text/html", "text/latex"} <= kinds
    assert "step 5 of 5" in text


@pytest.mark.sluice_only("jupyter_server ignores the env it is sent")
@pytest.mark.parametrize("how", ["nbclient", "papermill"])
def test_the_notebook_about_the_gateway(execute, notebooks, server, how):
    with server.a_kernel() as kernel_id, server.attach(kernel_id) as client:
        # as the notebook tells people to
        client.execute("import os, pathlib; file = pathlib.Path('~/.sluice-token').expanduser()\n"
                       f"file.touch(0o600); file.write_text({server.token!r})")
    before = len(server.must("GET", "/api/kernels", 200))
    parameters = [f"url={server.url}"] if how == "papermill" else []
    _, _, text = output_of(execute(how, notebooks[1], *parameters)[0])
    assert "hello from another kernel" in text and "all five lines are here" in text and "the kernel is gone" in text
    until(lambda: len(server.must("GET", "/api/kernels", 200)) <= before, saying="no kernel left behind")


def test_the_notebooks_are_kept_without_outputs(notebooks):
    assert len(notebooks) >= 2
    for path in notebooks:
        for cell in nbformat.read(path, as_version=4).cells:
            assert cell.cell_type != "code" or not cell.outputs and cell.execution_count is None, path.name


@pytest.mark.parametrize("how", ["nbclient", "papermill"])
def test_a_cell_that_fails_ends_the_run_with_its_traceback(execute, tmp_path, how):
    path = notebook_of(tmp_path, "print('before')", "1 / 0", "print('after')")
    notebook, done = execute(how, path, must=False)
    assert done.returncode != 0 and "ZeroDivisionError" in done.stdout
    outputs, _, text = output_of(notebook)
    assert "before" in text and "after" not in text
    assert any(output.output_type == "error" for output in outputs)


@pytest.mark.sluice_only("stock's rate limit drops most of it")
def test_ten_megabytes_of_output_through_nbclient(execute, tmp_path):
    path = notebook_of(tmp_path, "print('x' * (10 << 20))", "for n in range(3000): print(n, flush=True)")
    notebook, _ = execute("nbclient", path)
    assert output_of(notebook)[2].count("x") == 10 << 20
    assert output_of(notebook)[2].endswith("\n2999\n")


# ---------------------------------------------------------------- a Jupyter server of the user's own in front of it


@pytest.fixture(scope="module")
def front(server):
    with Front(server) as front:
        yield front


@pytest.fixture
def behind(front):
    with front.client.a_kernel() as kernel_id:
        yield kernel_id


def test_the_front_shows_our_kernelspecs_and_kernels(front, server, behind):
    ours = server.must("GET", "/api/kernelspecs", 200)
    theirs = front.client.must("GET", "/api/kernelspecs", 200)
    assert theirs["kernelspecs"].keys() == ours["kernelspecs"].keys() and theirs["default"] == ours["default"]
    logo = theirs["kernelspecs"]["python3"]["resources"]["logo-64x64"]
    assert front.client.get(logo).body.startswith(b"\x89PNG")
    assert server.kernel(behind)["id"] == behind


def test_a_cell_an_error_and_a_completion_through_the_front(front, behind):
    with front.client.attach(behind) as client:
        run = client.execute("print('through'); 6 * 7")
        assert run.text == "through\n" and run.of("execute_result")[0].content["data"]["text/plain"] == "42"
        assert client.execute("1 / 0").reply["ename"] == "ZeroDivisionError"
        assert "print" in client.request("complete_request", {"code": "prin", "cursor_pos": 4}).reply["matches"]


def test_input_through_the_front(front, behind):
    with front.client.attach(behind) as client:
        running = client.ask_execute("print('hello ' + input('name? '))", allow_stdin=True)
        asked = client.wait_for(lambda m: m.type == "input_request")
        client.ask("input_reply", {"value": "ada", "status": "ok"}, channel="stdin", parent=asked.header)
        assert client.finish(running).text == "hello ada\n"


def test_interrupt_and_restart_through_the_front(front, behind):
    with front.client.attach(behind) as client:
        running = client.ask_execute("import time\nprint('in', flush=True)\nwhile True: time.sleep(0.05)")
        client.wait_for(lambda m: m.type == "stream")
        assert front.client.call("POST", f"/api/kernels/{behind}/interrupt").status == 204
        assert client.finish(running).reply["ename"] == "KeyboardInterrupt"
        client.execute("x = 1")
        front.client.must("POST", f"/api/kernels/{behind}/restart", 200)
        assert client.execute("x").reply["ename"] == "NameError"


def test_a_session_through_the_front(front, server):
    model = front.client.must("POST", "/api/sessions", 201, {"path": "a.ipynb", "name": "a", "type": "notebook",
                                                             "kernel": {"name": "python3"}})
    assert server.kernel(model["kernel"]["id"])
    assert front.client.call("DELETE", f"/api/sessions/{model['id']}").status == 204
    assert server.get(f"/api/kernels/{model['kernel']['id']}").status == 404


@pytest.mark.sluice_only("a binary message kills the front's connection, a buffer from the front closes ours")
@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_binary_comms_do_not_kill_the_connection_of_a_front(front, behind, framing):
    with front.client.attach(behind, framing=framing) as client:
        client.execute(ECHO_COMM)
        client.ask("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"who": "ada"}})
        assert client.wait_for(lambda m: m.type == "comm_msg").content["data"] == {"hello": "ada"}
        client.ask("comm_msg", {"comm_id": "c1", "data": {}}, buffers=[bytes(range(256)) * 100])
        assert client.wait_for(lambda m: m.type == "comm_msg").content["data"] == {"got": [25600]}
        assert client.execute("print('alive')").text == "alive\n"


@pytest.mark.sluice_only("stock's rate limit drops most of it")
def test_thousands_of_prints_through_a_front(front, behind):
    with front.client.attach(behind) as client:
        run = client.execute("for i in range(5000): print(i, flush=True)")
        assert run.text.split() == [str(i) for i in range(5000)]


def test_several_clients_of_the_front_share_a_kernel(front, behind):
    with front.client.attach(behind) as one, front.client.attach(behind) as two:
        # a front opens its own websocket to the gateway after it has answered: only an answer shows that it is there
        assert two.execute("print('me too')").text == "me too\n"
        ran = one.execute("print('both')").id
        assert two.wait_for(lambda m: m.parent == ran and m.type == "stream").content["text"] == "both\n"


@pytest.mark.sluice_only("a stock gateway says `starting` for a while")
def test_the_front_can_parse_our_last_activity_every_time(front, behind):
    with front.client.attach(behind) as client:
        for _ in range(30):
            client.execute("1")
            assert front.client.kernel(behind)["execution_state"] in ("idle", "busy")
