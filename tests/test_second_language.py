"""A kernel that is not Python: IRkernel, with libzmq's own R binding at the other end of the wire."""
import pytest


@pytest.fixture
def r(server):
    specs = server.must("GET", "/api/kernelspecs", 200)["kernelspecs"]
    names = [name for name, entry in specs.items() if entry["spec"]["language"].lower() == "r"]
    if not names:
        pytest.skip("no R kernelspec (Debian package r-cran-irkernel)")
    with server.a_kernel(names[0]) as kernel_id:
        yield kernel_id


def test_r_executes_prints_and_fails(server, r):
    with server.attach(r) as client:
        assert client.request("kernel_info_request").reply["language_info"]["name"] == "R"
        assert client.execute("cat(sum(1:10), '\\n')").text.strip() == "55"
        run = client.execute("stop('as it should')")
        assert run.reply["status"] == "error" and "as it should" in run.reply["evalue"]


def test_r_shows_a_plot(server, r):
    with server.attach(r) as client:
        run = client.execute("options(repr.plot.width=3, repr.plot.height=3); plot(1:10)", timeout=90)
        assert run.reply["status"] == "ok"
        assert any("image/png" in m.content["data"] for m in run.of("display_data"))


def test_r_is_interrupted_and_restarted(server, r):
    with server.attach(r) as client:
        running = client.ask_execute("cat('in\\n'); flush.console(); repeat Sys.sleep(0.05)")
        client.wait_for(lambda m: m.type == "stream")
        server.must("POST", f"/api/kernels/{r}/interrupt", 204)
        client.finish(running)
        client.execute("y <- 1")
        server.must("POST", f"/api/kernels/{r}/restart", 200)
        assert client.execute("exists('y')").reply["status"] == "ok"
        assert client.execute("cat(exists('y'))").text == "FALSE"


def test_r_completes_and_asks(server, r):
    with server.attach(r) as client:
        assert client.request("complete_request", {"code": "read.cs", "cursor_pos": 7}).reply["matches"]
        running = client.ask_execute("cat('hello', readline('name? '))", allow_stdin=True)
        asked = client.wait_for(lambda m: m.type == "input_request")
        client.ask("input_reply", {"value": "ada"}, channel="stdin", parent=asked.header)
        assert "hello ada" in client.finish(running).text
