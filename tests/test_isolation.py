"""What one user's code can do to the machine, and what another user notices of it."""
import glob
import threading
import time

import pytest

from conftest import CONFIG, environment, new_pool, stop
from lib.jupyter import until
from lib.people import new_person

PROCESSES = 200
LIMITS = CONFIG + """
limits:
  memory: 400 MiB
  cpus: 0.5
  processes: %d
  home: 64 MiB
node:
  restarts: 1000
""" % PROCESSES
CELLS = 100
ROUNDS = 6
# What a busy machine does to anybody now and then. Without limits a bomb's neighbour waits 300 ms and more for each cell.
FLOOR = {"p50": 0.010, "p99": 0.050}

FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
MEMORY_HOG = """
hog = []
while True:
    hog.append(bytearray(16 << 20))
"""


@pytest.fixture(scope="module")
def walled(request, target):
    """A pool whose users have limits."""
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pool = new_pool(request, args=["--no-lab"], config=LIMITS, env=environment(target)).start()
    try:
        limited = pool.server().must("GET", "/api/v1/status", 200)["node"]["limited"]
        if missing := {"memory", "cpu", "pids"} - set(limited):
            pytest.skip(f"control groups for {', '.join(sorted(missing))} cannot be written here")
        yield pool
    finally:
        stop(request, pool)


@pytest.fixture
def neighbours(walled):
    """Two people with a kernel each: who behaves, and who does not."""
    ada, eve = (new_person(walled.server(), name) for name in ("ada", "eve"))
    with ada.a_kernel() as hers, eve.a_kernel() as evil:
        with ada.attach(hers) as client, eve.attach(evil) as villain:
            yield client, villain, eve, evil


def latencies(client):
    """-> p50 and p99 of short cells, one after the other, as somebody notices them who types."""
    took = []
    for _ in range(CELLS):
        began = time.perf_counter()
        assert client.execute("x = 1").reply["status"] == "ok"
        took.append(time.perf_counter() - began)
        time.sleep(0.002)
    took.sort()
    return {"p50": took[CELLS // 2], "p99": took[CELLS * 99 // 100 - 1]}


def compare(quiet, loud):
    return {name: loud[name] <= max(2 * quiet[name], FLOOR[name]) for name in quiet}


def undisturbed(client, disturb):
    """Measures without and with the disturbance, in turns. One good round shows that the walls hold: whatever else runs
    on the machine makes cells slower, never faster."""
    said = []
    for _ in range(ROUNDS):
        quiet = latencies(client)
        with disturb():
            loud = latencies(client)
        said.append(f"quiet {words(quiet)}, disturbed {words(loud)}")
        print(said[-1])
        if all(compare(quiet, loud).values()):
            return
    raise AssertionError("a neighbour is slowed down more than twice: " + "; ".join(said))


def words(figures):
    return " ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in figures.items())


def processes(kernel_id):
    """How many there are in the kernel's control group."""
    groups = glob.glob(f"/sys/fs/cgroup/**/{kernel_id}/pids.current", recursive=True)
    return max((int(open(group).read()) for group in groups), default=0)


class Bomb:
    """A fork bomb that runs while the block does; its kernel is restarted to end it."""

    def __init__(self, eve, evil, villain):
        self.eve, self.evil, self.villain = eve, evil, villain

    def __enter__(self):
        self.villain.ask_execute(FORK_BOMB)
        until(lambda: processes(self.evil) >= PROCESSES, saying="the bomb")

    def __exit__(self, *_):
        self.eve.must("POST", f"/api/kernels/{self.evil}/restart", 200, timeout=90)


def test_a_fork_bomb_slows_no_neighbour(neighbours):
    client, villain, eve, evil = neighbours
    client.execute("x = 0")
    undisturbed(client, lambda: Bomb(eve, evil, villain))
    until(lambda: eve.kernel(evil)["execution_state"] == "idle", timeout=60, saying="the bomber's kernel again")
    assert villain.execute("print('again')").text == "again\n"


def test_a_memory_hog_slows_no_neighbour_and_is_told_why_it_died(neighbours):
    client, villain, eve, evil = neighbours
    client.execute("x = 0")
    ends = []

    class Hog:
        def __enter__(self):
            self.over = threading.Event()
            self.thread = threading.Thread(target=self.eat)
            self.thread.start()

        def eat(self):
            while not self.over.is_set():
                ends.append(villain.execute(MEMORY_HOG, timeout=60).reply)
                until(lambda: eve.kernel(evil)["execution_state"] == "idle", saying="the hog's kernel again")

        def __exit__(self, *_):
            self.over.set()
            self.thread.join(90)

    undisturbed(client, Hog)
    assert ends and all("more memory than it may" in end["evalue"] for end in ends), ends
    assert villain.execute("print('again')").text == "again\n"


def test_a_full_home_is_a_full_disk_to_its_owner_alone(walled, neighbours):
    client, villain, _, _ = neighbours
    if "limits.home" in (warning := walled.server().must("GET", "/api/v1/status", 200)["node"]["warning"] or ""):
        pytest.skip(warning)
    full = villain.execute("open('big', 'wb').write(bytes(100 << 20))").reply
    assert (full["ename"], full["evalue"]) == ("OSError", "[Errno 28] No space left on device")
    assert client.execute("open('note', 'w').write('x' * 1000)").reply["status"] == "ok"
