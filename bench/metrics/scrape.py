#!/usr/bin/env python3
"""How long a scrape of /metrics takes on a real pool: 16 simulated cards, 16 kernels on them, 1,000 more in the queue.

    ~/.cache/sluice/tests-venv-*/bin/python bench/metrics/scrape.py

The environment is the one that tests/run makes. Prints one JSON object. The first scrape is asked for as soon as the
pool says it is ready, and again from a second pool that has been up for ten seconds, as Prometheus would: by then the
page was written for nobody a few times.
"""
import argparse
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from lib.jupyter import until  # noqa: E402
from lib.pool import Pool  # noqa: E402

CARDS = "simulated:%dxH100-80GiB"


def scrape(server):
    began = time.perf_counter()
    page = server.get("/metrics")
    took = (time.perf_counter() - began) * 1000
    assert page.status == 200, page
    return took, page.text


def processor_ms(pool):
    """Of gateway and node, which a busy machine does not change as it changes the time on the clock."""
    tasks = [task for part in ("gateway", "node") for task in Path(f"/proc/{pool.pids[part]}/task").glob("*/schedstat")]
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def scrapes(pool, server, count, pause):
    times, used = [], processor_ms(pool)
    for _ in range(count):
        times.append(scrape(server)[0])
        time.sleep(pause)
    return {"scrapes": count, "p50_ms": round(statistics.median(times), 2), "p99_ms": round(statistics.quantiles(times, n=100, method="inclusive")[98], 2),
            "max_ms": round(max(times), 2), "processor_ms_each": round((processor_ms(pool) - used) / count, 2)}


def cost_of_scraping(pool, server, seconds, every):
    """Processor time of gateway and node with a scrape every so often, less what they take without."""
    def used(scraping):
        before, end = processor_ms(pool), time.monotonic() + seconds
        while time.monotonic() < end:
            if scraping:
                scrape(server)
            time.sleep(every)
        return round((processor_ms(pool) - before) / seconds / 10, 2)

    return {"scrape_every_s": every, "idle_percent_of_a_core": used(False), "scraped_percent_of_a_core": used(True)}


def fresh(cards, wait):
    pool = Pool(args=["--no-lab", "--gpus", CARDS % cards]).start()
    try:
        time.sleep(wait)
        server = pool.server()
        server.must("GET", "/api/v1/me", 200)  # the connection and the token, which are not the page's
        first = []
        for _ in range(5):
            used = processor_ms(pool)
            first.append({"ms": round(scrape(server)[0], 1), "processor_ms": round(processor_ms(pool) - used, 1)})
        return {"seconds_after_ready": wait, "scrapes": first}
    finally:
        pool.stop()
        pool.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=16)
    parser.add_argument("--queued", type=int, default=1000)
    options = parser.parse_args()
    with open("/proc/loadavg") as load:
        result = {"load": load.read().split()[0], "processors": os.cpu_count()}
    result |= {"first": [fresh(options.cards, wait) for wait in (0, 10)]}
    pool = Pool(args=["--no-lab", "--gpus", CARDS % options.cards]).start()
    try:
        server = pool.server()
        until(lambda: len(server.must("GET", "/api/v1/gpus", 200)) == options.cards, saying="the cards")

        def start(_):
            server.must("POST", "/api/kernels", 201, {"name": "python3.gpu"}, timeout=300)

        for _ in range(options.cards):
            start(_)
        began = time.monotonic()
        with ThreadPoolExecutor(4) as some:
            list(some.map(start, range(options.queued)))
        result["queued_in_s"] = round(time.monotonic() - began, 1)
        until(lambda: f'sluice_queue_pending{{account="default"}} {options.queued}\n' in scrape(server)[1], timeout=60, saying="the queue")
        time.sleep(20)
        page = scrape(server)[1]
        result["page"] = {"bytes": len(page), "lines": page.count("\n"), "families": page.count("# TYPE ")}
        result["every_second"] = scrapes(pool, server, 60, 1)
        result["warm"] = scrapes(pool, server, 300, 0.02)
        result["cost"] = cost_of_scraping(pool, server, 60, 10)
    finally:
        pool.stop(timeout=300)
        pool.remove()
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
