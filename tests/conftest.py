import json
import os
import shutil
import sys
import uuid
from pathlib import Path

import pytest

from lib.jupyter import Server, until
from lib.pool import Pool


def pytest_addoption(parser):
    group = parser.getgroup("sluice")
    group.addoption("--long", action="store_true", help="the long forms: 100 users, 10,000 connections, more examples")
    group.addoption("--anyway", action="store_true", help="with --stock: also what only Sluice is expected to do")
    group.addoption("--keep", action="store_true", help="keep the data directories of the pools")


def pytest_configure(config):
    # whatever the tests start beside the pools carries this: see lib/faults.py
    os.environ["SLUICE_TESTS"] = "1"


class Target:
    """Where the suites point: a pool of their own, or whatever SLUICE_TEST_URL names."""

    def __init__(self, server, pool):
        self.server, self.pool = server, pool
        self.is_sluice = "gateway_version" in server.must("GET", "/api", 200)


@pytest.fixture(scope="session")
def target(request):
    if url := os.environ.get("SLUICE_TEST_URL"):
        yield Target(Server(url, os.environ.get("SLUICE_TEST_TOKEN")), None)
        return
    pool = new_pool(request).start()
    try:
        yield Target(pool.server(), pool)
    finally:
        stop(request, pool)


# the suites sign in wrongly all the time; test_bad_input.py looks at the limit with a pool of its own
CONFIG = "auth:\n  tries-per-minute: 1000000\n"


def new_pool(request, **more):
    more.setdefault("config", CONFIG)
    more.setdefault("env", os.environ.get("SLUICE_TEST_ENV_PREFIX"))
    return Pool(**more)


def environment(target):
    """One Python environment for all pools: the suite's made it, as a stranger's first one would."""
    return target.pool.env or os.environ.get("SLUICE_ENV_PREFIX") or target.pool.data / "env"


def stop(request, pool):
    try:
        pool.stop()
    finally:
        if request.config.getoption("--keep"):
            print(f"\nkept: {pool.data}", file=sys.stderr)
        else:
            pool.remove()


@pytest.fixture(autouse=True)
def only_sluice_does_this(request):
    marker = request.node.get_closest_marker("sluice_only")
    anyway = request.config.getoption("--anyway")
    if marker and not anyway and not request.getfixturevalue("target").is_sluice:
        pytest.skip(f"not Sluice: {marker.args[0]}")
    if request.node.get_closest_marker("long") and not request.config.getoption("--long"):
        pytest.skip("long: asks for --long")


@pytest.fixture(scope="session")
def server(target):
    """The suite's one server, as its admin."""
    return target.server


@pytest.fixture
def pool(target):
    """The suite's own pool, for looking at its processes; not for breaking it."""
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    return target.pool


@pytest.fixture(scope="module")
def spare(request, target):
    """A second pool, made when first asked for, and again whenever a test has really broken it."""
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pools = []

    def healthy():
        if pools and not (pools[-1].up and pools[-1].up.poll() is None and pools[-1].server().answers()):
            stop(request, pools.pop())
        if not pools:
            pools.append(new_pool(request, args=["--no-lab"], env=environment(target)).start())
        return pools[-1]

    yield healthy
    if pools:
        stop(request, pools[-1])


@pytest.fixture
def doomed(spare):
    """A pool to break. It mends itself, so the next test gets the same one, without kernels."""
    pool = spare()
    yield pool
    if pool.up and pool.up.poll() is None and pool.server().answers():
        for kernel in pool.server().must("GET", "/api/kernels", 200):
            pool.server().stop_kernel(kernel["id"])


@pytest.fixture
def spec(pool):
    """spec(name, argv) -> installs a kernelspec where the pool's users would: in the user's own folder."""
    home = Path(os.environ.get("JUPYTER_DATA_DIR") or Path.home() / ".local/share/jupyter")
    made = []

    def install(argv=None, text=None, **more):
        name = f"sluice-tests-{uuid.uuid4().hex[:8]}"
        folder = home / "kernels" / name
        folder.mkdir(parents=True)
        made.append(folder)
        (folder / "kernel.json").write_text(text if text is not None else json.dumps(
            {"argv": argv, "display_name": name, "language": "python", **more}))
        return name

    yield install
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def kernel(server):
    with server.a_kernel() as kernel_id:
        yield kernel_id


@pytest.fixture
def person(server, target):
    """person("ada") -> the same server as a new user sees it"""
    if not target.is_sluice:
        pytest.skip("a stock server knows one person")
    from lib.people import new_person
    return lambda name="p": new_person(server, name)


@pytest.fixture
def need():
    def find(program, package):
        path = shutil.which(program)
        if not path:
            pytest.skip(f"{program} is not installed (Debian package {package})")
        return path
    return find


NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@pytest.fixture
def notebooks():
    return sorted(NOTEBOOKS.glob("*.ipynb"))


counts = {"passed": 0, "failed": 0, "skipped": 0}


def pytest_terminal_summary(terminalreporter):
    stats = terminalreporter.stats
    counts["passed"] = len(stats.get("passed", []))
    counts["failed"] = len(stats.get("failed", [])) + len(stats.get("error", []))
    counts["skipped"] = len(stats.get("skipped", []))


def pytest_unconfigure(config):
    if sum(counts.values()):
        print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
