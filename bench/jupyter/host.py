"""What the operating system knows: CPU time and memory of processes, and what machine this is."""
from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of whole processes, their ended threads too, to the nanosecond."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)  # Linux: the clock id of a process's CPU time


def rss_mib(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        total += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
    return total / 1024


def open_files(pids: list[int]) -> int:
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def live_heap_mib(pids: list[int]) -> float | None:
    """Collects the garbage of the JVMs among them, and tells what is left on their heaps; None: no JVM, or no jcmd."""
    jcmd = shutil.which("jcmd") or os.path.join(os.environ.get("JAVA_HOME", "/nonexistent"), "bin/jcmd")
    jvms = [p for p in pids if Path(f"/proc/{p}/comm").read_text().strip() == "java"]
    if not jvms or not os.path.exists(jcmd):
        return None

    def ask(pid: int, what: str) -> str:
        return subprocess.run([jcmd, str(pid), what], capture_output=True, text=True, timeout=60, check=False).stdout
    for pid in jvms:
        ask(pid, "GC.run")
    time.sleep(1)
    heaps = "".join(line + "\n" for pid in jvms for line in ask(pid, "GC.heap_info").splitlines() if "etaspace" not in line)
    return sum(int(used) for used in re.findall(r"total (?:reserved )?\d+K.*?used (\d+)K", heaps)) / 1024


def describe() -> dict:
    info = Path("/proc/cpuinfo").read_text()
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    model = re.search(r"model name\s*:\s*(.*)", info)
    return {
        "cpu": model[1].strip() if model else platform.machine(), "cores": os.cpu_count(), "memory_gib": round(memory / 2**20, 1),
        "kernel": platform.release(), "virtual": "hypervisor" in info, "load": os.getloadavg(),
    }


def host_kind() -> str:
    """For the name of the results' file: what it ran on, in a word."""
    d = describe()
    cpu = re.sub(r"\(.*?\)|\bCPU\b.*|\bProcessor\b|@.*|\d+-Core", "", d["cpu"]).strip().lower()
    return re.sub(r"[^a-z0-9]+", "-", f"{d['cores']}x-{cpu}{'-vm' if d['virtual'] else ''}").strip("-")
