"""Who is measured, and how each is started and stopped."""
from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import tools
from direct import free_ports
from wire import Gateway


@dataclass
class Started:
    """A server that runs: where it is, and which processes are it (kernels are not)."""

    process: subprocess.Popen | None
    url: str
    token: str
    pids: list[int]
    ready_ms: float | None = None

    def gateway(self) -> Gateway:
        return Gateway(self.url, self.token, self.pids)


@dataclass
class Peer:
    name: str
    title: str
    direct: str | None = None  # the transport, where there is no server at all
    environment: str | None = None
    pythons: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()  # the packages whose versions are told in the results
    command: list[str] = field(default_factory=list)
    unlimited: list[str] = field(default_factory=list)  # rate limits off: else storms would be cut, not carried

    def prepare(self) -> None:
        if self.environment:
            tools.environment(self.environment, self.pythons)

    def version(self) -> str:
        if not self.environment:
            return ""
        pins = dict(line.split("==") for line in (tools.HERE / f"requirements-{self.environment}.txt").read_text().split()
                    if "==" in line)
        pins = {k.replace("_", "-"): v for k, v in pins.items()}
        return ", ".join(f"{v} {pins[v]}" for v in self.versions)

    def start(self, work: Path, env: dict[str, str], default_settings: bool = False) -> Started:
        home, token, (port,) = tools.environment(self.environment, self.pythons), secrets.token_hex(16), free_ports(1)
        arguments = [a.format(bin=home / "bin", here=tools.HERE, port=port, token=token, work=work) for a in self.command]
        if not default_settings:
            arguments += self.unlimited
        return launch(self.name, arguments, work, env, lambda process: Started(
            process, f"http://127.0.0.1:{port}", token, [process.pid]), 60)


def launch(name: str, arguments: list[str], work: Path, env: dict[str, str], found, patience: float,
           cwd: Path | None = None) -> Started:
    """Starts a server and waits until it answers; `found(process)` gives its address, or None if not known yet."""
    log = work / f"{name}.log"
    began = time.monotonic()
    with open(log, "ab") as out:
        process = subprocess.Popen(arguments, cwd=cwd or work, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    while time.monotonic() < began + patience:
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended at its start with {process.returncode}:\n{tail(log)}")
        started = found(process)
        try:
            if started and started.gateway().rest("GET", "/api/kernelspecs", timeout=5)[0] == 200:
                started.ready_ms = (time.monotonic() - began) * 1e3
                return started
        except OSError:
            pass
        time.sleep(0.02)
    kill_group(process)
    raise RuntimeError(f"{name} did not answer within {patience:.0f} s:\n{tail(log)}")


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])


def stop(started: Started) -> None:
    if not started.process:
        return  # it was running before us and goes on
    try:
        gateway = started.gateway()
        for kernel in gateway.rest("GET", "/api/kernels", timeout=5)[1]:
            gateway.rest("DELETE", f"/api/kernels/{kernel['id']}", timeout=10)
    except (OSError, TypeError, KeyError):
        pass
    started.process.terminate()
    try:
        started.process.wait(20)
    except subprocess.TimeoutExpired:
        pass
    kill_group(started.process)


def kill_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def kill_left_behind(mark: str) -> int:
    """Whatever still carries this run's mark in its environment or its command line; how many those were."""
    found = 0
    for proc in Path("/proc").iterdir():
        if not proc.name.isdigit() or int(proc.name) in (os.getpid(), os.getppid()):
            continue
        try:
            if mark.encode() in (proc / "environ").read_bytes() + (proc / "cmdline").read_bytes():
                os.kill(int(proc.name), signal.SIGKILL)
                found += 1
        except OSError:
            pass
    return found


