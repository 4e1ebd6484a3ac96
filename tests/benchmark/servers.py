"""The servers under test, each a process of its own on the core for servers. Linux only: what they use is
read from /proc.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import SystemRandom
from types import TracebackType
from typing import Self

from .wires import HEADERS, Ask

FOLDER = Path(__file__).parent
SECONDS_TO_START = 120.0
SECONDS_TO_SETTLE = 10.0


class BenchmarkError(Exception):
    """Why something could not be measured; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core is for servers and which for clients; the same where there is but one."""

    server: int
    client: int

    @classmethod
    def of_this_machine(cls) -> Cores:
        cores = sorted(os.sched_getaffinity(0))
        return cls(cores[0], cores[-1])


@contextmanager
def held_to(core: int) -> Iterator[None]:
    """Run on that core, and with it what is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Contender:
    """How a server is started, {port} in `command` being the port; `paths` is where it has what ours has
    elsewhere.
    """

    name: str
    command: tuple[str, ...]
    paths: Mapping[str, str] = field(default_factory=dict)

    def asked(self, ask: Ask) -> Ask:
        return ask.at(self.paths.get(ask.path, ""))


def ours(*arguments: str | Path, name: str = "mockserver") -> Contender:
    return Contender(name, (sys.executable, "-m", "mockserver", *map(str, arguments), "--port", "{port}"))


def peer(words: str) -> Contender:
    """A contender in words: `NAME=COMMAND {port}`, and `; OUR PATH=ITS PATH` as often as needed."""
    command, *paths = words.split(";")
    name, found, command = command.partition("=")
    if not found or "{port}" not in command:
        raise BenchmarkError(f"{words!r} is no peer: write NAME=COMMAND, with {{port}} in the command")
    pairs = (path.strip().partition("=") for path in paths)
    return Contender(name.strip(), tuple(shlex.split(command)), {one: other for one, _, other in pairs})


def _as_users_have_it() -> dict[str, str]:
    """The environment, where Python keeps what it has compiled: else each start would compile all anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Server:
    """A contender that runs. It may use one core."""

    def __init__(self, contender: Contender, cores: Cores) -> None:
        self.contender = contender
        self.name = contender.name
        self.port = free_port()
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in `__exit__`
        command = [word.replace("{port}", str(self.port)) for word in contender.command]
        with held_to(cores.server):
            self.began = time.perf_counter()
            self._process = subprocess.Popen(
                command, stdout=self._log, stderr=self._log, start_new_session=True, env=_as_users_have_it()
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for pid in reversed(list(self._pids())):
            os.kill(pid, 9)
        self._process.wait()
        self._log.close()

    def ask(self, ask: Ask) -> tuple[str, bytes]:
        """Ask once: the content type and the body of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        ask = self.contender.asked(ask).same
        try:
            connection.request("POST", ask.path, ask.body, HEADERS)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise BenchmarkError(f"{self.name} answers {ask.path} with {response.status}: {body[:300]!r}")
        return response.getheader("content-type") or "", body

    def get(self, path: str) -> bytes:
        """A page of the server's own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=HEADERS)
            return connection.getresponse().read()
        finally:
            connection.close()

    def wait_for(self, ask: Ask) -> float:
        """Ask until it is answered: the seconds since the process was started."""
        return self._wait(lambda: self.ask(ask))

    def wait_until_open(self) -> float:
        """As `wait_for`, but of who takes connections nothing is asked."""
        return self._wait(lambda: socket.create_connection(("127.0.0.1", self.port)).close())

    def _wait(self, act: Callable[[], object]) -> float:
        while True:
            try:
                act()
            except (OSError, HTTPException):
                if self._process.poll() is not None or time.perf_counter() - self.began > SECONDS_TO_START:
                    raise BenchmarkError(f"{self.name} does not start:\n{self.logged[-2000:]}") from None
                time.sleep(0.002)
            else:
                return time.perf_counter() - self.began

    @property
    def logged(self) -> str:
        return os.pread(self._log.fileno(), 1_000_000, 0).decode(errors="replace")

    def seconds_of_cpu(self) -> float:
        """What the process and its children have used so far."""
        stats = (task / "schedstat" for pid in self._pids() for task in Path(f"/proc/{pid}/task").iterdir())
        return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9

    def wait_until_idle(self) -> None:
        """What clients have left behind must not cost who is asked next."""
        used, until = -1.0, time.perf_counter() + SECONDS_TO_SETTLE
        while used < (used := self.seconds_of_cpu()) and time.perf_counter() < until:
            time.sleep(0.02)

    def run_on(self, cores: Collection[int]) -> None:
        """Let all of its processes use these cores."""
        for pid in self._pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), cores)

    def resident(self) -> int:
        """The bytes of memory that are in use, children's too; what they share counts for each."""
        return sum(_resident(pid) for pid in self._pids())

    def _pids(self, pid: int = 0) -> Iterator[int]:
        pid = pid or self._process.pid
        yield pid
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                yield from self._pids(int(child))


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def free_port() -> int:
    """One that the system gives to nobody by itself, such as to a client, before the server listens."""
    while True:
        port = SystemRandom().randrange(10_000, 20_000)
        with socket.socket() as bound, suppress(OSError):
            bound.bind(("127.0.0.1", port))
            return port
