"""The house keeps its own rules: what lies where, how long files grow, and what no committed file may say."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.repository import ROOT, committed


def ours() -> list[Path]:
    """Every file of the repository, by its path in it."""
    return sorted(path.relative_to(ROOT) for path in committed())


def lines_matching(pattern: str) -> list[str]:
    found = []
    for path in ours():
        content = (ROOT / path).read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path}:{number}: {line.strip()[:120]}")
    return found


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_root_is_no_desk_drawer():
    entries = {path.parts[0] for path in ours()}
    assert len(entries) <= 18, sorted(entries)


# One character of each pattern stands in brackets, so that no pattern finds itself.
@pytest.mark.parametrize(
    "pattern",
    [
        r"py[p]i\.org|pythonhos[t]ed\.org|npm[j]s\.(org|com)|yarn[p]kg\.com|(deb|security)\.deb[i]an\.org|/[s]imple/",
        r"--(extra-)?[i]ndex-url|--find-[l]inks|\"re[s]olved\":",
    ],
)
def test_no_file_names_a_package_index(pattern):
    assert lines_matching(pattern) == []


def test_no_file_names_a_place_on_one_machine():
    assert lines_matching(r"(^|[^A-Za-z0-9_.])/(w[o]rk|r[o]ot|h[o]me)(/|\b(?![-.\w]))|f[i]le://") == []


def test_nothing_is_left_half_done():
    assert lines_matching(r"\b(T[O]DO|F[I]XME|X[X]X)\b") == []


def test_no_module_outgrows_its_room():
    modules = [path for path in ours() if path.parts[0] == "marsad" and path.suffix == ".py"]
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {path: length for path, length in lengths.items() if length > 600} == {}


def test_every_room_has_its_place_in_the_import_order():
    rooms = {path.parts[1] for path in ours() if path.parts[0] == "marsad" and path.suffix == ".py" and len(path.parts) > 2}
    [order] = [contract for contract in project()["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"]
    placed = {room for layer in order["layers"] for room in re.findall(r"\w+", layer)}
    assert rooms <= placed, f"not in pyproject.toml's layers: {sorted(rooms - placed)}"


def test_jobs_read_what_does_the_work_where_there_is_work():
    """Every process of the server reads the jobs of every room, and would with them read all that rates and draws."""
    jobs = [path for path in ours() if path.parts[0] == "marsad" and path.name == "jobs.py"]
    assert len(jobs) > 2
    read = [line for path in jobs for line in (ROOT / path).read_text(encoding="utf-8").splitlines() if "marsad" in line]
    at_once = {line for line in read if line.startswith(("import marsad", "from marsad"))}
    assert {line for line in at_once if not re.search(r"\.(models|orders) import ", line)} == set()


def bare(requirement: str) -> str:
    """The name in a requirement, without extras and versions."""
    return re.split(r"[\[=<>~ ]", requirement)[0].lower()


def test_scipy_is_read_where_it_does_the_work():
    """Its parts are loaded when first named (`scipy.special.ndtr`); named in an import they would take a third of each start."""
    assert [line for line in lines_matching(r"^(from scipy|import scipy\.)") if line.startswith("marsad/")] == []


def test_what_the_package_needs_is_what_is_pinned():
    needed = {bare(line) for line in project()["project"]["dependencies"]}
    asked = (ROOT / "requirements/base.in").read_text(encoding="utf-8")
    pinned = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")
    wanted = {bare(line) for line in asked.splitlines() if line and not line.startswith("#")}
    assert needed == wanted - {"setuptools", "uv"}  # these two build and install, and are not imported
    assert [name for name in wanted if not re.search(rf"^{name}==", pinned, re.MULTILINE)] == []


def test_tests_and_demo_run_on_the_same_versions():
    pins = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("base", "dev")
    ]
    assert pins[0].items() <= pins[1].items()


def test_the_version_is_said_once():
    import marsad

    assert project()["project"]["version"] == marsad.__version__
