"""What the machine around the pool can do to it: a disk that is full, a port that is taken."""
import os
import socket
import subprocess

import pytest

from conftest import environment, new_pool, stop
from lib.jupyter import until
from lib.pool import TOP


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk that is small")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk):
    rest = disk / "rest"
    with open(rest, "wb") as file:
        try:
            while True:
                file.write(b"x" * (64 << 10))
                file.flush()
        except OSError:
            pass
    return rest


def test_a_full_disk_is_said_and_costs_only_what_needs_the_disk(request, target, pool, small_disk):
    data = small_disk / "data"
    data.mkdir()
    small = new_pool(request, data=data, args=["--no-lab"], env=environment(target)).start()
    try:
        server = small.server()
        kernel_id = server.start_kernel()
        with server.attach(kernel_id) as client:
            client.execute("precious = 'kept'")
            rest = fill(small_disk)
            # IPython itself remarks, in the same cell, that its history found no room
            assert client.execute("print(precious)").text.startswith("kept"), "a cell needs no disk"
            refused = server.call("POST", "/api/kernels", {"name": "python3"}, timeout=90)
            assert refused.status in (500, 503), refused
            assert "space" in refused.json["message"], refused.json
            assert [kernel["id"] for kernel in server.must("GET", "/api/kernels", 200)] == [kernel_id]
            rest.unlink()
            until(lambda: server.call("POST", "/api/kernels", {"name": "python3"}, timeout=90).status == 201,
                  timeout=60, saying="a kernel, now that there is room")
            assert client.execute("print(precious)").text == "kept\n"
    finally:
        stop(request, small)


def test_a_port_that_is_taken_is_said(target, pool, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = subprocess.run([TOP / "sluice", "up", "--port", str(port), "--data", tmp_path / "data", "--no-lab"],
                            env={**os.environ, "SLUICE_ENV_PREFIX": str(environment(target))}, timeout=120,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    said = up.stdout + up.stderr
    assert up.returncode != 0
    assert str(port) in said and "--port" in said, said
    assert "Exception" not in said, said
