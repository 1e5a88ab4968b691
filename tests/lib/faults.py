"""What can go wrong around the real program: processes killed or stopped, connections cut."""
import os
import signal
import socket
import threading
from pathlib import Path

import psutil

from .jupyter import until


def kill(pid):
    """kill -9, as the kernel's OOM killer or an operator would."""
    os.kill(pid, signal.SIGKILL)


def pause(pid):
    os.kill(pid, signal.SIGSTOP)


def resume(pid):
    os.kill(pid, signal.SIGCONT)


def gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_gone(pids, timeout=20):
    until(lambda: all(gone(pid) for pid in pids), timeout, saying=f"the end of {list(pids)}")


def processes_of(data):
    """Every live process that belongs to the pool with this data directory: those that name it in their command
    line, environment or working directory, and all their descendants (a sandboxed kernel cannot see the real path)."""
    needle, found = str(Path(data).resolve()), {}
    for process in psutil.process_iter():
        if process.pid == os.getpid() or not _names(process, needle):
            continue
        try:
            for each in [process, *process.children(recursive=True)]:
                if each.status() != psutil.STATUS_ZOMBIE:
                    found[each.pid] = each
        except psutil.NoSuchProcess:
            continue
    return found


def _names(process, needle):
    try:
        if any(needle in word for word in process.cmdline()):
            return True
        if any(needle in value for value in process.environ().values()):
            # the test run itself, and what it starts beside the pool, may have the path in its environment
            return "SLUICE_TESTS" not in process.environ()
        return process.cwd().startswith(needle)
    except (psutil.Error, OSError):
        return False


def describe(processes):
    lines = []
    for process in processes:
        try:
            lines.append(f"{process.pid} (parent {process.ppid()}): {' '.join(process.cmdline())[:200]}")
        except psutil.Error:
            pass
    return "\n".join(lines)


class Wire:
    """A TCP relay in front of a server that can be cut (both ends see a reset) or held (nothing passes, nothing
    closes: what a client behind a dead router sees)."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.flowing = threading.Event()
        self.flowing.set()
        self.ends = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def hold(self):
        self.flowing.clear()

    def release(self):
        self.flowing.set()

    def cut(self):
        ends, self.ends = self.ends, []
        for end in ends:
            try:
                # linger 0: the peer gets a reset, not an orderly end
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self.listener.close()
        self.release()
        self.cut()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while data := source.recv(65536):
                self.flowing.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
