"""Schemathesis reads the served openapi.yaml and calls everything in it, rightly and wrongly: answers must be what the
contract says, and never an error of the server's own."""
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from lib.people import new_person

pytestmark = [pytest.mark.sluice_only("it serves a contract of its own"), pytest.mark.timeout(600)]

contract = schemathesis.pytest.from_fixture("served_contract")
EXAMPLES = 12 * int(os.environ.get("SLUICE_FUZZ", "1"))


@pytest.fixture(scope="session")
def fuzzer(server):
    """An admin of their own: what they break of themselves is nobody else's."""
    return new_person(server, "fuzzer", role="admin")


@pytest.fixture(scope="session")
def served_contract(server, target):
    if not target.is_sluice:
        pytest.skip("not Sluice: it serves no openapi.yaml")
    return schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.yaml", headers={"Authorization": f"token {server.token}"})


@contract.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
def test_the_contract_is_kept(case, server, fuzzer):
    response = case.call(base_url=server.url, headers={"Authorization": f"token {fuzzer.token}"}, timeout=60)
    if case.operation.definition.raw.get("operationId") in ("startKernel", "startSession") and response.status_code == 201:
        model = response.json()
        server.stop_kernel(model.get("kernel", model)["id"])
    case.validate_response(response)
