"""Cards of a pool, on simulated ones: shown, measured, and said to be simulated wherever somebody looks."""
import re
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import environment, new_pool, stop
from lib.jupyter import until
from lib.pool import TOP


@pytest.fixture(scope="module")
def cards(request, target):
    """A pool with four cards that do not exist."""
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    pool = new_pool(request, args=["--no-lab", "--gpus", "simulated:3xH100-80GiB+1xL4-24GiB"], env=environment(target)).start()
    try:
        yield pool
    finally:
        stop(request, pool)


def test_the_cards_are_listed_and_called_simulated(cards):
    server = cards.server()
    listed = until(lambda: server.must("GET", "/api/v1/gpus", 200), saying="the first sample")
    assert [(card["index"], card["model"], card["memoryBytes"] >> 30) for card in listed] == [
        (0, "Simulated H100", 80), (1, "Simulated H100", 80), (2, "Simulated H100", 80), (3, "Simulated L4", 24)]
    assert all(card["simulated"] and card["health"] == "ok" and card["vendor"] == "simulated" for card in listed)
    status = server.must("GET", "/api/v1/status", 200)
    assert status["node"]["gpus"] == ["3 × Simulated H100", "1 × Simulated L4"]


def test_prometheus_reads_the_page(cards):
    server = cards.server()
    until(lambda: server.must("GET", "/api/v1/gpus", 200), saying="the first sample")
    page = server.get("/metrics")
    assert page.status == 200
    families = {family.name: family for family in text_string_to_metric_families(page.text)}
    assert len(families) >= 60, sorted(families)
    used = families["DCGM_FI_DEV_FB_USED"].samples
    assert len(used) == 4
    assert set(used[0].labels) == {"gpu", "UUID", "pci_bus_id", "device", "modelName", "Hostname", "DCGM_FI_DRIVER_VERSION"}
    assert {sample.labels["simulated"] for sample in families["sluice_gpu_info"].samples} == {"true"}


def families_of(server):
    return {family.name: family for family in text_string_to_metric_families(server.get("/metrics").text)}


def value(families, name, **labels):
    """The only series of that name with these labels; None where there is none."""
    found = [sample.value for sample in families[name].samples
             if sample.name == name and labels.items() <= sample.labels.items()] if name in families else []
    assert len(found) < 2, (name, labels, found)
    return found[0] if found else None


def test_the_queue_is_on_the_page(cards):
    server = cards.server()
    until(lambda: len(server.must("GET", "/api/v1/gpus", 200)) == 4, saying="the first sample")
    kernels = [server.must("POST", "/api/kernels", 201, {"name": "python3.2gpu"}) for _ in range(3)]
    try:
        waits = server.must("GET", f"/api/kernels/{kernels[2]['id']}", 200)
        assert waits["execution_state"] == "starting" and waits["reason"], waits

        def queue(name):
            return value(families_of(server), f"sluice_queue_{name}", account="default")

        until(lambda: (queue("running"), queue("pending"), queue("allocated_gpus")) == (2, 1, 4), saying="two that run and one that waits")
        until(lambda: value(families_of(server), "sluice_session_state", session=kernels[0]["id"], state="idle"), timeout=60,
              saying="a kernel at rest")
        families = families_of(server)
        assert len(families) >= 100, sorted(families)
        assert value(families, "sluice_session_residency", session=kernels[0]["id"]) == 1
        assert value(families, "sluice_session_state", session=kernels[2]["id"]) is None, "those that wait are only counted"
        assert families["sluice_session_state"].samples[0].labels.keys() == {"session", "user", "account", "queue", "state"}
        assert value(families, "sluice_queue_fair_share_gpus", account="default") == 4
        held = {sample.labels["kind"]: sample.value for sample in families["sluice_session_gpu_seconds"].samples
                if sample.labels["session"] == kernels[0]["id"]}
        assert held["allocated"] > 0 and held["suspended"] == 0, held

        server.stop_kernel(kernels[0]["id"])
        until(lambda: (queue("running"), queue("pending")) == (2, 0), saying="the third one's turn")
        gangs = {sample.name: sample.value for sample in families_of(server)["sluice_scheduler_gang_wait_seconds"].samples}
        assert gangs["sluice_scheduler_gang_wait_seconds_count"] == 1, gangs
    finally:
        for kernel in kernels:
            server.call("DELETE", f"/api/kernels/{kernel['id']}")
    until(lambda: queue("running") == 0 and queue("allocated_gpus") == 0, saying="an empty pool")


def test_a_session_shows_what_it_uses_of_the_machine(cards):
    server = cards.server()
    with server.a_kernel() as kernel:
        def usage():
            found = re.search(rf'sluice_session_memory_bytes{{[^}}]*session="{kernel}"[^}}]*}} (\S+)', server.get("/metrics").text)
            return found and float(found[1])

        if not server.must("GET", "/api/v1/status", 200)["node"]["limited"]:
            pytest.skip("no control groups that can be written: sessions are not measured here")
        assert until(usage, timeout=30, saying="the session's figures") > 10 << 20


def test_cards_that_cannot_be_had_are_named(target):
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    refused = subprocess.run([TOP / "sluice", "up", "--port", "0", "--data", "/nowhere/at/all", "--gpus", "simulated:4x"], timeout=60,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert refused.returncode != 0 and "--gpus" in refused.stdout and "simulated:4x80GiB" in refused.stdout, refused.stdout


def test_the_command_shows_them(cards):
    said = subprocess.check_output([TOP / "sluice", "gpus", "--data", cards.data], text=True, timeout=60)
    assert "Simulated H100" in said and "80 GiB" in said and "compute nothing" in said
