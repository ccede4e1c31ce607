"""`marsad demo` fills the platform once, serves it, takes up what was interrupted, and leaves nothing running."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from marsad.cli import demo
from marsad.core.problem import Problem
from marsad.demo.home import Home
from tests.config.processes import module, nothing_left, of, wait_until

SMALL = ("--channels", "24", "--responses", "10000", "--seed", "5")
PATIENCE = 300.0
"""Seconds for a cold start on a machine that is busy with other tests."""


def demo_of(home, *options):
    """Run a demo that does not serve to its end; return its code, output and complaint."""
    process = started(home, *options, "--no-serve")
    said, complaint = process.communicate(timeout=PATIENCE)
    return process.returncode, said, complaint.rstrip()


def started(home, *options):
    """Start a demo."""
    return module(home, "marsad.cli", "demo", *options)


@pytest.fixture
def home():
    """The home of a demo that was killed in the middle of its first start, and started again."""
    path = Path(os.environ["MARSAD_HOME"]).with_name(f"demo-{os.getpid()}")
    with nothing_left(path):
        first = started(path, *SMALL, "--no-serve")
        wait_until(lambda: noted(path), PATIENCE)
        first.kill()
        first.communicate()
        assert not noted(path)["filled"]
        lake = written(path, "lake")
        code, said, complaint = demo_of(path, *SMALL)
        assert code == 0, complaint
        assert "the nation was made in" in said
        assert written(path, "lake") == lake
        yield path
    shutil.rmtree(path, ignore_errors=True)


def noted(home):
    """Return what the demo noted of what it has made; None before it noted anything."""
    note = home / "demo" / "nation.json"
    return json.loads(note.read_text(encoding="utf-8")) if note.exists() else None


def written(home, *folders):
    """Return the files below some folders of a home, with when they were written."""
    files = (file for folder in folders for file in (home / folder).rglob("*.*") if file.suffix != ".lock")
    return {file: file.stat().st_mtime_ns for file in files}


class Served:
    """A demo that serves: what it said, and its process."""

    def __init__(self, home, *options):
        self.process, self.said = started(home, *options), []
        threading.Thread(target=lambda: self.said.extend(iter(self.process.stdout.readline, "")), daemon=True).start()
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        wait_until(lambda: self.address or self.process.poll() is not None, PATIENCE)
        assert self.process.poll() is None
        wait_until(lambda: self.answers("/health"), PATIENCE)

    @property
    def address(self):
        found = re.search(r"Marsad is on http://127\.0\.0\.1:(\d+)/", "".join(self.said))
        return int(found[1]) if found else None

    def get(self, path):
        with closing(http.client.HTTPConnection("127.0.0.1", self.address, timeout=30)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def answers(self, path):
        try:
            return self.get(path)[0] == 200
        except OSError:
            return False


@contextmanager
def serving(home, *options):
    """Have a demo serve inside the block; Ctrl-C stops it."""
    running = Served(home, *options)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0


def port_of(server):
    return server.getsockname()[1]


def test_what_was_killed_in_the_middle_is_finished_and_served_on_a_free_port_until_ctrl_c_leaves_nothing_running(home):
    assert noted(home)["filled"]
    assert len(list((home / "publications").iterdir())) == 2
    the_nation_came_in_by_the_actions_of_people(home)
    assert_that_another_nation_is_made_only_when_that_is_said(home)
    before = written(home, "lake", "publications", "demo")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken, serving(home, "--port", str(port_of(taken))) as running:
        assert running.said[0] == f"port {port_of(taken)} is taken; using {running.address}\n"
        code, _said, complaint = demo_of(home, *SMALL, "--fresh")
        assert code == 2
        assert complaint.endswith("another demo is served from this home; stop it first.")
        status, body = running.get("/api/v1/cycles/2025/ratings")
        assert status == 200
        assert [row for row in json.loads(body)["items"] if row["rated"]]
        assert "synthetic" in running.get("/api/v1/cycles/2025")[1]
        assert running.answers("/api/v1/docs")
        assert not json.loads(running.get("/api/v1/cycles/2026/ratings")[1])["items"]
        wait_until(lambda: "truth.csv" in running.said[-1])
        said = "".join(running.said)
    assert said.count("aisha@marsad.example") == said.count("seven-quiet-dhows") == 2
    assert f"http://127.0.0.1:{running.address}/en/accounts/login/" in said
    assert f"http://127.0.0.1:{running.address}/ar/accounts/login/" in said
    assert said.count(str(home / "demo" / "truth.csv")) == 2
    assert "the nation was made in" not in said
    assert written(home, "lake", "publications", "demo") == before
    wait_until(lambda: not of(home))


def the_nation_came_in_by_the_actions_of_people(home):
    """Up to publications that anybody can check; the truth stayed outside."""
    said, complaint = module(home, "tests.demo.look").communicate(timeout=PATIENCE)
    found = json.loads(said or complaint)
    assert found.pop("scores") > 20
    assert found == {
        "states": {"2024": "closed", "2025": "published", "2026": "open"},
        "shown": ["2024", "2025"],
        "current run": "done",
        "unlike looked into": [],
        "titled as real": [],
        "chain": [["2024", None], ["2025", "2024"]],
        "of the future": [],
        "broken": [],
        "audit": [],
        "unlike": {},
        "channels": 24,
        "without champion": [],
        "unnamed": [],
        "password": True,
        "told": [],
    }


def assert_that_another_nation_is_made_only_when_that_is_said(home):
    code, _said, complaint = demo_of(home, "--channels", "60")
    assert code == 2
    assert "there is a nation of 24 channels, 10000 responses and seed 5 already; leave the options out" in complaint


def test_a_home_that_is_no_demo_is_left_alone(tmp_path):
    (tmp_path / "lake").mkdir()
    with pytest.raises(Problem, match="holds something else than a demo"):
        Home(tmp_path).prepare()
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(Problem, match="nothing can be kept here"):
        Home(tmp_path / "file").prepare()


def test_the_secret_is_made_once_and_read_by_nobody_else(tmp_path):
    home = Home(tmp_path)
    home.prepare()
    assert home.secret() == Home(tmp_path).secret()
    assert len(home.secret()) > 32
    assert (home.folder / "secret").stat().st_mode & 0o077 == 0


def test_as_root_in_a_folder_that_others_cannot_enter_it_is_at_home_elsewhere(tmp_path, monkeypatch, capsys):
    from marsad.config.owner import Owner

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MARSAD_HOME")
    monkeypatch.setattr(demo.os, "geteuid", lambda: 0)
    monkeypatch.setattr("marsad.config.owner.lent", lambda: Owner("nobody", 65534, 65534, lent=True))
    monkeypatch.setattr(Owner, "may_enter", lambda self, folder: False)
    assert demo.home_path().parent == demo.ELSEWHERE
    assert str(demo.home_path()) in capsys.readouterr().out
    monkeypatch.setattr(Owner, "may_enter", lambda self, folder: True)
    assert demo.home_path() == tmp_path / "var" / "demo"
