"""`marsad serve` keeps web, jobs and database up, whatever is killed, and leaves nothing running."""

import os
import signal
import socket
from contextlib import closing

import psutil
import pytest

from marsad.cli import main, serve
from marsad.config import supervise
from marsad.core.problem import Problem
from tests.config.conftest import copy
from tests.config.processes import marsad, nothing_left, of, postmaster, wait_until
from tests.config.serving import serving


@pytest.fixture(scope="module")
def served(filled, ground):
    """A server that the tests share, whatever they kill of it."""
    home = copy(filled, ground / f"served-{os.getpid()}")
    with nothing_left(home), serving(home) as running:
        yield running


def test_it_says_where_it_is_and_ctrl_c_stops_everything(migrated):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with serving(migrated, port=port) as running:
            assert port < running.port < port + serve.TRIES
            assert running.said == [
                f"port {port} is taken; using {running.port}\n",
                f"Marsad is on http://127.0.0.1:{running.port}/ (Ctrl-C stops it)\n",
            ]
            assert is_stopped(running, signal.SIGINT)


def is_stopped(running, how):
    """Whether it stops in good order when it is told to, and leaves nothing running."""
    code = running.stop(how)
    return (code, of(running.home), running.complaints, running.said[-1]) == (0, [], [], "stopped\n")


def test_it_listens_on_this_machine_alone(served):
    found = {c.laddr.ip for p in of(served.home) for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    assert found == {"127.0.0.1"}


def test_every_answer_forbids_what_a_page_does_not_need(served):
    for path in ("/health", "/no-such-page"):
        headers = served.get(path)[1]
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_killed_web_process_is_started_again_on_the_same_port(served):
    [web] = served.children("marsad.config.web")
    web.kill()
    wait_until(lambda: served.children("marsad.config.web") not in ([], [web]))
    wait_until(served.answers)
    assert any("the web process ended (code -9) and is started again" in line for line in served.complaints)


def test_a_killed_hand_of_the_web_is_replaced(served):
    [web] = served.children("marsad.config.web")
    wait_until(lambda: len(web.children()) == 2)
    [killed, _] = web.children()
    killed.kill()
    wait_until(lambda: len([hand for hand in web.children() if hand != killed]) == 2)
    wait_until(served.answers)


def test_a_killed_worker_is_started_again(served):
    [worker] = served.children("marsad.config.worker")
    worker.kill()
    wait_until(lambda: served.children("marsad.config.worker") not in ([], [worker]))


def test_a_killed_database_is_started_again_and_the_web_finds_it(served):
    number = postmaster(served.home)
    os.kill(number, signal.SIGKILL)
    wait_until(lambda: postmaster(served.home) not in (0, number))
    wait_until(served.answers)


def test_when_it_is_killed_itself_its_children_end_and_the_next_start_takes_over_until_sigterm(migrated):
    with serving(migrated) as alone:
        alone.process.kill()
        alone.process.wait()
        wait_until(lambda: not of(alone.home, "-m"))
        assert postmaster(alone.home)
        with serving(alone.home, port=alone.port) as again:
            assert again.port == alone.port
            assert is_stopped(again, signal.SIGTERM)


def test_a_backup_may_run_beside_it_and_a_restore_may_not(served):
    file = served.home / "beside.marsad"
    assert marsad(served.home, "backup", str(file))[0] == 0
    code, _, complaint = marsad(served.home, "restore", str(file), "--force")
    assert code == 2
    assert "other connections; stop marsad serve, then run it again." in complaint
    assert served.answers()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "٨٠٠٠"])
def test_what_is_no_port_is_refused(monkeypatch, capsys, port):
    monkeypatch.setattr(serve, "run", lambda options: pytest.fail("it serves"))
    with pytest.raises(SystemExit) as ended:
        main(["serve", f"--port={port}"])
    assert ended.value.code == 2
    assert "is no port; write a number from 1 to 65535" in capsys.readouterr().err


def test_an_address_of_another_machine_is_said():
    with pytest.raises(Problem, match=r"--host 192\.0\.2\.1: .*; name an address of this machine"):
        serve.listen("192.0.2.1", 8000)


def test_when_all_ports_are_taken_that_is_said(monkeypatch):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        monkeypatch.setattr(serve, "TRIES", 1)
        with pytest.raises(Problem, match="are all taken; choose another with --port"):
            serve.listen("127.0.0.1", taken.getsockname()[1])


def test_a_child_that_never_stays_up_ends_it_with_one_sentence(monkeypatch):
    monkeypatch.setattr(supervise, "TRIES", 2)
    child = supervise.Child("broken", "no_such_module_anywhere")
    with pytest.raises(Problem, match="the broken process does not stay up; see what it said above"):
        supervise.keep_up([child], lambda: None, supervise.Bell())
    assert not child.is_up


def test_a_child_that_does_not_listen_is_ended_all_the_same(monkeypatch, tmp_path):
    (tmp_path / "stubborn.py").write_text(
        "import signal, time, pathlib, os\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path('up').write_text(str(os.getpid()))\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(supervise, "GRACE_SECONDS", 0.5)
    child, bell = supervise.Child("stubborn", "stubborn"), supervise.Bell()

    def look() -> None:
        bell.rung = (tmp_path / "up").exists()

    supervise.keep_up([child], look, bell)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
