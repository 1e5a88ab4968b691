"""Kernels that wait for a card, as their clients see it, on a pool with two cards that do not exist."""
import os
import subprocess
import sys
from contextlib import contextmanager

import nbformat
import pytest

from conftest import environment, new_pool, stop
from lib import faults, wire
from lib.front import Front
from lib.jupyter import until
from test_gateway_client import CLIENTS, notebook_of, output_of

pytestmark = pytest.mark.sluice_only("it knows no queue")

FIRST = "Waiting for a card: 2 of 2 are busy; you are 1st"
CARDS = "import os; print('cards:', len(os.environ['CUDA_VISIBLE_DEVICES'].split(',')))"


@pytest.fixture(scope="module")
def pool(request, target):
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pool = new_pool(request, args=["--no-lab", "--gpus", "simulated:2x80GiB"], env=environment(target)).start()
    yield pool
    stop(request, pool)


@pytest.fixture
def server(pool):
    server = pool.server()
    yield server
    server = pool.server()  # it may have been started anew, elsewhere
    for kernel in server.must("GET", "/api/kernels", 200):
        server.stop_kernel(kernel["id"])


@pytest.fixture
def holders(server):
    """Two kernels that have the two cards."""
    return [server.start_kernel("python3.gpu") for _ in range(2)]


def waits(server, kernel_id):
    kernel = server.kernel(kernel_id)
    return kernel["execution_state"] == "starting" and kernel.get("reason", "")


@contextmanager
def waiting(server, name="python3.gpu", **more):
    with server.a_kernel(name, **more) as kernel_id:
        assert waits(server, kernel_id).startswith("Waiting for"), server.kernel(kernel_id)
        yield kernel_id


# --------------------------------------------------------------------------------------------------- waiting


@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY, wire.RELAYED))
def test_a_cell_waits_is_told_why_and_gets_its_turn(server, holders, framing):
    with waiting(server) as kernel_id, server.attach(kernel_id, framing=framing) as client:
        info = client.request("kernel_info_request").reply
        assert info["status"] == "ok" and info["language_info"]["name"] == "python"
        asked = client.ask_execute(CARDS)
        client.wait_for(lambda m: m.type == "display_data" and m.content["data"]["text/plain"] == FIRST)
        assert waits(server, kernel_id) == FIRST
        server.stop_kernel(holders[0])
        run = client.finish(asked)
        assert run.reply["status"] == "ok" and run.text == "cards: 1\n"
        shown = [m.type for m in run.messages if m.type in ("clear_output", "stream", "display_data")]
        assert shown[-2:] == ["clear_output", "stream"], "what was said of the queue stays under the cell"
        assert "reason" not in server.kernel(kernel_id)


def test_those_behind_move_up_and_are_told(server, holders):
    with waiting(server) as first, waiting(server) as second:
        assert waits(server, second).endswith("you are 2nd")
        with server.attach(second) as client:
            asked = client.ask_execute("print('second')")
            client.wait_for(lambda m: m.type == "display_data" and "2nd" in m.content["data"]["text/plain"])
            server.stop_kernel(first)
            client.wait_for(lambda m: m.type == "display_data" and "1st" in m.content["data"]["text/plain"])
            server.stop_kernel(holders[1])
            assert client.finish(asked).text == "second\n"


def test_what_was_sent_runs_in_order_also_when_nobody_waits_for_it(server, holders):
    with waiting(server) as kernel_id:
        with server.attach(kernel_id) as client:
            for n in range(20):
                client.ask_execute(f"seen = [*globals().get('seen', []), {n}]")
        server.stop_kernel(holders[0])
        until(lambda: server.kernel(kernel_id)["execution_state"] == "idle", saying="its turn")
        with server.attach(kernel_id) as client:
            assert client.execute("print(*seen)").text.split() == [str(n) for n in range(20)]


def test_a_client_that_returns_gets_its_answer(server, holders):
    with waiting(server) as kernel_id:
        with server.attach(kernel_id, session="lab") as client:
            asked = client.ask_execute("print('here')")
            client.wait_for(lambda m: m.type == "display_data")
            client.cut()
        with server.attach(kernel_id, session="lab") as client:
            server.stop_kernel(holders[0])
            assert client.finish(asked).text == "here\n"


def test_a_client_that_returns_after_its_turn_gets_its_answer(server, holders):
    with waiting(server) as kernel_id:
        with server.attach(kernel_id, session="lab") as client:
            asked = client.ask_execute("print('here')")
            client.wait_for(lambda m: m.type == "display_data")
            client.cut()
        server.stop_kernel(holders[0])
        until(lambda: server.kernel(kernel_id)["execution_state"] == "idle", saying="its turn")
        with server.attach(kernel_id, session="lab") as client:
            assert client.finish(asked).text == "here\n"


