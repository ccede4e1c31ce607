"""How long `marsad rate` takes on 5 000 channels × 50 indicators, start-up included, beside bare NumPy on the same table.

`rate_5000x50_s`: the whole command without standard errors (limit 5 s on 2 cores); `rate_5000x50_se_s`: with standard errors and
4 000 draws (limit 15 s); `rate_over_numpy`: the first over a bare reading, mean and k-means of the same file in NumPy and SciPy.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from machine import describe, figure, seconds

CHANNELS, INDICATORS, PILLARS, TIMES = 5000, 50, 8, 3
LIMITS = {"rate_5000x50_s": 5.0, "rate_5000x50_se_s": 15.0}

HEAD = """
schema = 1
name = "bench"
version = "1"
title = "Benchmark"
summary = "Fifty indicators in eight pillars."
[[node]]
code = "overall"
label = "Overall"
"""
FOOT = """
[stars]
rule = "k-means"
stars = [1, 2, 3, 4, 5]
[[limiter]]
code = "weak-pillar"
cap = 4
label = "weak pillar"
when = { any = { score = [%s], below = 40 } }
"""
BARE = """
import sys
import numpy as np
from scipy.cluster.vq import kmeans2
table = np.genfromtxt(sys.argv[1], delimiter=",", skip_header=1)[:, 1:51]
score = table.mean(axis=1)
centres, stars = kmeans2(score, np.quantile(score, [.1, .3, .5, .7, .9]))
"""


def standard_text() -> str:
    """Return a standard with z-scores, eight pillars, k-means and a limiter on pillars."""
    pillars = "".join(f'[[node]]\ncode = "pillar{p}"\nparent = "overall"\nlabel = "Pillar {p}"\n' for p in range(PILLARS))
    indicators = "".join(
        f'[[indicator]]\ncode = "x{i}"\nparent = "pillar{i % PILLARS}"\nlabel = "X{i}"\n' for i in range(INDICATORS)
    )
    scale = '[defaults]\nnormalise = { method = "goalposts", worst = 0, best = 100 }\n'
    return HEAD + scale + pillars + indicators + FOOT % ", ".join(f'"pillar{p}"' for p in range(PILLARS))


def write_evidence(path: Path, *, errors: bool) -> None:
    """Write the table, with standard errors or without."""
    generator = np.random.default_rng(1)
    quality = generator.normal(65, 8, CHANNELS)[:, None]
    values = np.clip(quality + generator.normal(0, 8, (CHANNELS, INDICATORS)), 0, 100)
    names = [f"x{i}" for i in range(INDICATORS)] + [f"x{i}__se" for i in range(INDICATORS)] * errors
    table = np.hstack([values, np.full_like(values, 4.0)]) if errors else values
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(["channel", *names]) + "\n")
        out.writelines(f"{row + 1}," + ",".join(f"{value:.4f}" for value in line) + "\n" for row, line in enumerate(table))


def main() -> None:
    """Print the table and the figures."""
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "bench.toml").write_text(standard_text(), encoding="utf-8")
        figures = {}
        for name, errors in (("rate_5000x50_s", False), ("rate_5000x50_se_s", True)):
            evidence = home / f"{name}.csv"
            write_evidence(evidence, errors=errors)
            command = [sys.executable, "-m", "marsad.cli", "rate", str(evidence), "--standard", str(home / "bench.toml")]
            command += ["--out", str(home / name), "--force"]
            figures[name] = seconds(lambda command=command: subprocess.run(command, check=True, capture_output=True), TIMES)
        bare = [sys.executable, "-c", BARE, str(home / "rate_5000x50_s.csv")]
        numpy_s = seconds(lambda: subprocess.run(bare, check=True, capture_output=True), TIMES)
    print(f"{'what':<24}{'seconds':>9}{'limit':>8}")
    for name, taken in figures.items():
        print(f"{name:<24}{taken:>9.2f}{LIMITS[name]:>8.0f}")
    print(f"{'bare NumPy':<24}{numpy_s:>9.2f}")
    for name, taken in figures.items():
        figure(name, taken, "s")
    figure("rate_over_numpy", figures["rate_5000x50_s"] / numpy_s, "ratio")


if __name__ == "__main__":
    main()
