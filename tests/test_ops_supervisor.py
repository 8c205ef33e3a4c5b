"""The supervisor and its keeper, watching small programs of this file's own."""

import http.server
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from quorate.common.supervisor import FIRST_DELAY, LONGEST_DELAY, STEADY_SECONDS, Child, Plan
from scripts.services import free_port
from tests.running import PATIENCE, Watched

POLITE = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
PARENT = """
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("grandchild", child.pid, flush=True)
    time.sleep(600)
"""


class Page(http.server.BaseHTTPRequestHandler):
    """Answers 503 twice, then 200."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Host"])
        self.send_response(503 if len(self.asked) < 3 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[int]:
    """A small web server; its port."""
    Page.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def supervise(
    programs: dict[str, str], *, port: int = 0, passwords: Path = Path("/none"), grace: float = 20
) -> Watched:
    plan = Plan(
        commands={name: [sys.executable, "-c", textwrap.dedent(text)] for name, text in programs.items()},
        health=("127.0.0.1", port or free_port(), "/healthz", "labels.example.org"),
        ready=["Quorate runs at somewhere"],
        first_passwords=str(passwords),
        grace=grace,
    )
    return Watched([sys.executable, "-m", "quorate.common.supervisor", plan.to_json()], dict(os.environ))


@pytest.fixture
def watch() -> Iterator[list[Watched]]:
    """Supervisors to be ended with the test."""
    running: list[Watched] = []
    yield running
    for one in running:
        one.close()


def gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Waits until they have ended; those that never do."""
    alive: list[psutil.Process] = psutil.wait_procs(processes, timeout=PATIENCE)[1]
    return alive


def test_supervisor_names_each_line(watch: list[Watched]) -> None:
    running = supervise({"web": "print('one'); print('two')" + "; import time; time.sleep(600)", "worker": POLITE})
    watch.append(running)
    assert running.wait_for("one") == "web    | one"
    assert running.wait_for("two") == "web    | two"
    assert running.wait_for(r"\bup$") == "worker | up"


def test_supervisor_starts_again_what_was_killed(watch: list[Watched]) -> None:
    running = supervise({"web": POLITE, "worker": "import os, time; print('pid', os.getpid()); time.sleep(600)"})
    watch.append(running)
    first = int(running.wait_for("pid").split()[-1])
    os.kill(first, signal.SIGKILL)
    assert running.wait_for("killed").endswith("worker was killed by SIGKILL; starting it again in 0.5 s")
    assert int(running.wait_for("pid", count=2).split()[-1]) != first


def test_supervisor_ends_what_a_dead_child_left_behind(watch: list[Watched]) -> None:
    running = supervise({"web": PARENT})
    watch.append(running)
    grandchild = psutil.Process(int(running.wait_for("grandchild").split()[-1]))
    running.descendants()
    parent = grandchild.parent()
    assert parent
    parent.kill()
    assert gone([grandchild]) == []
    running.wait_for("grandchild", count=2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_stops_all_when_told(watch: list[Watched], number: signal.Signals) -> None:
    running = supervise({"web": POLITE, "worker": POLITE})
    watch.append(running)
    running.wait_for("up$", count=2)
    family = running.descendants()
    running.signal(number)
    assert running.wait() == 0
    assert gone(family) == []
    assert "starting it again" not in running.output


def test_supervisor_kills_the_stubborn_after_the_grace(watch: list[Watched]) -> None:
    running = supervise({"web": STUBBORN}, grace=0.3)
    watch.append(running)
    running.wait_for("up$")
    family = running.descendants()
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    assert gone(family) == []


def test_second_ctrl_c_does_not_wait(watch: list[Watched]) -> None:
    running = supervise({"web": STUBBORN}, grace=600)
    watch.append(running)
    running.wait_for("up$")
    running.signal(signal.SIGINT)
    running.wait_for("Stopping")
    running.signal(signal.SIGINT)
    assert running.wait() == 0


def test_children_end_with_a_killed_supervisor(watch: list[Watched]) -> None:
    running = supervise({"web": PARENT, "worker": POLITE})
    watch.append(running)
    running.wait_for("grandchild")
    running.wait_for("up$")
    family = running.descendants()
    assert len(family) == 4  # keeper, web and its child, worker
    running.signal(signal.SIGKILL)
    assert gone(family) == []


def test_killed_keeper_is_replaced(watch: list[Watched]) -> None:
    running = supervise({"web": POLITE})
    watch.append(running)
    running.wait_for("up$")
    first = {process.pid for process in running.descendants()}
    keeper = next(process for process in running.descendants() if "supervisor" in " ".join(process.cmdline()))
    keeper.kill()
    web_pid = (first - {keeper.pid}).pop()
    while not (new := {process.pid for process in running.descendants()} - first):
        assert psutil.pid_exists(web_pid)
    assert len(new) == 1
    family = running.descendants()
    running.signal(signal.SIGKILL)
    assert gone(family) == []


def test_address_and_first_passwords_are_printed_once_the_web_answers(
    watch: list[Watched], web: int, tmp_path: Path
) -> None:
    passwords = tmp_path / "first-passwords.txt"
    passwords.write_text("alice  correct horse\n")
    running = supervise({"web": POLITE}, port=web, passwords=passwords)
    watch.append(running)
    running.wait_for("Stop with Ctrl-C")
    assert "\nQuorate runs at somewhere\n\nalice  correct horse\n\nStop with Ctrl-C." in running.output
    assert Page.asked == ["labels.example.org"] * 3


def test_start_that_has_no_hope_is_given_up(watch: list[Watched]) -> None:
    running = supervise({"web": "import sys; sys.exit('no such thing')", "worker": POLITE})
    watch.append(running)
    assert running.wait() == 1
    assert running.output.count("no such thing") == 5
    assert running.seen[-1].endswith("web does not start; the lines above say why")


def test_supervisor_stops_when_nobody_reads_it(watch: list[Watched]) -> None:
    running = supervise({"web": "import time\nwhile True: print('x' * 1000, flush=True); time.sleep(0.01)"})
    watch.append(running)
    running.wait_for("xxx")
    family = running.descendants()
    reader = running.process.stdout
    assert reader
    # The end of the pipe that is read goes away under the reader.
    os.dup2(os.open(os.devnull, os.O_RDONLY), reader.fileno())
    assert running.process.wait(PATIENCE) == 0
    assert gone(family) == []


def test_delays_double_and_start_over_after_a_steady_life() -> None:
    child = Child("web", [])
    delays = [child.note_death(float(second)) for second in range(1, 9)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_DELAY, LONGEST_DELAY]
    child.started_at = 100.0
    assert child.note_death(100.0 + STEADY_SECONDS + 1) == FIRST_DELAY


def test_lines_are_put_together_from_pieces() -> None:
    child = Child("web", [])
    assert child.lines(b"one\ntw") == [b"one"]
    assert child.lines(b"o\nthree") == [b"two"]
    assert child.lines(b"") == [b"three"]
    assert child.lines(b"") == []


def test_plan_survives_its_journey() -> None:
    plan = Plan({"web": ["a", "b"]}, ("127.0.0.1", 8000, "/healthz", "h"), ["ready"], "/x", 15.0, 7)
    assert Plan.from_json(plan.to_json()) == plan
