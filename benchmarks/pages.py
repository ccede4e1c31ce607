"""How long readers wait for public pages: 600 channels, 1 million people who answered in two cycles, 8 readers at once.

`league_p95_ms`, `channel_p95_ms`, `sky_p95_ms`: the 95th percentile of the time from a request on an open connection to the last
byte of its compressed answer, against the served application on the loopback; each reader goes on to another league, another
channel. `health_p95_ms`: an address of the same server that only asks its database whether it is there. `filtered_p95_ms`: a
league by star, which is put together for each reader. We aim at less than 100 ms. Pages are drawn before anybody asks for
them, as the worker does; `drawn_pages_per_s` is how fast.
"""

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from machine import describe, figure

READERS, EACH, AIM = 8, 50, 100

MARSAD = [sys.executable, "-m", "marsad.cli"]
DRAW = """
import time
from marsad.config import start_server
with start_server():
    from marsad.public.ahead import addresses, draw_some
    from marsad.public.editions import edition_of
    began, drawn = time.monotonic(), []
    draw_some(3600, drawn.append)
    print(sum(drawn) / (time.monotonic() - began))
    print(*(address for address in addresses(edition_of()) if address.startswith("/ar/")))
"""


def told(home: Path) -> dict[str, str]:
    """Return the environment of the programs in a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_") and name != "DATABASE_URL"}
    secret = {"MARSAD_SECRET_KEY": "only-for-a-benchmark-0123456789-abcdefghijk"}
    return {**kept, **secret, "MARSAD_HOME": str(home), "MARSAD_REQUIRE_MFA": "no"}


def fill(home: Path, channels: int, responses: int) -> None:
    """Make the nation and publish it."""
    size = ["--channels", str(channels), "--responses", str(responses)]
    subprocess.run([*MARSAD, "demo", "--no-serve", *size], env=told(home), check=True, stdout=subprocess.DEVNULL)


def draw(home: Path) -> tuple[float, list[str]]:
    """Draw every page; return how many a second, and the addresses of those in Arabic of the newest cycle."""
    done = subprocess.run([sys.executable, "-c", DRAW], env=told(home), check=True, stdout=subprocess.PIPE, text=True)
    pace, *addresses = done.stdout.split()
    return float(pace), addresses


@contextmanager
def served(home: Path) -> Iterator[int]:
    """Have the application served inside the block; give its port."""
    with subprocess.Popen([*MARSAD, "serve", "--port", "18000"], env=told(home), stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = next((line for line in server.stdout if "http://" in line), "")
            assert line, "the server did not start"
            port = int(line.split("127.0.0.1:")[1].split("/")[0])
            wait_for(port)
            yield port
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    while True:
        try:
            ask(http.client.HTTPConnection("127.0.0.1", port), "/health")
            return
        except OSError:
            time.sleep(0.2)


def ask(connection: http.client.HTTPConnection, address: str) -> float:
    """Return how many milliseconds an answer takes; it must be a page."""
    began = time.perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "br, gzip"})
    answer = connection.getresponse()
    answer.read()
    took = 1000 * (time.perf_counter() - began)
    assert answer.status == 200, (address, answer.status)
    return took


def read(port: int, addresses: list[str]) -> list[float]:
    """Return how long each of a reader's pages took."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    return [ask(connection, address) for address in addresses]


def p95(port: int, addresses: list[str]) -> float:
    """Return the 95th percentile over all readers, each of whom begins elsewhere among the addresses."""
    read(port, addresses[:READERS] * 2)
    walks = [list(islice(cycle(addresses), reader * EACH, (reader + 1) * EACH)) for reader in range(READERS)]
    with ThreadPoolExecutor(READERS) as readers:
        times = [one for found in readers.map(lambda walk: read(port, walk), walks) for one in found]
    return float(np.percentile(times, 95))


def main() -> None:
    """Print the table and the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--channels", type=int, default=600, help="how many channels")
    options.add_argument("--responses", type=int, default=1_000_000, help="how many people answer in all cycles")
    options.add_argument("--home", type=Path, help="a home with a nation that is there already")
    chosen = options.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        Path(folder).chmod(0o755)
        fill(home, chosen.channels, chosen.responses)
        pace, addresses = draw(home)
        leagues = [address for address in addresses if "/league/" in address]
        asked = {
            "league": leagues,
            "channel": [address for address in addresses if "/channels/" in address],
            "sky": ["/ar/"],
            "filtered": [f"{address}?star={star}" for address in leagues for star in (4, 5)],
            "health": ["/health"],
        }
        with served(home) as port:
            found = {name: p95(port, list_) for name, list_ in asked.items()}
    print(f"{'page, ' + str(READERS) + ' readers':<24}{'p95 ms':>9}{'aim':>8}")
    for name, took in found.items():
        print(f"{name:<24}{took:>9.1f}{AIM if name != 'health' else '':>8}")
    for name, took in found.items():
        figure(f"{name}_p95_ms", took, "ms")
    figure("drawn_pages_per_s", pace, "1/s")


if __name__ == "__main__":
    main()
