"""A client goes and comes back while a cell prints ten lines. Stock servers lose 0, 4 and 4 of them and, in the third
case, the reply: they keep output only for the same session, and only when nobody else is connected."""
import time

import pytest

from lib import wire
from lib.faults import Wire
from lib.jupyter import Run, Server, until

LINES = [str(n) for n in range(10)]
TEN_LINES = """
import time
for n in range(10):
    print(n, flush=True)
    time.sleep(0.2)
"""


def start_and_drop(client, how):
    """Run the ten lines and drop out after the third -> what was seen."""
    run = Run(client.ask_execute(TEN_LINES))
    for message in client.messages():
        if message.parent == run.id:
            run.add(message)
        if "2\n" in run.text:
            break
    time.sleep(0.1)  # a pong that says so much was received is on its way; the next line is not yet
    how(client)
    return run


def finished(client, run, timeout=30, quiet=0.5):
    """Adds what still comes; a reconnecting client must not get anything twice."""
    if not run.done:
        client.finish(run.id, run, timeout)
    # a line that came late would come now
    for message in client.messages(quiet):
        if message.parent == run.id:
            run.add(message)
    ids = [message.id for message in run.messages]
    assert len(ids) == len(set(ids)), "a message came twice"
    return run


WAYS = {"closed": lambda client: client.close(), "cut": lambda client: client.cut()}


@pytest.fixture(params=WAYS)
def leave(request):
    return WAYS[request.param]


@pytest.mark.parametrize("framing", (wire.V1, wire.LEGACY))
def test_the_same_session_comes_back_while_the_cell_runs(server, kernel, leave, framing):
    client = server.attach(kernel, session="s", framing=framing)
    run = start_and_drop(client, leave)
    time.sleep(0.7)  # lines are printed meanwhile
    with server.attach(kernel, session="s", framing=framing) as back:
        finished(back, run)
        assert run.text.split() == LINES and run.reply["status"] == "ok"


def test_the_same_session_comes_back_after_the_cell_is_done(server, kernel, leave):
    client = server.attach(kernel, session="s")
    run = start_and_drop(client, leave)
    until(lambda: server.kernel(kernel)["execution_state"] == "idle", saying="the end of the cell")
    with server.attach(kernel, session="s") as back:
        finished(back, run)
        assert run.text.split() == LINES and run.reply["status"] == "ok"


@pytest.mark.sluice_only("stock keeps nothing while a second client is open: 6/10 lines")
def test_the_same_session_comes_back_and_a_second_client_was_there_all_along(server, kernel, leave):
    with server.attach(kernel, session="watcher") as watcher:
        client = server.attach(kernel, session="s")
        run = start_and_drop(client, leave)
        time.sleep(0.7)
        with server.attach(kernel, session="s") as back:
            finished(back, run)
            assert run.text.split() == LINES and run.reply["status"] == "ok"
        seen = Run(run.id)
        for message in watcher.messages():
            if message.parent == run.id:
                seen.add(message)
            if seen.idle:
                break
        assert seen.text.split() == LINES


@pytest.mark.sluice_only("stock forgets the cell for a new session: 6/10 lines and no reply, the cell stays [*]")
@pytest.mark.parametrize("when", ["while it runs", "after it ended"])
def test_a_new_session_after_a_page_reload_gets_the_running_cell(server, kernel, leave, when):
    client = server.attach(kernel, session="before")
    run = start_and_drop(client, leave)
    if when == "while it runs":
        time.sleep(0.7)
    else:
        until(lambda: server.kernel(kernel)["execution_state"] == "idle", saying="the end of the cell")
    with server.attach(kernel, session="after the reload") as back:
        after = finished(back, Run(run.id))
    # the page may have kept what it saw before the reload or not: either way no line is missing and none is out of order
    lines = after.text.split()
    assert lines == LINES[-len(lines):] and set(run.text.split()) | set(lines) == set(LINES)
    assert after.reply["status"] == "ok"


@pytest.mark.sluice_only("a stock server waits for its ping timeout")
def test_a_connection_that_hangs_is_replaced_and_nothing_is_lost(server, kernel):
    """A dead router: nothing closes, nothing arrives; the laptop opens a new socket."""
    relay = Wire(server.host, server.port)
    try:
        client = Server(relay.url, server.token).attach(kernel, session="s")
        run = start_and_drop(client, lambda _: relay.hold())
        time.sleep(0.7)
        with server.attach(kernel, session="s") as back:
            relay.cut()
            finished(back, run)
            lines = run.text.split()
        # what the router swallowed comes again
        assert run.reply["status"] == "ok" and lines == [str(n) for n in range(10)], lines
    finally:
        relay.close()


def test_coming_back_many_times_loses_nothing(server, kernel):
    client = server.attach(kernel, session="s")
    run = Run(client.ask_execute("import time\nfor n in range(200):\n    print(n, flush=True)\n    time.sleep(0.01)"))
    while not run.done:
        for message in client.messages(0.3):
            if message.parent == run.id:
                run.add(message)
            if run.done:
                break
        for message in client.leave():
            if message.parent == run.id:
                run.add(message)
        client = server.attach(kernel, session="s")
    client.close()
    assert run.text.split() == [str(n) for n in range(200)]


def test_a_client_that_leaves_right_after_asking_finds_everything_later(server, kernel):
    """What comes before the server's own close frame was delivered; what comes after it must come again."""
    for attempt in range(10):
        client = server.attach(kernel, session="s")
        run = Run(client.ask_execute("for n in range(5): print(n, flush=True)"))
        for message in client.leave():
            if message.parent == run.id:
                run.add(message)
        with server.attach(kernel, session="s") as back:
            finished(back, run, quiet=0.05)
        assert run.text.split() == ["0", "1", "2", "3", "4"], f"attempt {attempt}: {run.text!r}"


@pytest.mark.sluice_only("stock rings without bound")
def test_what_does_not_fit_the_ring_is_said_and_the_reply_still_comes(server, kernel):
    client = server.attach(kernel, session="s")
    run = Run(client.ask_execute("import time; print('in', flush=True); time.sleep(1)\n"
                                 "for n in range(64): print('x' * (1 << 20), flush=True)\nprint('out')"))
    client.wait_for(lambda m: m.type == "stream")
    client.close()
    until(lambda: server.kernel(kernel)["execution_state"] == "idle", timeout=60, saying="the end of the flood")
    with server.attach(kernel, session="s") as back:
        finished(back, run, timeout=60)
    assert run.reply["status"] == "ok" and run.text.endswith("out\n")
    if len(run.text) < 64 << 20:
        assert run.stream("stderr").strip(), "output was left out and nobody said so"


def test_variables_outlive_every_client(server, kernel):
    with server.attach(kernel) as client:
        client.execute("x = 41")
    with server.attach(kernel) as client:
        assert client.execute("print(x + 1)").text == "42\n"
