"""How long it takes to rate 600 channels again in other ways, beside rating them each time from the evidence up.

`sensitivity_200_s`: 200 runs with other weights, scales, means, fillings or without a pillar (limit 10 s on 2 cores);
`what_if_s`: stars and lists for one set of moved weights (limit 0.2 s); `sensitivity_over_rating`: a whole rating over one run.
"""

import sys

import numpy as np
from machine import describe, figure, seconds

from marsad.core.evidence import Evidence
from marsad.core.normalise import Goalposts
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.sensitivity import Bench, Space, Variant, run_all
from marsad.core.stars import Bands

CHANNELS, INDICATORS, PILLARS, RUNS = 600, 64, 8, 200
LIMITS = {"sensitivity_200_s": 10.0, "what_if_s": 0.2}


def nation() -> tuple[Scheme, Evidence]:
    """Return eight pillars of eight indicators, and channels with errors and gaps."""
    generator = np.random.default_rng(1)
    values = generator.normal(65, 8, (CHANNELS, 1)) + generator.normal(0, 8, (CHANNELS, INDICATORS))
    values[generator.random(values.shape) < 0.02] = np.nan
    nodes = (Node("overall"), *(Node(f"p{pillar}", "overall") for pillar in range(PILLARS)))
    indicators = tuple(Indicator(f"x{place}", f"p{place % PILLARS}", normalise=Goalposts(0, 100)) for place in range(INDICATORS))
    names = np.array([f"c{place:03}" for place in range(CHANNELS)])
    counts = np.full(values.shape, 50.0)
    bands = Bands((50.0, 60.0, 70.0, 80.0, 90.0), (2.0, 3.0, 4.0, 5.0, 6.0, 7.0))
    return Scheme(indicators, nodes, bands), Evidence(names, values, np.full(values.shape, 5.0), counts, counts)


def main() -> None:
    """Print the table and the figures."""
    print(describe())
    scheme, evidence = nation()
    settings = Settings()
    rating = rate(scheme, evidence, settings)
    space, generator = Space(scheme), np.random.default_rng(2)
    variants = [space.variant(point) for point in generator.random((RUNS, space.size))]
    moved = Variant(weights=tuple(generator.uniform(0.75, 1.25, space.weighed))).scheme(scheme)
    bench = Bench.of(scheme, rating, settings)
    bench.what_if(moved)
    figures = {
        "sensitivity_200_s": seconds(lambda: run_all(Bench.of(scheme, rating, settings), variants), 3),
        "what_if_s": seconds(lambda: bench.what_if(moved), 9),
    }
    whole = seconds(lambda: rate(scheme, evidence, settings), 3)
    for name, took in figures.items():
        print(f"{name:<22}{took:8.3f} s, limit {LIMITS[name]:g} s")
    print(f"{'a whole rating':<22}{whole:8.3f} s")
    for name, took in figures.items():
        figure(name, took, "s")
    figure("sensitivity_over_rating", whole / (figures["sensitivity_200_s"] / RUNS), "times")
    sys.exit(any(took > LIMITS[name] for name, took in figures.items()))


if __name__ == "__main__":
    main()
