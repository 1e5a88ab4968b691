"""Runs the suites in node/: JupyterLab's own client library, and a browser."""
import os
import subprocess
from pathlib import Path

import pytest

from conftest import environment, new_pool, stop
from lib.front import Front
from lib.people import new_person

HERE = Path(__file__).parent / "node"


def run(need, server, suite, timeout, **environment):
    node = need("node", "nodejs")
    version = int(subprocess.check_output([node, "--version"], text=True).lstrip("v").split(".")[0])
    if version < 20:
        pytest.skip(f"node 20 or newer is needed, this is {version}")
    if not (HERE / "node_modules").exists():
        pytest.skip("tests/node/node_modules is missing (npm is not installed)")
    done = subprocess.run([node, "--test", "--test-concurrency=1", f"--test-timeout={(timeout - 10) * 1000}", suite], cwd=HERE,
                          timeout=timeout, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "SLUICE_TEST_URL": server.url, "SLUICE_TEST_TOKEN": server.token or "", **environment})
    print(done.stdout)
    assert done.returncode == 0, done.stdout


def test_jupyterlab_services(need, server):
    run(need, server, "services.test.mjs", 200)


def chromium(need):
    return need("chromium", "chromium")


def test_the_served_lab_in_a_browser(need, server, target):
    browser = chromium(need)
    if not target.is_sluice:
        pytest.skip("not Sluice: a stock server serves a Lab of its own, see the next test")
    ada = new_person(server, "ada", displayName="Ada Lovelace")  # a home of her own, and no open tabs
    run(need, ada, "lab.test.mjs", 230, CHROMIUM=browser, LAB_KIND="served", LAB_URL=f"{ada.url}/?token={ada.token}")


def test_a_lab_of_ones_own_in_a_browser(need, server):
    browser = chromium(need)
    with Front(server, "jupyter-lab", ["--LabApp.expose_app_in_browser=True"]) as front:
        run(need, server, "lab.test.mjs", 230, CHROMIUM=browser, LAB_KIND="own", LAB_URL=f"{front.url}/lab?token=front")


@pytest.fixture
def cards(request, target):
    """A pool with two cards that do not exist."""
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pool = new_pool(request, args=["--gpus", "simulated:2x80GiB"], env=environment(target)).start()
    yield pool.server()
    stop(request, pool)


def test_the_queue_in_a_browser(need, cards):
    browser = chromium(need)
    run(need, cards, "queue.test.mjs", 230, CHROMIUM=browser, LAB_URL=f"{cards.url}/?token={cards.token}")
