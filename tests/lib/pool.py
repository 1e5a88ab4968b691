"""Starts `./sluice up` as a user would, and takes it down again leaving nothing behind."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil

from . import faults
from .jupyter import Server, until

TOP = Path(__file__).resolve().parents[2]


class Pool:
    def __init__(self, data=None, config=None, args=(), env=None):
        # short: unix sockets under it must fit 107 bytes on every system
        self.data = Path(data or tempfile.mkdtemp(prefix="sluice-test-"))
        self.args, self.env, self.up, self.log = list(args), env, None, None
        if config:
            (self.data / "config.yaml").write_text(config)

    def start(self, timeout=300):
        """`up`, and wait until it says it is ready."""
        ready = self.data / "ready.json"
        ready.unlink(missing_ok=True)
        self.log = open(self.data / "up.log", "ab")
        command = [TOP / "sluice", "up", "--port", "0", "--data", self.data, *self.args]
        # a user's environment, without the mark that tells the tests' own helpers from the pool's processes
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_TEST")}
        if self.env:
            environment["SLUICE_ENV_PREFIX"] = str(self.env)
        self.up = subprocess.Popen([str(word) for word in command], env=environment, stdin=subprocess.DEVNULL,
                                   stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True, cwd=TOP)

        def is_ready():
            if self.up.poll() is not None:
                raise AssertionError(f"`sluice up` ended with {self.up.returncode}")
            return ready.exists() and self.ready().get("url")

        started = time.monotonic()
        try:
            until(is_ready, timeout, saying="`sluice up` getting ready")
        except AssertionError as late:
            said = self.said()
            self.stop(checking=False)
            self.remove()
            raise AssertionError(f"{late}\n{said}") from None
        self.seconds_to_ready = time.monotonic() - started
        return self

    def ready(self):
        try:
            return json.loads((self.data / "ready.json").read_text())
        except ValueError:
            return {}  # being written

    @property
    def pids(self):
        return self.ready()["pids"]

    def server(self):
        ready = self.ready()
        # the token belongs in a header here, whatever the URL for people looks like
        return Server(ready["url"].split("?")[0], ready["token"])

    def said(self, lines=40):
        text = (self.data / "up.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def processes(self):
        return faults.processes_of(self.data)

    def wait_for_new(self, part, old_pid, timeout=60):
        """The supervisor starts a part that died; ready.json then names the new one."""
        return until(lambda: (pid := self.ready().get("pids", {}).get(part)) and pid != old_pid
                     and not faults.gone(pid) and pid, timeout, saying=f"a new {part}")

    def stop(self, checking=True, timeout=60):
        """SIGTERM, as Ctrl-C or a service manager would; then nothing of it may be left."""
        if self.up is None:
            return
        seen = self.processes()
        if self.up.poll() is None:
            os.killpg(self.up.pid, signal.SIGTERM)
            try:
                self.up.wait(timeout)
            except subprocess.TimeoutExpired:
                self._sweep(seen)
                raise AssertionError(f"`sluice up` did not stop within {timeout} s:\n{self.said()}") from None
        self.up = None
        self.log.close()
        deadline = time.monotonic() + 10
        while (left := self.left(seen)) and time.monotonic() < deadline:
            time.sleep(0.1)
        listing = faults.describe(left)
        self._sweep(seen)
        if checking:
            assert not left, f"left running after `sluice up` stopped:\n{listing}"

    def left(self, seen):
        alive = {pid: process for pid, process in {**seen, **self.processes()}.items()
                 if process.is_running() and not faults.gone(pid)}
        return list(alive.values())

    def _sweep(self, seen):
        for process in self.left(seen):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                pass

    def kill_everything(self):
        """The power goes: every process of the pool at once, the supervisor first."""
        victims = self.processes()
        faults.kill(self.up.pid)
        for pid in victims:
            try:
                faults.kill(pid)
            except ProcessLookupError:
                pass
        self.up.wait()
        faults.wait_gone(victims)

    def remove(self):
        # DATA/run points to a folder with a short path, for sockets
        shutil.rmtree((self.data / "run").resolve(), ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
