"""How far the scenarios of a key were played, shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mockserver.played import Played, Unplayed
from mockserver.scenario.model import Scenario
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Asking, hashed
from mockserver.state.shared.scripts import PLAYED


class SharedProgress:
    """`edition` tells scenarios of one name apart."""

    def __init__(self, asking: Asking, key: str, edition: Callable[[Scenario], str]) -> None:
        self._asking = asking
        self._kd = hashed(key)
        self._edition = edition

    def note(self, scenario: Scenario, turn: int, attempt: int, attempts: int) -> None:
        field = f"{scenario.name}\0{self._edition(scenario)}\0{turn}"
        command = self._asking.command(PLAYED, self._kd, field, attempt, attempts)
        if notes := errands.notes():
            notes.told.append(lambda: command)

    def forget(self, name: str) -> None:
        prefix = f"{name}\0".encode()
        forgotten = [field for field in self._all() if field.startswith(prefix)]
        if forgotten:
            self._asking.ask_all([("HDEL", self._name, *forgotten)])

    def unplayed(self, scenarios: Iterable[Scenario]) -> list[Unplayed]:
        listed = tuple(scenarios)
        by_edition = {f"{each.name}\0{self._edition(each)}": each for each in listed}
        played = Played()
        for field, told in self._all().items():
            edition, _, turn = field.decode().rpartition("\0")
            if scenario := by_edition.get(edition):
                furthest, attempts = map(int, told.split())
                played.note(scenario, int(turn), furthest, attempts)
        return played.unplayed(listed)

    def _all(self) -> dict[bytes, bytes]:
        (told,) = self._asking.ask_all([("HGETALL", self._name)])
        return dict(zip(told[::2], told[1::2], strict=True))

    @property
    def _name(self) -> str:
        return self._asking.name(f"k:{self._kd}:played")
