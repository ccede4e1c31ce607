"""`make` finds a Python that works, whatever it is called, and says in one sentence when there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SH = shutil.which("sh") or "/bin/sh"

PYTHON = """#!{sh}
shift
code=$1
shift
exec '{python}' -c "import importlib.util, sys
sys.version_info = (3, {minor}, 1)
sys._base_executable = '$0'
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in {without!r} else find_spec(name)
$code" "$@"
"""

BROKEN_SHIM = """#!{sh}
echo 'pyenv: command not found' >&2
exit 127
"""


@pytest.fixture
def machine(tmp_path):
    """A machine on which nothing is installed but what a test puts there; its folder has a space in its name."""
    folder = tmp_path / "a machine"
    (folder / "bin").mkdir(parents=True)
    return folder


def put(path: Path, script: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def put_python(path: Path, minor: int, without: tuple[str, ...] = ()) -> str:
    return put(path, PYTHON.format(sh=SH, python=sys.executable, minor=minor, without=without))


def run(machine: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": str(machine / "bin"), "HOME": str(machine), **environment}
    return subprocess.run([SH, *command], cwd=machine, env=bare, capture_output=True, text=True)


def find_python(machine: Path, **environment: str) -> str:
    found = run(machine, str(ROOT / "bin" / "find-python"), **environment)
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout.strip()


@pytest.mark.parametrize(
    ("name", "minor"),
    [
        ("python3.14", 14),
        ("python3.13", 13),
        ("python3.12", 12),
        ("python3.11", 11),
        ("python3", 11),
        ("python", 12),
    ],
)
def test_python_is_found_whatever_it_is_called(machine, name, minor):
    path = put_python(machine / "bin" / name, minor)
    assert find_python(machine) == path


def test_a_python_that_is_too_old_is_passed_over(machine):
    put_python(machine / "bin" / "python3", 9)
    newer = put_python(machine / "bin" / "python", 11)
    assert find_python(machine) == newer


def test_a_shim_that_fails_is_passed_over_for_the_versions_behind_it(machine):
    put(machine / "bin" / "python3.13", BROKEN_SHIM.format(sh=SH))
    put_python(machine / ".pyenv/versions/3.9.18/bin/python", 9)
    behind = put_python(machine / ".pyenv/versions/3.13.0/bin/python", 13)
    assert find_python(machine) == behind


def test_a_python_newer_than_the_pinned_wheels_is_the_last_choice(machine):
    newest = put_python(machine / "bin" / "python3", 15)
    alone = run(machine, str(ROOT / "bin" / "find-python"))
    assert (alone.returncode, alone.stdout.strip()) == (0, newest)
    assert "newer than the pinned wheels" in alone.stderr
    pinned = put_python(machine / "bin" / "python", 12)
    assert find_python(machine) == pinned


def test_a_python_that_can_make_a_whole_venv_is_preferred(machine):
    put_python(machine / "bin" / "python3.13", 13, without=("ensurepip",))
    whole = put_python(machine / "bin" / "python3.11", 11)
    assert find_python(machine) == whole


def test_debians_python_without_ensurepip_is_better_than_none(machine):
    path = put_python(machine / "bin" / "python3", 11, without=("ensurepip",))
    assert find_python(machine) == path


def test_PYTHON_names_the_one_to_use(machine):
    put_python(machine / "bin" / "python3.14", 14)
    odd = put_python(machine / "somewhere else" / "snake", 12)
    assert find_python(machine, PYTHON=odd) == odd


@pytest.mark.parametrize("minor", [None, 10])
def test_no_python_is_said_in_one_sentence(machine, minor):
    if minor:
        put_python(machine / "bin" / "python3", minor)
    failed = run(machine, str(ROOT / "bin" / "find-python"))
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("Marsad needs Python 3.11 or newer and found none")
    assert failed.stderr.count("\n") == 1


def test_a_wrong_PYTHON_is_said_and_not_replaced(machine):
    put_python(machine / "bin" / "python3.14", 14)
    failed = run(machine, str(ROOT / "bin" / "find-python"), PYTHON="python2")
    assert failed.returncode == 1
    assert failed.stderr.startswith("PYTHON=python2 is not a CPython 3.11 or newer")


def test_a_chromium_that_does_not_start_is_passed_over(machine):
    put(machine / "bin" / "chromium", BROKEN_SHIM.format(sh=SH))
    works = put(machine / "bin" / "google-chrome", f"#!{SH}\necho Chromium 150\n")
    assert run(machine, str(ROOT / "bin" / "find-chromium")).stdout.strip() == works


def test_a_chromium_without_windows_comes_first(machine):
    put(machine / "bin" / "chromium", f"#!{SH}\necho Chromium 150\n")
    lighter = put(machine / "bin" / "chromium-headless-shell", f"#!{SH}\necho Chromium 150\n")
    assert run(machine, str(ROOT / "bin" / "find-chromium")).stdout.strip() == lighter


def test_a_wrong_MARSAD_CHROMIUM_is_said_and_not_replaced(machine):
    put(machine / "bin" / "chromium", f"#!{SH}\necho Chromium 150\n")
    failed = run(machine, str(ROOT / "bin" / "find-chromium"), MARSAD_CHROMIUM=str(machine / "none"))
    assert failed.returncode == 1
    assert "does not start here" in failed.stderr


@pytest.mark.parametrize("name", ["find-python", "find-chromium", "setup", "front"])
def test_the_scripts_of_make_can_be_run_by_hand(name):
    script = ROOT / "bin" / name
    assert os.access(script, os.X_OK)
    assert subprocess.run([SH, "-n", str(script)], capture_output=True).returncode == 0


PYTHON_WITHOUT_PIP = """#!{sh}
case "$*" in
    "-c import ensurepip" | "-m pip"*) exit 1 ;;
    --version) echo Python 3.11.2 ;;
    *) echo "$0" ;;
