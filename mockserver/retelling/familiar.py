"""Requests that came before: what was read of them, which turn they reach, and how they are answered again.

All of it follows from the request, and from what it finds set up; so it holds for a request that is the same
in every header and byte, as long as nothing else is set up. Bounded. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TypeAlias

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Http, Request
from mockserver.engine import Fingerprint
from mockserver.history.fidelity import Conversation
from mockserver.planning import Plan
from mockserver.protocols.base import Dialect, Stored
from mockserver.retelling.templates import SPAN, Template
from mockserver.setup import Setup
from mockserver.store import Bounded
from mockserver.values import dataclass

_REQUESTS = 1_000
_WEIGHT = 16 * 1024 * 1024
_LONGEST_BODY = 64 * 1024
"""Bytes. A longer body is a long conversation, which seldom comes twice. It is known by its fingerprint,
which must be made anyway.
"""

_PARSED = 4
"""So many times the bytes of a long body its request may take, if it shares nothing with others."""

_MET = 10_000

_ENOUGH = 3
"""So often an answer is told before its template is made, which costs about as much as eight tellings."""

_Key: TypeAlias = tuple[object, ...]
_API_KEY = 3
"""Where it stands in that."""


@dataclass(slots=True)
class Recall:
    """How a request finds what its key has stored. `is_used` tells that it has asked: then what was read of
    it follows from more than the request.
    """

    find: Callable[[str, str], Stored | None]
    key: str
    is_used: bool = False

    def __call__(self, name: str) -> Stored | None:
        self.is_used = True
        return self.find(self.key, name)


@dataclass(frozen=True, slots=True)
class Recurring:
    """An answer that may come again: its plan but for the steps, and its template, if it has one. With
    `keeps` something of it is stored, under a name that the template does not tell.
    """

    plan: Plan
    template: Template | None = None
    keeps: bool = False


def recurring(planned: Plan, template: Template | None = None) -> Recurring:
    """What was told once."""
    return Recurring(replace(planned, steps=iter(())), template)


@dataclass(slots=True)
class Tellings:
    """How often an answer was told in a time for which a template of it may hold."""

    since: float = 0
    count: int = 0

    def note(self, now: float) -> bool:
        """Note one more. Whether it has come often enough to make its template."""
        if not 0 <= now - self.since <= SPAN:
            self.since, self.count = now, 0
        self.count += 1
        return self.count == _ENOUGH


@dataclass(slots=True)
class Familiar:
    """A request that came before: `http` as it came, `request` as it was read. `claim` is what it reached
    then, under that `setup` of its key and in that `edition` of what is loaded; with `is_counted` it reaches
    another each time. `answer` is that of the claim, if it is the same for every attempt and no limit counts
    it, once it was told often enough at one time. `asked_by` is the id of the object that it came in last.
    """

    http: Http
    dialect: Dialect
    fingerprint: Fingerprint
    request: Request
    conversation: Conversation
    claim: Claim | Unclaimed
    is_counted: bool
    setup: Setup
    edition: int
    answer: Recurring | None = None
    tellings: Tellings = field(default_factory=Tellings)
    asked_by: int = 0

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        template = self.answer.template if self.answer else None
        return len(self.http.body) + (template.weight if template else 0)


class Acquaintance:
    """The requests that came before, those that came last. Who asks with the very object that it asked with
    before is told at once: to see that two requests are the same takes a look at all their headers.
    """

    def __init__(self) -> None:
        self._known: Bounded[_Key, Familiar] = Bounded(_REQUESTS, _WEIGHT)
        self._by_object: Bounded[tuple[str, int], tuple[Http, Familiar]] = Bounded(_REQUESTS, _WEIGHT)
        self._met = set[int]()
        self._long: Bounded[tuple[str, bytes], Familiar] = Bounded(_REQUESTS, _WEIGHT)

    def find_long(self, http: Http, fingerprint: Fingerprint) -> Familiar | None:
        """What is known of a request with a long body."""
        if len(http.body) <= _LONGEST_BODY:
            return None
        familiar = self._long.get((http.key, fingerprint.digest))
        return familiar if familiar and _head(familiar.http) == _head(http) else None

    def find(self, http: Http) -> Familiar | None:
        if len(http.body) > _LONGEST_BODY or hash(http.body) not in self._met:
            return None
        known = self._by_object.get((http.key, id(http)))  # nobody else has its id while it is kept
        if known:
            return known[1]
        familiar = self._known.get(_key(http))
        if familiar and familiar.answer:
            if familiar.asked_by == id(http):  # it comes again: most objects come but once
                self._by_object.put((http.key, id(http)), (http, familiar), familiar.weight)
            familiar.asked_by = id(http)
        return familiar

    def part_from(self, http: Http) -> None:
        """Forget what was known of a request, which does not hold any more."""
        self._by_object.drop((http.key, id(http)))

    def has_met(self, http: Http) -> bool:
        """Whether a request like this may have come before; most that are not like those before never come
        again, and need not be kept: their bodies are new, or their headers are each time.
        """
        return self._meet(hash(http.body)) and self._meet(hash(_key(http)))

    def _meet(self, mark: int) -> bool:
        """Note that something has come; whether it may have come before."""
        if mark in self._met:
            return True
        if len(self._met) >= _MET:
            self._met.clear()
        self._met.add(mark)
        return False

    def keep(self, familiar: Familiar) -> None:
        """Keep it, or weigh it anew."""
        http = familiar.http
        if len(http.body) <= _LONGEST_BODY:
            self._meet(hash(http.body))
            self._known.put(_key(http), familiar, familiar.weight)
        else:
            self._long.put((http.key, familiar.fingerprint.digest), familiar, _PARSED * familiar.weight)

    def forget(self, key: str) -> None:
        """Forget the requests that came with an API key."""
        for known in self._known.names(lambda each: each[_API_KEY] == key):
            self._known.drop(known)
        for known_by in self._long.names(lambda each: each[0] == key):
            self._long.drop(known_by)
        for asked in self._by_object.names(lambda each: each[0] == key):
            self._by_object.drop(asked)


def _key(http: Http) -> _Key:
    """All that tells a request from others, but for what follows from its route."""
    return http.body, *_head(http)


def _head(http: Http) -> _Key:
    head = http.path, http.method, http.key, http.origin
    return *head, len(http.headers), *http.headers.items(), *http.query.items()