class Sluice(Peer):
    """Started as anybody starts it, by `./sluice up`."""

    root = tools.HERE.parent.parent

    def version(self) -> str:
        commit = subprocess.run(["git", "-C", self.root, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
        return commit.stdout.strip()

    def prepare(self) -> None:
        if not (self.root / "sluice").exists():
            raise tools.Missing(f"there is no {self.root}/sluice")

    def start(self, work: Path, env: dict[str, str], default_settings: bool = False) -> Started:
        data = work / "data"
        if not data.exists():  # the first start builds, makes a database and a Python environment: not what is measured
            data.mkdir()
            stop(self.launch(data, work, env))
        return self.launch(data, work, env)

    def launch(self, data: Path, work: Path, env: dict[str, str]) -> Started:
        ready = data / "ready.json"
        ready.unlink(missing_ok=True)
        # One user asks for all the kernels here; the others have no limit to lift.
        config = work / "sluice.yaml"
        config.write_text("node:\n  kernels: 1000\n  kernels-per-user: 1000\n")

        def found(process: subprocess.Popen) -> Started | None:
            try:
                facts = json.loads(ready.read_text())
            except (OSError, ValueError):
                return None
            pids = [pid for part, pid in facts["pids"].items() if part in ("gateway", "node") and pid]
            return Started(process, facts["url"].split("?")[0].rstrip("/"), facts["token"], pids)
        return launch(self.name, [str(self.root / "sluice"), "up", "--port", "0", "--data", str(data), "--no-lab",
                                  "--config", str(config)], work, env, found, 900, cwd=self.root)


class Given(Peer):
    """A gateway that somebody else has started."""

    def __init__(self, name: str, url: str, token: str, pids: list[int]):
        super().__init__(name, name)
        self.started = Started(None, url, token, pids)

    def start(self, work: Path, env: dict[str, str], default_settings: bool = False) -> Started:
        return self.started


JUPYTER_SERVER = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port={port}", "--ServerApp.port_retries=0",
                  "--IdentityProvider.token={token}", "--ServerApp.open_browser=False", "--ServerApp.root_dir={work}",
                  "--ServerApp.allow_root=True"]
NO_LIMITS = ["--ZMQChannelsWebsocketConnection.limit_rate=False"]

PEERS = [
    Sluice("sluice", "Sluice"),
    Peer("js-nodelay", "jupyter_server + TCP_NODELAY", environment="jupyter-server",
         versions=("jupyter-server", "jupyter-client", "tornado", "pyzmq"),
         command=["{bin}/python", "-P", "{here}/nodelay_server.py", *JUPYTER_SERVER], unlimited=NO_LIMITS),
    Peer("js", "jupyter_server", environment="jupyter-server", versions=("jupyter-server", "jupyter-client", "tornado", "pyzmq"),
         command=["{bin}/jupyter-server", *JUPYTER_SERVER], unlimited=NO_LIMITS),
    Peer("kg", "jupyter_kernel_gateway", environment="kernel-gateway", versions=("jupyter-kernel-gateway", "jupyter-server"),
         command=["{bin}/jupyter-kernelgateway", "--KernelGatewayApp.ip=127.0.0.1", "--KernelGatewayApp.port={port}",
                  "--KernelGatewayApp.port_retries=0", "--KernelGatewayApp.auth_token={token}",
                  "--JupyterWebsocketPersonality.list_kernels=True"], unlimited=NO_LIMITS),
    Peer("eg", "jupyter_enterprise_gateway", environment="enterprise-gateway", pythons=("3.11", "3.10", "3.9", "3.8"),
         versions=("jupyter-enterprise-gateway", "jupyter-server", "jupyter-client", "pyzmq"),
         command=["{bin}/jupyter-enterprisegateway", "--EnterpriseGatewayApp.ip=127.0.0.1", "--EnterpriseGatewayApp.port={port}",
                  "--EnterpriseGatewayApp.port_retries=0", "--EnterpriseGatewayApp.auth_token={token}",
                  "--EnterpriseGatewayApp.list_kernels=True"], unlimited=["--ZMQChannelsHandler.limit_rate=False"]),
    Peer("zmq-ipc", "ZeroMQ direct, ipc", direct="ipc"),
    Peer("zmq-tcp", "ZeroMQ direct, tcp", direct="tcp"),
]