def test_an_interrupt_takes_the_cells_back(server, holders):
    with waiting(server) as kernel_id, server.attach(kernel_id) as client:
        asked = client.ask_execute("print('never')")
        client.wait_for(lambda m: m.type == "display_data")
        server.must("POST", f"/api/kernels/{kernel_id}/interrupt", 204)
        run = client.finish(asked)
        assert run.reply["status"] == "aborted" and run.messages[-1].is_idle
        server.must("POST", f"/api/kernels/{kernel_id}/restart", 200)
        assert waits(server, kernel_id) == FIRST
        server.stop_kernel(holders[0])
        assert client.execute("print('after')").text == "after\n"


def test_one_that_is_not_wanted_any_more_leaves_the_queue_and_says_so(server, holders):
    kernel_id = server.start_kernel("python3.gpu")
    with server.attach(kernel_id) as client, waiting(server) as behind:
        asked = client.ask_execute("print('never')")
        client.wait_for(lambda m: m.type == "display_data")
        assert server.stop_kernel(kernel_id) == 204
        assert client.finish(asked).reply["status"] == "error"
        assert client.closed()[0] == 1000
        assert server.get(f"/api/kernels/{kernel_id}").status == 404
        until(lambda: waits(server, behind).endswith("you are 1st"), saying="the next one moving up")


def test_a_session_waits_like_its_kernel(server, holders):
    model = server.must("POST", "/api/sessions", 201, {"path": "w.ipynb", "name": "w", "type": "notebook",
                                                       "kernel": {"name": "python3.gpu"}})
    assert model["kernel"]["execution_state"] == "starting" and model["kernel"]["reason"] == FIRST
    again = server.must("POST", "/api/sessions", 201, {"path": "w.ipynb", "name": "w", "type": "notebook",
                                                       "kernel": {"name": "python3.gpu"}})
    assert again["id"] == model["id"], "a second page of the notebook is not a second place in the queue"
    server.stop_kernel(holders[0])
    until(lambda: server.kernel(model["kernel"]["id"])["execution_state"] == "idle", saying="its turn")
    server.must("DELETE", f"/api/sessions/{model['id']}", 204)


# --------------------------------------------------------------------------------------------------- refused


def test_a_quota_refuses_with_a_sentence(server):
    server.must("PUT", "/api/v1/quotas/pool", 200, {"gpus": 1})
    try:
        server.start_kernel("python3.gpu")
        for path, body in (("/api/kernels", {"name": "python3.gpu"}),
                           ("/api/sessions", {"path": "q.ipynb", "type": "notebook", "kernel": {"name": "python3.gpu"}})):
            answer = server.call("POST", path, body)
            assert answer.status == 403 and "1 GPU" in answer.json["message"] and "in use" in answer.json["message"], answer
        assert not [s for s in server.must("GET", "/api/sessions", 200) if s["path"] == "q.ipynb"]
    finally:
        server.must("DELETE", "/api/v1/quotas/pool", 204)


def test_what_the_pool_could_never_give_is_refused_at_once(server, holders):
    for env, word in (({"KERNEL_GPUS": "3"}, "3"), ({"KERNEL_GPU_MODEL": "H1000"}, "H1000"), ({"KERNEL_GPUS": "NaN"}, "KERNEL_GPUS")):
        answer = server.call("POST", "/api/kernels", {"name": "python3.gpu", "env": env})
        assert answer.status == 400 and word in answer.json["message"], answer


# --------------------------------------------------------------------------------------------------- clients


@pytest.mark.parametrize("how", ["nbclient", "papermill"])
def test_a_notebook_takes_longer_and_comes_out_right(pool, server, holders, tmp_path, how):
    path = notebook_of(tmp_path, "print('one')", "x = 6 * 7\nx", "import sys; print('err', file=sys.stderr)")
    out = tmp_path / "out.ipynb"
    running = subprocess.Popen([sys.executable, CLIENTS / "run_notebook.py", how, path, out], cwd=tmp_path, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, "JUPYTER_GATEWAY_URL": f"{server.url}/t/{server.token}",
                                    "KERNEL_GPUS": "1"})  # GatewayKernelManager asks for python3, whatever the notebook says
    try:
        # its first cell is in the waiting room
        until(lambda: list((pool.data / "waiting").iterdir()), 60, saying="the notebook waiting")
        server.stop_kernel(holders[0])
        said = running.communicate(timeout=120)[0]
    finally:
        running.kill()
    assert running.returncode == 0, said
    outputs, _, text = output_of(nbformat.read(out, as_version=4))
    assert text == "one\nerr\n" and len(outputs) == 3, outputs
    assert "Waiting" not in out.read_text()


