"""Which exchanges a client of the server's own pages asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from mockserver.claiming.claims import Claim
from mockserver.conversation import Http
from mockserver.journal.entries import Entry, Outcome
from mockserver.scenario.problems import did_you_mean
from mockserver.server.own_page import ANY_KEY, PageError, key_of, read_query
from mockserver.service import Service
from mockserver.state.interface import Exchanges
from mockserver.values import dataclass

LIMIT = 100
MOST = 1_000
LONGEST_WAIT = 60.0

FILTERS = ("scenario", "outcome", "protocol", "since")
_DIGITS = 20
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Selection:
    """Exchanges of a key, or of any, that changed behind `since`; "" takes all. The latest `limit` of them,
    or behind `since` the first. `wait` is for how many seconds one is waited for.
    """

    key: str
    scenario: str = ""
    outcome: str = ""
    protocol: str = ""
    since: int | None = None
    limit: int = LIMIT
    wait: float = 0

    def fits(self, entry: Entry) -> bool:
        return (
            self.key in {ANY_KEY, entry.http.key}
            and entry.change > (self.since or 0)
            and self.outcome in {"", entry.outcome}
            and self.scenario in {"", _scenario(entry)}
            and (not self.protocol or f"{entry.protocol}.".startswith(f"{self.protocol}."))
        )

    def found_in(self, journal: Exchanges) -> Found:
        entries = journal.entries(None if self.key == ANY_KEY else self.key)
        fitting = [entry for entry in entries if self.fits(entry)]
        if self.since is None:
            return Found(tuple(fitting[-self.limit :]), journal.latest)
        fitting.sort(key=lambda entry: entry.change)
        first = tuple(fitting[: self.limit])
        return Found(first, journal.latest if len(first) == len(fitting) else first[-1].change)


@dataclass(frozen=True, slots=True)
class Found:
    """`latest` is the change behind which there is more to ask for."""

    entries: tuple[Entry, ...]
    latest: int

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


def select(http: Http, service: Service, known: tuple[str, ...] = (*FILTERS, "limit", "wait")) -> Selection:
    """What the query asks for. PageError if it cannot be asked."""
    query = read_query(http, known)
    outcome = query.get("outcome", "")
    if outcome and outcome not in _OUTCOMES:
        raise PageError(400, f"There is no outcome {outcome!r}: {did_you_mean(outcome, _OUTCOMES)}")
    return Selection(
        key_of(http, service),
        scenario=query.get("scenario", ""),
        outcome=outcome,
        protocol=query.get("protocol", ""),
        since=_since(query, service.journal),
        limit=_whole(query, "limit", 1, MOST) if "limit" in query else LIMIT,
        wait=_seconds(query),
    )


def _since(query: dict[str, str], journal: Exchanges) -> int | None:
    """A change that this server has not come to was told by one before it: all is new."""
    if "since" not in query:
        return None
    since = _whole(query, "since", 0, 2**63)
    return since if since <= journal.latest else 0


def _whole(query: dict[str, str], name: str, least: int, most: int) -> int:
    text = query[name]
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and least <= int(text) <= most):
        raise PageError(400, f"`{name}` cannot be {text!r}: it is a whole number from {least} to {most}.")
    return int(text)


def _seconds(query: dict[str, str]) -> float:
    text = query.get("wait", "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_WAIT:
        raise PageError(400, f"`wait` cannot be {text!r}: it is from 0 to {LONGEST_WAIT:.0f} seconds.")
    return seconds


def _scenario(entry: Entry) -> str:
    return entry.claim.scenario.name if isinstance(entry.claim, Claim) else ""