esac
"""


def test_a_python_that_cannot_fill_a_venv_is_said_in_one_sentence(machine):
    for tool in ("sh", "cat", "cksum", "id", "ls", "rm", "dirname"):
        (machine / "bin" / tool).symlink_to(shutil.which(tool))
    put(machine / "bin" / "python3", PYTHON_WITHOUT_PIP.format(sh=SH))
    for folder in ("bin", "requirements"):
        shutil.copytree(ROOT / folder, machine / "marsad" / folder)
    failed = run(machine, str(machine / "marsad" / "bin" / "setup"), "runtime")
    assert failed.returncode == 1
    assert "has neither ensurepip nor pip" in failed.stderr
    assert failed.stderr.count("\n") == 1


@pytest.fixture
def checkout(machine):
    """A checkout with a front end to build, on a machine that has the tools which every machine has."""
    for tool in ("sh", "cat", "cksum", "dirname", "find", "mkdir", "mv", "rm", "sort", "xargs"):
        (machine / "bin" / tool).symlink_to(shutil.which(tool))
    house = machine / "marsad"
    shutil.copytree(ROOT / "bin", house / "bin")
    put(house / "marsad/web/front/package-lock.json", "{}")
    put(house / "marsad/web/templates/web/tokens.css", ":root {}")
    put(house / "marsad/web/templates/web/page.html", "<p>")
    put(house / "marsad/web/faces.py", "")
    return house


NODE = """#!{sh}
case "$1" in
    -e) exit {old} ;;
    *) mkdir -p ../static/.new && echo built >>../static/.new/marsad.css ;;
esac
"""
NPM = "#!{sh}\nmkdir -p node_modules\nexit {code}\n"


FONT_MAKER = "#!{sh}\nmkdir $3/faces\nexit {code}\n"


def put_node(machine: Path, *, old: int = 0, npm: int = 0) -> None:
    put(machine / "bin" / "node", NODE.format(sh=SH, old=old))
    put(machine / "bin" / "npm", NPM.format(sh=SH, code=npm))


def front(machine: Path) -> subprocess.CompletedProcess[str]:
    return run(machine, str(machine / "marsad" / "bin" / "front"))


def test_the_front_end_is_built_once_and_again_when_a_template_changes(machine, checkout):
    put_node(machine)
    put(checkout / ".venv/bin/python", FONT_MAKER.format(sh=SH, code=0))
    built = checkout / "marsad/web/static/web/marsad.css"
    assert front(machine).returncode == 0
    first = built.stat().st_ino
    assert front(machine).stdout == ""
    assert built.stat().st_ino == first
    put(checkout / "marsad/web/templates/web/page.html", "<p class='flex'>")
    assert front(machine).returncode == 0
    assert built.stat().st_ino != first
    assert (checkout / "marsad/web/static/web/faces").is_dir()


def test_fonts_that_cannot_be_made_are_said_and_nothing_half_built_is_served(machine, checkout):
    put_node(machine)
    put(checkout / ".venv/bin/python", FONT_MAKER.format(sh=SH, code=1))
    failed = front(machine)
    assert failed.returncode == 1
    assert "the fonts of printed documents could not be made" in failed.stderr
    assert not (checkout / "marsad/web/static/web").exists()


def test_packages_that_cannot_be_installed_are_said(machine, checkout):
    put_node(machine, npm=1)
    failed = front(machine)
    assert failed.returncode == 1
    assert "is a package registry for Node reachable?" in failed.stderr
    assert not (checkout / "marsad/web/static").exists()


def test_a_machine_without_a_node_and_without_a_registry_is_told_what_to_install(machine, checkout):
    put_node(machine, old=1)
    failed = front(machine)
    assert failed.returncode == 1
    assert "install Node 20.19 or newer with npm yourself" in failed.stderr
