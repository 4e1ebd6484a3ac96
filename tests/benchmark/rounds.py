"""How a case is measured: who is compared is started, and asked in turns, round by round."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from mockserver.assembly import builtin_folder

from .bare import Constant
from .loads import Counted, Load
from .report import Beside, Figure, Samples
from .servers import FOLDER, Contender, Cores, Server, ours
from .wires import Ask, Wire

BARE = "bare aiohttp"
SCENARIOS = FOLDER / "scenarios"

_WORD = re.compile(r"word\d\d")


@dataclass(frozen=True, slots=True)
class Bench:
    """What all cases are told. `seconds` is how long one server is asked in one round; `streams` are how many
    are open at once, `scenarios` how many are loaded; `scale` is what counts of requests and files are
    multiplied with; `folder` is for files of the moment.
    """

    cores: Cores
    load: Load
    wires: tuple[Wire, ...]
    peers: tuple[Contender, ...]
    folder: Path
    rounds: int = 5
    seconds: float = 0.4
    streams: tuple[int, ...] = (1_000, 2_000, 5_000)
    scenarios: tuple[int, ...] = (100, 1_000, 10_000)
    scale: float = 1.0

    def scaled(self, count: int) -> int:
        return max(1, int(count * self.scale))

    @contextmanager
    def running(self, *contenders: Contender, ask: Ask) -> Iterator[list[Server]]:
        """Servers that have answered that."""
        with ExitStack() as stack:
            servers = [stack.enter_context(Server(contender, self.cores)) for contender in contenders]
            for server in servers:
                server.wait_for(ask)
            yield servers

    def bare(self, constants: Iterable[Constant]) -> Contender:
        """The bare application that answers so."""
        path = self.folder / "answers.json"
        path.write_bytes(orjson.dumps(list(constants)))
        return Contender(BARE, (sys.executable, str(FOLDER / "bare.py"), "{port}", str(path)))

    def in_turns(
        self, servers: Sequence[Server], load: Callable[[Server], Counted]
    ) -> dict[str, list[Counted]]:
        """What each has done in each round, after a first that does not count."""
        counted: dict[str, list[Counted]] = {server.name: [] for server in servers}
        for number in range(self.rounds + 1):
            for server in servers:
                done = load(server)
                server.wait_until_idle()
                if number:
                    counted[server.name].append(done)
        return counted


def usual(*arguments: str | Path, name: str = "mockserver") -> Contender:
    """Ours with default settings, and with scenarios of the benchmark before the built-in ones."""
    return ours(SCENARIOS, builtin_folder(), *arguments, name=name)


def constant(ask: Ask, answer: tuple[str, bytes]) -> Constant:
    """What the bare application answers to `ask`: what ours did."""
    content_type, body = answer
    return Constant(ask.path.partition("?")[0], content_type.partition(";")[0], body.decode())


def chunked(said: Constant) -> Constant:
    """The same in chunks: those events alone in which there is one word of the reply."""
    events = (f"{event}\n\n" for event in said.body.replace("\r\n", "\n").split("\n\n"))
    return replace(said, body="", chunks=tuple(event for event in events if len(_WORD.findall(event)) == 1))


def speed(case: str, what: str, counted: Mapping[str, Sequence[Counted]], target: str = "") -> Figure:
    """How many a second, of the first, beside the last; those between are peers."""
    first, *peers, last = (_beside(name, done) for name, done in counted.items())
    return Figure(case, what, "/s", first.values, last, first.cpu, target, tuple(peers))


def _beside(name: str, done: Sequence[Counted]) -> Beside:
    return Beside(name, Samples(tuple(one.rate for one in done)), Samples(tuple(one.cost for one in done)))
