"""The soak of soak.py, short in CI; --long is the hundred users of the goals."""
import json
from pathlib import Path

import pytest

from soak import soak


def check(report, results):
    results.mkdir(exist_ok=True)
    (results / f"soak-{report['users']}.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    assert report["errors"] == [] and report["reads_of_others"] == 0
    assert report["cells"] > report["users"]
    for part, after in report["after"].items():
        before = report["before"][part]
        assert after["fds"] <= before["fds"] + 10, f"{part} holds files: {before} → {after}"
        assert after["threads"] <= before["threads"] + 10, f"{part} holds threads: {before} → {after}"


RESULTS = Path(__file__).parent / "test-results"


@pytest.mark.sluice_only("it knows one person only")
def test_ten_people_for_twenty_seconds(server, target):
    check(soak(server, 10, 20, target.pool and target.pool.pids), RESULTS)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.sluice_only("it knows one person only")
def test_a_hundred_people_for_five_minutes(server, target):
    check(soak(server, 100, 300, target.pool and target.pool.pids), RESULTS)
