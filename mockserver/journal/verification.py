"""What of the exchanges of one key did not go as a test wants it. No clock, no I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Finding
from mockserver.journal.entries import Entry
from mockserver.played import Unplayed
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, render
from mockserver.values import dataclass

UnmetKind: TypeAlias = Literal["unmatched", "expectation", "contract", "history", "unplayed", "failed"]
"""`unmatched`: no scenario answered. `expectation`: what a turn expects was not sent. `contract`: what the
API refuses was sent, whether it was refused here or not. `history`: a turn of the assistant came back
otherwise than it was given. `unplayed`: a scenario of this key was not played to its end. `failed`: the
server could not finish an answer.
"""
UNMET_KINDS: tuple[UnmetKind, ...] = get_args(UnmetKind)


@dataclass(frozen=True, slots=True)
class Unmet:
    """One thing that did not go as wanted: a sentence, and where in a scenario file it is meant, if it is."""

    kind: UnmetKind
    text: str
    place: Place | None = None

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        return f"{self.kind}: {self.text}{place}"


def unmet(
    entries: Iterable[Entry], unplayed: Sequence[Unplayed] = (), ignore: Collection[UnmetKind] = ()
) -> list[Unmet]:
    """All that did not go as wanted, in the order in which it happened."""
    found = [told for entry in entries for told in _of_entry(entry)]
    found += [_of_unplayed(scenario) for scenario in unplayed]
    return [one for one in found if one.kind not in ignore]


def told(found: Iterable[Unmet]) -> str:
    """What is unmet, for a person: each with a picture of its place in the scenario file."""
    return "\n".join(["The mock server was not used as scripted:", *map(_picture, found)])


def _picture(one: Unmet) -> str:
    title = f"- {one.kind}: {one.text}"
    if one.place is None:
        return title
    _, *lines = render(Problem(one.place, one.text)).splitlines()
    return "\n".join((title, *(f"  {line}" for line in lines)))


def _of_entry(entry: Entry) -> Iterator[Unmet]:
    match entry.claim:
        case Claim(unmet=differences):
            for difference in differences:
                yield Unmet("expectation", f"{entry.scenario}: {difference}", difference.place)
        case Unclaimed() if entry.is_unmatched:
            yield Unmet("unmatched", entry.claim.message)
        case _:  # answered without a script, or refused before a scenario was looked for
            pass
    for finding in entry.findings:
        if finding.severity == "error":
            yield Unmet("contract", _of_finding(entry, finding))
        if finding.severity == "altered":
            yield Unmet("history", _of_finding(entry, finding))
    if entry.outcome == "failed":
        yield Unmet("failed", f"{_asked(entry)}: the server could not finish its answer; see its log")


def _of_finding(entry: Entry, finding: Finding) -> str:
    where = f" at {finding.pointer}" if finding.pointer else ""
    return f"{_asked(entry)}: {finding.message}{where}"


def _asked(entry: Entry) -> str:
    return entry.scenario or f"{entry.http.method} {entry.http.path}"


def _of_unplayed(unplayed: Unplayed) -> Unmet:
    scenario = unplayed.scenario
    if unplayed.turn == 1 and not unplayed.attempts:
        return Unmet("unplayed", f"{scenario.name} was never played", scenario.place)
    turn = scenario.turns[unplayed.turn - 1]
    attempt = f"attempt {unplayed.attempts + 1} of " if unplayed.attempts else ""
    what = f"{attempt}turn {unplayed.turn}"
    return Unmet("unplayed", f"{scenario.name} was played, but not {what}", turn.place)
