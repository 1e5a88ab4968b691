"""What has to be there before anything can be measured: the peers' environments, the C parts, the kernelspecs."""
from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ["SLUICE_BENCH_CACHE"])


class Missing(Exception):
    """Something this peer needs is not on this machine."""


def environment(name: str, pythons: tuple[str, ...] = ()) -> Path:
    """A virtual environment with just what `requirements-NAME.txt` pins; made once."""
    home, wanted = CACHE / name, HERE / f"requirements-{name}.txt"
    stamp = home / "installed.txt"
    if stamp.exists() and filecmp.cmp(wanted, stamp, shallow=False):
        return home
    print(f"bench: installing {name} into {home} (once)", file=sys.stderr, flush=True)
    shutil.rmtree(home, ignore_errors=True)
    subprocess.run([fitting_python(pythons), "-m", "venv", home], check=True)
    subprocess.run([home / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted], check=True)
    shutil.copy(wanted, stamp)
    return home


def fitting_python(versions: tuple[str, ...]) -> str:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not versions or own in versions:
        return getattr(sys, "_base_executable", sys.executable)
    for version in versions:
        found = shutil.which(f"python{version}")
        if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
            return found
    raise Missing(f"needs Python {' or '.join(versions)}, which is not on the PATH")


def compile_all() -> None:
    out = CACHE / "bin"
    out.mkdir(parents=True, exist_ok=True)
    for source, target, flags in (("wire.c", "libwire.so", ["-fPIC", "-shared"]), ("blast_kernel.c", "blast_kernel", [])):
        target, source = out / target, HERE / source
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-Wall", "-o", f"{target}.new", source, *flags, "-ldl"], check=True)
            os.replace(f"{target}.new", target)


def install_kernelspecs(prefix: Path, noop: str) -> None:
    """The same two kernels for every peer: `blast`, which does nothing, and an ipykernel."""
    blast = [str(CACHE / "bin/blast_kernel")] if noop == "c" else [sys.executable, str(HERE / "blast_kernel.py")]
    specs = {"blast": ("Blast (no-op)", "none", [*blast, "{connection_file}"]),
             "bench-python": ("Python (bench)", "python", [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])}
    for name, (title, language, argv) in specs.items():
        home = prefix / "share/jupyter/kernels" / name
        home.mkdir(parents=True, exist_ok=True)
        spec = {"argv": argv, "display_name": title, "language": language, "metadata": {}}
        (home / "kernel.json").write_text(json.dumps(spec, indent=1))