def test_a_server_of_ones_own_in_front(server, holders):
    with Front(server) as front, waiting(front.client) as kernel_id, front.client.attach(kernel_id) as client:
        asked = client.ask_execute(CARDS)
        client.wait_for(lambda m: m.type == "display_data" and m.content["data"]["text/plain"] == FIRST)
        server.stop_kernel(holders[0])
        assert client.finish(asked).text == "cards: 1\n"
        assert server.call("PUT", "/api/v1/quotas/pool", {"gpus": 2}).status == 200
        try:
            refused = front.client.call("POST", "/api/kernels", {"name": "python3.gpu"})
            # its answer has the placeholders of the message; the message itself is in its log
            assert refused.status == 403
            until(lambda: "2 GPUs" in front.said(), saying="the sentence in its log")
        finally:
            server.must("DELETE", "/api/v1/quotas/pool", 204)


def test_probes_see_a_kernel_that_is_there(server, holders):
    """What VS Code and jupyter_client do before they trust a kernel: it must look ready, or they give up."""
    with waiting(server) as kernel_id, server.attach(kernel_id) as client:
        assert any(kernel["id"] == kernel_id for kernel in server.must("GET", "/api/kernels", 200))
        asked = client.ask("kernel_info_request")
        states = []
        client.finish(asked, on_message=lambda m: m.type == "status" and states.append(m.content["execution_state"]))
        assert states == ["starting", "busy", "idle"]


# ------------------------------------------------------------------------------------------------------ kills


def test_a_killed_gateway_keeps_the_queue_and_what_was_sent(pool, server, holders):
    with waiting(server) as first, waiting(server) as second:
        with server.attach(first, session="lab") as client:
            asked = client.ask_execute("print('sent before')")
            client.wait_for(lambda m: m.type == "display_data")
            old = pool.pids["gateway"]
            faults.kill(old)
        pool.wait_for_new("gateway", old)
        until(server.answers, timeout=60, saying="REST again")
        until(lambda: waits(server, first).endswith("you are 1st"), saying="the first in its place")
        assert waits(server, second).endswith("you are 2nd")
        with server.attach(first, session="lab") as client:
            server.stop_kernel(holders[0])
            assert client.finish(asked).text == "sent before\n"
        server.stop_kernel(holders[1])
        with server.attach(second) as client:
            assert client.execute("print('second')").text == "second\n"


def test_a_gateway_killed_as_the_turn_comes_starts_it_once(pool, server, holders):
    with waiting(server) as kernel_id:
        server.stop_kernel(holders[0])
        old = pool.pids["gateway"]
        faults.kill(old)
        pool.wait_for_new("gateway", old)
        until(server.answers, timeout=60, saying="REST again")
        until(lambda: server.get(f"/api/kernels/{kernel_id}").json.get("execution_state") == "idle", 60, saying="its turn")
        with server.attach(kernel_id) as client:
            assert client.execute(CARDS).text == "cards: 1\n"
        assert sorted(k["id"] for k in server.must("GET", "/api/kernels", 200)) == sorted([kernel_id, holders[1]])


def test_a_killed_node_leaves_the_cards_with_who_has_them_and_the_queue_as_it_was(pool, server, holders):
    with waiting(server) as kernel_id, server.attach(kernel_id) as client:
        asked = client.ask_execute(CARDS)
        client.wait_for(lambda m: m.type == "display_data")
        with server.attach(holders[1]) as holder:
            holder.execute("x = 41")
        old = pool.pids["node"]
        faults.kill(old)
        pool.wait_for_new("node", old)
        until(lambda: server.get(f"/api/kernels/{holders[1]}").status == 200, 60, saying="the node back")
        with server.attach(holders[1]) as holder:
            assert holder.execute("print(x + 1)").text == "42\n"
        assert waits(server, kernel_id) == FIRST
        server.stop_kernel(holders[0])
        assert client.finish(asked).text == "cards: 1\n"


def test_the_power_goes_while_kernels_wait(pool, server, holders):
    kernel_id = server.start_kernel("python3.gpu")
    with server.attach(kernel_id, session="lab") as client:
        asked = client.ask_execute(CARDS)
        client.wait_for(lambda m: m.type == "display_data")
        pool.kill_everything()
    pool.start()
    server = pool.server()
    # nobody has the cards any more
    until(lambda: server.get(f"/api/kernels/{kernel_id}").json.get("execution_state") == "idle", 90, saying="its turn")
    with server.attach(kernel_id, session="lab") as client:
        assert client.finish(asked).text == "cards: 1\n"
