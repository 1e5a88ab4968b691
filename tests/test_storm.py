"""The storm of storm.py, short in CI; --long is the ten minutes of the goals."""
import json
from pathlib import Path

import pytest

from conftest import environment, new_pool, stop
from storm import CARDS, storm

RESULTS = Path(__file__).parent / "test-results"


@pytest.fixture
def cards(request, target):
    if target.pool is None:
        pytest.skip("SLUICE_TEST_URL is set: this needs a pool of its own")
    config = "auth:\n  tries-per-minute: 1000000\nnode:\n  restarts: 1\n"
    pool = new_pool(request, args=["--no-lab", "--gpus", CARDS], env=environment(target), config=config).start()
    try:
        yield pool
    finally:
        stop(request, pool)


def check(report):
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"storm-{report['seconds']}.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    assert report["wrong"] == [] and report["queue"] == []
    assert report["unbalanced"] == [] and report["busier_than_held"] == []
    assert abs(report["gpu_seconds"] - report["gpu_seconds_in_the_ledger"]) < 0.01
    assert report["looks"] > 5 and report["most_cards_held"] > 1


@pytest.mark.timeout(400)
def test_the_books_balance_after_a_storm(cards):
    check(storm(cards, 6, 40, seed=1))


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_the_books_balance_after_ten_minutes_of_storm(cards):
    check(storm(cards, 8, 600, seed=2))
