"""Runs a few processes as one: their lines with a name in front, started again when they die, stopped together.

`quorate up` prepares everything and then becomes this module (`python -m quorate.common.supervisor PLAN`), which needs
the standard library only: it stays small beside what it watches.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from quorate.common import keeper

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 20.0  # who has lived this long starts again without a delay
HOPELESS_STARTS = 5  # deaths in a row, before the first page was served, after which a start is given up
HEALTH_EVERY = 0.25
HEALTH_PATIENCE = 60.0
LONGEST_LINE = 65_536
COLOURS = ("36", "33", "35", "32")


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to run.

    `commands`: name → argument list, in order of starting; `health`: host, port, path and Host header of a page that
    answers 200 once the web server works; `ready`: what is printed then, followed by the text of the file
    `first_passwords` if there is one; `grace`: seconds to end in; `lock`: a file descriptor that holds the data folder.
    """

    commands: dict[str, list[str]]
    health: tuple[str, int, str, str]
    ready: list[str]
    first_passwords: str
    grace: float
    lock: int = -1

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        fields: dict[str, Any] = json.loads(text)
        host, port, path, header = fields.pop("health")
        return cls(health=(host, port, path, header), **fields)


class Child:
    """One process and its history."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.deaths = 0
        self.start_at = 0.0  # when it is due to be started, in seconds of the monotonic clock
        self.rest = b""  # the beginning of a line whose end has not arrived

    def note_death(self, now: float) -> float:
        """Counts a death; returns the seconds to wait before the next start, doubled with each death in a row."""
        self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
        delay: float = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (self.deaths - 1))
        self.start_at = now + delay
        return delay

    def lines(self, data: bytes) -> list[bytes]:
        """The whole lines that `data` completes, without their ends; no data (the end): also the rest."""
        *whole, self.rest = (self.rest + data).split(b"\n")
        if self.rest and (not data or len(self.rest) > LONGEST_LINE):
            whole.append(self.rest)
            self.rest = b""
        return whole


class Supervisor:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.children = [Child(name, command) for name, command in plan.commands.items()]
        self.selector = selectors.DefaultSelector()
        self.width = max(map(len, plan.commands))
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.stops_asked = 0
        self.told = False
        self.stop_by = float("inf")
        self.healthy = False
        self.began = time.monotonic()
        self.next_look = 0.0
        self.last_answer = "no connection"
        self.exit_code = 0
        self.keeper_pid, self.keeper_pipe = self.start_keeper()

    # --- Life ---------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Runs until it is told to stop; returns the exit code."""
        self.listen_to_signals()
        while not (self.stops_asked and not any(child.process for child in self.children)):
            now = time.monotonic()
            if not self.stops_asked:
                self.start_due(now)
                self.watch_keeper()
                self.look_at_web(now)
            else:
                self.see_them_off(now)
            for key, _ in self.selector.select(self.pause(now)):
                self.read(key)
            self.bury(time.monotonic())
        return self.exit_code

    def pause(self, now: float) -> float:
        """Seconds until the next thing that happens by the clock; output and signals wake earlier."""
        times = [child.start_at for child in self.children if not child.process] + [self.stop_by]
        times.append(float("inf") if self.healthy or self.stops_asked else self.next_look)
        return min(2.0, max(0.0, min(times) - now))

    def listen_to_signals(self) -> None:
        reader, writer = os.pipe()
        for fd in (reader, writer):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self.selector.register(reader, selectors.EVENT_READ)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to wake the loop

    def on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stops_asked += 1
        self.stop_by = 0.0 if self.stops_asked > 1 else time.monotonic() + self.plan.grace
        if self.stops_asked == 1:
            for child in self.children:
                if child.process:
                    keeper.ask_to_stop(child.process.pid)

    # --- Children -----------------------------------------------------------------------------------------------------

    def start_due(self, now: float) -> None:
        for child in self.children:
            if not child.process and now >= child.start_at:
                self.start(child, now)

    def start(self, child: Child, now: float) -> None:
        """Starts a child as the leader of its own group.

        So it and all it starts can be ended together, and a Ctrl-C reaches the supervisor alone.
        """
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.tell_keeper(f"+{child.process.pid}")
        child.started_at = now
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def bury(self, now: float) -> None:
        """Clears up after children that ended, and sets the time of their next start.

        What is left of the group is killed: a worker of a dead server still holds the port.
        """
        for child in self.children:
            if not child.process or child.process.poll() is None:
                continue
            code = child.process.returncode
            keeper.kill_group(child.process.pid)
            self.tell_keeper(f"-{child.process.pid}")
            self.drain(child)
            child.process = None
            delay = child.note_death(now)
            if self.stops_asked:
                continue
            how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            self.say(f"{child.name} {how}; starting it again in {delay:g} s")
            if not self.healthy and child.deaths >= HOPELESS_STARTS:
                self.give_up(f"{child.name} does not start; the lines above say why")

    def drain(self, child: Child) -> None:
        """Reads the last words of a dead child and closes its pipe."""
        stream = child.process.stdout if child.process else None
        if not stream or stream.closed:
            return
        with contextlib.suppress(BlockingIOError):
            while data := os.read(stream.fileno(), LONGEST_LINE):
                self.print_lines(child, data)
        self.print_lines(child, b"")
        self.selector.unregister(stream)
        stream.close()

    def see_them_off(self, now: float) -> None:
        """After the first signal: tells the person, and kills whoever is left when patience ends."""
        if not self.told:
            self.told = True
            self.say("Stopping; Ctrl-C again to stop at once.")
        if now < self.stop_by:
            return
        for child in self.children:
            if child.process:
                keeper.kill_group(child.process.pid)
        self.stop_by = float("inf")

    def give_up(self, why: str) -> None:
        """Stops all, with the reason as the last word."""
        self.say(why)
        self.told = True
        self.exit_code = 1
        self.on_stop(signal.SIGTERM, None)

    # --- The keeper ---------------------------------------------------------------------------------------------------

    def start_keeper(self) -> tuple[int, int]:
        return keeper.start(grace=self.plan.grace, keep_open=(self.plan.lock,))

    def tell_keeper(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # a dead keeper is replaced by the next look, and told everything
            os.write(self.keeper_pipe, f"{line}\n".encode())

    def watch_keeper(self) -> None:
        """Replaces a keeper that was killed."""
        pid, _ = os.waitpid(self.keeper_pid, os.WNOHANG)
        if not pid:
            return
        os.close(self.keeper_pipe)
        self.keeper_pid, self.keeper_pipe = self.start_keeper()
        for child in self.children:
            if child.process:
                self.tell_keeper(f"+{child.process.pid}")

    # --- Words --------------------------------------------------------------------------------------------------------

    def read(self, key: selectors.SelectorKey) -> None:
        child = key.data
        with contextlib.suppress(BlockingIOError):
            data = os.read(key.fd, LONGEST_LINE)
            if child is None:
                return  # a signal's byte: it has done its work by waking the loop
            self.print_lines(child, data)
            if not data:
                self.selector.unregister(key.fileobj)
                child.process.stdout.close()

    def print_lines(self, child: Child, data: bytes) -> None:
        for line in child.lines(data):
            self.emit(child.name, line.decode(errors="replace"))

    def say(self, text: str) -> None:
        self.emit("up", text)

    def emit(self, name: str, text: str) -> None:
        prefix = f"{name:<{self.width}} |"
        if self.colour:
            names = [child.name for child in self.children]
            prefix = f"\x1b[{COLOURS[names.index(name) % len(COLOURS)] if name in names else '1'}m{prefix}\x1b[0m"
        self.write(f"{prefix} {text}")

    def write(self, text: str) -> None:
        """One line to standard output. Nobody reads any more (a closed pipe): then it is time to stop."""
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except OSError:
            # Python flushes at exit as well, and would complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not self.stops_asked:
                self.on_stop(signal.SIGHUP, None)

    # --- Health -------------------------------------------------------------------------------------------------------

    def look_at_web(self, now: float) -> None:
        """Until the web server has answered once: asks it, and prints the address when it does."""
        if self.healthy or now < self.next_look:
            return
        self.next_look = now + HEALTH_EVERY
        self.last_answer = self.ask_web()
        if self.last_answer == "200":
            self.healthy = True
            self.print_ready()
        elif now - self.began > HEALTH_PATIENCE:
            self.say(f"the web server does not answer as it should ({self.last_answer}); still trying")
            self.began = now

    def ask_web(self) -> str:
        """The status of the health page, or what kept it from answering."""
        host, port, path, header = self.plan.health
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", path, headers={"Host": header})
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return str(error) or type(error).__name__
        finally:
            connection.close()

    def print_ready(self) -> None:
        passwords = Path(self.plan.first_passwords)
        lines = ["", *self.plan.ready]
        if passwords.is_file():
            lines += ["", *passwords.read_text().rstrip().splitlines()]
        for line in [*lines, "", "Stop with Ctrl-C.", ""]:
            self.write(line)


def main() -> int:
    return Supervisor(Plan.from_json(sys.argv[1])).run()


if __name__ == "__main__":
    sys.exit(main())
