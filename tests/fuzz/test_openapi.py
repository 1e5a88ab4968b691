"""Schemathesis reads the served openapi.yaml and calls everything in it, rightly and wrongly: answers must be what the
contract says, and never an error of the server's own."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.people import new_person

pytestmark = [pytest.mark.sluice_only("it serves a contract of its own"), pytest.mark.timeout(600)]

EXAMPLES = 8 * int(os.environ.get("SLUICE_FUZZ", "1"))
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
          "response_headers_conformance,ignored_auth,unsupported_method")
# each would start a kernel or a session; the kernels of test_protocol.py and test_bad_input.py are enough of those
EXPENSIVE = "startKernel|openSession|restartKernel|signOut"
# putPoolQuota would limit everybody after it
LEFT_OUT = f"^({EXPENSIVE}|putPoolQuota)$"


def test_the_contract_is_kept(server):
    """As an admin of its own: what it breaks of itself is nobody else's."""
    fuzzer = new_person(server, "fuzzer", role="admin")
    done = subprocess.run(
        [Path(sys.executable).parent / "schemathesis", "run", f"{server.url}/api/v1/openapi.yaml", "--url", server.url,
         "--header", f"Authorization: token {fuzzer.token}", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
         "--max-examples", str(EXAMPLES), "--seed", "1", "--exclude-operation-id-regex", LEFT_OUT, "--continue-on-failure",
         "--generation-database", "none", "--request-timeout", "30", "--no-color"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=550, cwd="/tmp")
    for kernel in fuzzer.must("GET", "/api/kernels", 200) if fuzzer.answers() else []:
        fuzzer.stop_kernel(kernel["id"])
    assert done.returncode == 0, done.stdout
