"""Everybody's packages are read-only here, so what somebody installs with pip goes to their own ~/.local.

Imported by every Python of this environment as it starts (sluice_own_packages.pth). In kernels one's own packages come
before everybody's, so that an upgrade is one. Elsewhere they come after: whatever somebody installs, their JupyterLab
starts.
"""
import os
import site
import sys


def look_in(home):
    packages = os.path.join(home, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    os.makedirs(packages, exist_ok=True)  # a folder made later would not be looked into
    others = list(sys.path)
    site.addsitedir(packages)
    if "KERNEL_ID" in os.environ:
        own = [path for path in sys.path if path not in others]
        shared = others.index(os.path.dirname(__file__)) if os.path.dirname(__file__) in others else len(others)
        sys.path[:] = others[:shared] + own + others[shared:]


if not os.access(sys.prefix, os.W_OK):
    home = os.path.join(os.path.expanduser("~"), ".local")
    os.environ.setdefault("PIP_PREFIX", home)
    try:
        look_in(home)
    except OSError:
        pass  # a home that is full or read-only has no packages to offer
