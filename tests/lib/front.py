"""An unmodified Jupyter server of a user's own, pointed at the gateway with --gateway-url."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .jupyter import Server, until


class Front:
    def __init__(self, server, program="jupyter-server", args=()):
        self.server, self.program, self.args = server, program, args

    def __enter__(self):
        self.home = tempfile.TemporaryDirectory(prefix="front-")
        home, program = Path(self.home.name), Path(sys.executable).parent / self.program
        self.log = open(home / "log", "wb")
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"),
                       "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "HOME": str(home)}
        (home / "work").mkdir()
        self.process = subprocess.Popen(
            [program, "--allow-root", "--no-browser", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=front",
             f"--ServerApp.root_dir={home / 'work'}", f"--gateway-url={self.server.url}",
             f"--GatewayClient.auth_token={self.server.token}", *self.args],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment, cwd=home)
        try:
            until(self._address, timeout=60, every=0.2, saying=f"{self.program} listening")
        except AssertionError as late:
            self.__exit__()
            raise AssertionError(f"{late}\n{self.said()}") from None
        return self

    def _address(self):
        import re
        if self.process.poll() is not None:
            raise AssertionError(f"{self.program} ended with {self.process.returncode}")
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said())
        if found:
            self.url = f"http://127.0.0.1:{found[1]}"
            self.client = Server(self.url, "front")
        return found

    def said(self):
        return (Path(self.home.name) / "log").read_text(errors="replace")

    def __exit__(self, *_):
        # jupyter-lab was seen to survive several SIGTERMs
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.home.cleanup()
