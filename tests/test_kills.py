"""kill -9, of every part and of everything, while kernels work. Each test breaks a pool of its own."""
import threading
import time

from websockets.exceptions import ConnectionClosed, WebSocketException

from lib import faults
from lib.jupyter import Run, until

COUNT = """
import time
for n in range({n}):
    print(n, flush=True)
    time.sleep({pause})
"""


class Counter(threading.Thread):
    """One client, one kernel that prints a counter. It comes back with its session_id, as Lab does, until the cell is done."""

    def __init__(self, server, kernel_id, numbers=200, pause=0.05):
        super().__init__(daemon=True)
        self.server, self.kernel_id, self.numbers, self.pause = server, kernel_id, numbers, pause
        self.session = f"counter-{kernel_id}"
        self.run_ = self.problem = None
        self.reconnects, self.codes, self.notes = 0, [], []
        self.counting = threading.Event()

    @property
    def text(self):
        return self.run_.text

    def run(self):
        try:
            client = self.server.attach(self.kernel_id, session=self.session)
            self.run_ = Run(client.ask_execute(COUNT.format(n=self.numbers, pause=self.pause)))
            deadline = time.monotonic() + 150
            while not self.run_.done and time.monotonic() < deadline:
                try:
                    self._take(client.receive(5))
                except TimeoutError:
                    continue
                except ConnectionClosed as end:
                    self.codes.append(end.rcvd.code if end.rcvd else 1006)
                    client = self._come_back(deadline)
            client.close()
        except Exception as problem:  # told by the test, in its own thread
            self.problem = problem

    def _take(self, message):
        if message.parent == self.run_.id:
            self.run_.add(message)
            if message.type == "stream" and message.content["name"] == "stdout":
                self.counting.set()
        if message.type == "stream" and message.content["name"] == "stderr":
            self.notes.append(message.content["text"])

    def _come_back(self, deadline):
        while True:
            try:
                client = self.server.attach(self.kernel_id, session=self.session)
                self.reconnects += 1
                return client
            except (OSError, WebSocketException, TimeoutError, EOFError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def counters(server, count, **more):
    kernels = [server.start_kernel() for _ in range(count)]
    threads = [Counter(server, kernel_id, **more) for kernel_id in kernels]
    [thread.start() for thread in threads]
    for thread in threads:
        assert thread.counting.wait(60), f"{thread.kernel_id} does not print: {thread.problem!r}"
    return threads


def every_number_once_and_in_order(threads, numbers=200):
    for thread in threads:
        thread.join(180)
        assert not thread.is_alive() and thread.problem is None, repr(thread.problem)
        assert thread.text.split() == [str(n) for n in range(numbers)], faulty(thread.text.split(), numbers)
        assert thread.run_.reply["status"] == "ok"


def faulty(seen, numbers):
    numbers = [str(n) for n in range(numbers)]
    missing = [n for n in numbers if n not in seen]
    twice = sorted({n for n in seen if seen.count(n) > 1}, key=int)
    return f"missing {missing}, twice {twice}, in order: {seen == sorted(seen, key=int)}"


def all_deleted_and_nothing_left(pool, server):
    for kernel in server.must("GET", "/api/kernels", 200):
        assert server.stop_kernel(kernel["id"]) == 204
    assert server.must("GET", "/api/kernels", 200) == []
    until(lambda: not kernel_processes(pool), saying="the end of the last kernel process")


def kernel_processes(pool):
    found = []
    for process in pool.processes().values():
        try:
            if "ipykernel" in " ".join(process.cmdline()):
                found.append(process)
        except faults.psutil.Error:
            continue
    return found


def test_twenty_counters_do_not_notice_that_the_gateway_was_killed(doomed):
    server = doomed.server()
    threads = counters(server, 20)
    old = doomed.pids["gateway"]
    faults.kill(old)
    doomed.wait_for_new("gateway", old)
    every_number_once_and_in_order(threads)
    assert all(thread.reconnects >= 1 for thread in threads)
    until(server.answers, saying="the gateway answering")
    assert {kernel["id"] for kernel in server.must("GET", "/api/kernels", 200)} == {t.kernel_id for t in threads}
    all_deleted_and_nothing_left(doomed, server)


def test_counters_survive_a_gateway_that_is_killed_again_and_again(doomed):
    threads = counters(doomed.server(), 3, numbers=300)
    for _ in range(3):
        old = doomed.pids["gateway"]
        faults.kill(old)
        doomed.wait_for_new("gateway", old)
        until(lambda: doomed.server().answers(), saying="the gateway answering")
    every_number_once_and_in_order(threads, 300)


def test_twenty_counters_do_not_notice_that_the_database_was_killed(doomed):
    server = doomed.server()
    threads = counters(server, 20)
    old = doomed.pids["database"]
    faults.kill(old)
    doomed.wait_for_new("database", old)
    every_number_once_and_in_order(threads)
    assert all(thread.reconnects == 0 for thread in threads), "the websockets have nothing to do with the database"
    until(server.answers, saying="REST again")
    with server.a_kernel() as kernel_id, server.attach(kernel_id) as client:
        assert client.execute("print('after')").text == "after\n"


def test_while_the_database_is_stopped_there_are_clear_errors_and_nothing_else(doomed):
    server = doomed.server()
    kernel_id = server.start_kernel()
    database = doomed.pids["database"]
    with server.attach(kernel_id) as client:
        client.execute("x = 41")
        faults.pause(database)
        try:
            # a cell needs no database
            assert client.execute("print(x + 1)").text == "42\n"
            answer = server.call("POST", "/api/kernels", {"name": "python3"}, timeout=90)
            if answer.status != 201:
                assert answer.status in (500, 503, 504) and answer.json["message"]
        finally:
            faults.resume(database)
        until(server.answers, timeout=60, saying="REST again")
        assert client.execute("print(x + 2)").text == "43\n"


def test_a_killed_node_adopts_its_kernels_and_says_what_is_missing(doomed):
    server = doomed.server()
    threads = counters(server, 5)
    quiet = server.start_kernel()
    with server.attach(quiet) as client:
        client.execute("precious = 'kept'")
    old = doomed.pids["node"]
    faults.kill(old)
    doomed.wait_for_new("node", old)
    for thread in threads:
        thread.join(180)
        assert thread.problem is None, repr(thread.problem)
        seen = [int(n) for n in thread.text.split()]
        assert seen == sorted(set(seen)), "numbers came twice or out of order"
        assert thread.run_.reply["status"] == "ok"
        if len(seen) < thread.numbers:
            assert thread.notes, f"{thread.numbers - len(seen)} numbers are missing and nobody said so"
        gaps = [b - a for a, b in zip(seen, seen[1:]) if b != a + 1]
        assert len(gaps) <= 1, f"more than one gap: {gaps}"
    with server.attach(quiet) as client:
        assert client.execute("print(precious)").text == "kept\n"
    with server.attach(threads[0].kernel_id) as client:
        assert client.execute("print(n)").text == "199\n"
        running = client.ask_execute("while True: pass")
        time.sleep(0.5)
        server.must("POST", f"/api/kernels/{threads[0].kernel_id}/interrupt", 204)
        assert client.finish(running).reply["ename"] == "KeyboardInterrupt"
    all_deleted_and_nothing_left(doomed, server)


def test_an_adopted_kernel_can_be_restarted_and_its_death_is_seen(doomed):
    server = doomed.server()
    kernel_id = server.start_kernel()
    with server.attach(kernel_id) as client:
        client.execute("1")
    old = doomed.pids["node"]
    faults.kill(old)
    doomed.wait_for_new("node", old)
    until(lambda: server.get(f"/api/kernels/{kernel_id}").json.get("execution_state") == "idle", saying="adopted")
    server.must("POST", f"/api/kernels/{kernel_id}/restart", 200)
    with server.attach(kernel_id) as client:
        client.execute("1")
        client.ask_execute("import os; os.kill(os.getpid(), 9)")
        client.wait_for(lambda m: m.type == "status" and m.content["execution_state"] == "restarting")
        assert client.execute("print('back')").text == "back\n"


def test_a_paused_node_holds_everything_and_loses_nothing(doomed):
    server = doomed.server()
    threads = counters(server, 3, numbers=120)
    faults.pause(doomed.pids["node"])
    time.sleep(2)
    faults.resume(doomed.pids["node"])
    every_number_once_and_in_order(threads, 120)


def test_the_power_goes_and_comes_back(doomed):
    server = doomed.server()
    kernels = [server.start_kernel() for _ in range(3)]
    session = server.must("POST", "/api/sessions", 201, {"path": "kept.ipynb", "type": "notebook", "name": "kept",
                                                         "kernel": {"name": "python3"}})
    with server.attach(kernels[0]) as client:
        client.ask_execute("import time\nwhile True: print('.', flush=True); time.sleep(0.01)")
        client.wait_for(lambda m: m.type == "stream")
        doomed.kill_everything()
    doomed.start()
    server = doomed.server()
    # the kernels are gone, and every list agrees about it
    listed = {kernel["id"] for kernel in server.must("GET", "/api/kernels", 200)}
    for kernel_id in [*kernels, session["kernel"]["id"]]:
        answer = server.get(f"/api/kernels/{kernel_id}")
        assert (answer.status == 200) == (kernel_id in listed), answer
        if answer.status == 200:
            assert answer.json["execution_state"] == "dead", answer.json
    for each in server.must("GET", "/api/sessions", 200):
        assert server.get(f"/api/kernels/{each['kernel']['id']}").status == 200
    with server.a_kernel() as kernel_id, server.attach(kernel_id) as client:
        assert client.execute("print('a new day')").text == "a new day\n"
    all_deleted_and_nothing_left(doomed, server)


def test_a_killed_supervisor_leaves_kernels_for_the_next_one(doomed):
    server = doomed.server()
    kernel_id = server.start_kernel()
    with server.attach(kernel_id) as client:
        client.execute("precious = 'kept'")
    parts = dict(doomed.pids)
    faults.kill(doomed.up.pid)
    doomed.up.wait()
    faults.wait_gone([pid for part, pid in parts.items() if part in ("gateway", "node")], timeout=30)
    doomed.start()
    server = doomed.server()
    until(lambda: server.get(f"/api/kernels/{kernel_id}").status == 200, saying="the kernel adopted")
    with server.attach(kernel_id) as client:
        assert client.execute("print(precious)").text == "kept\n"
    all_deleted_and_nothing_left(doomed, server)


def test_a_second_up_on_the_same_data_says_who_holds_it(doomed):
    import subprocess
    from lib.pool import TOP
    second = subprocess.run([TOP / "sluice", "up", "--port", "0", "--data", doomed.data, "--no-lab"], timeout=120,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert second.returncode != 0
    assert str(doomed.up.pid) in second.stdout or any(str(pid) in second.stdout for pid in doomed.pids.values())
    assert doomed.server().get("/api").status == 200


def test_a_sandboxed_kernel_that_forks_away_is_ended_with_its_kernel(doomed):
    server = doomed.server()
    with server.a_kernel() as kernel_id, server.attach(kernel_id) as client:
        client.execute("import subprocess; p = subprocess.Popen(['sleep', '98765'], start_new_session=True)")
        def sleepers():
            return [p for p in doomed.processes().values() if p.cmdline()[-1:] == ["98765"]]
        until(sleepers, saying="the forked process")
    until(lambda: not sleepers(), saying="the end of what the kernel left behind")
