"""`mockserver explain`: which scenario would answer a request, and why each other would not.

The request goes the way of every other, up to the plan of its answer, which nobody performs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from mockserver.assembly import build_service, builtin_folder
from mockserver.claiming.claims import Claim, Miss, Unclaimed
from mockserver.conversation import Http
from mockserver.journal.recorded import RecordedExchange
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Vendor
from mockserver.protocols.credentials import find_key
from mockserver.scenario.problems import did_you_mean
from mockserver.settings import Settings
from mockserver.values import dataclass

_MODEL = "mock"
_KEY = "explained"


class ExplainError(ValueError):
    """The request cannot be explained; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its body, and the protocol that it is of or the path that it goes to."""

    body: bytes
    protocol: str = ""
    route: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explained:
    """`answered` tells whether a scenario would answer."""

    text: str
    answered: bool


def explain(asked: Asked, paths: Sequence[str], vendors: Sequence[Vendor] = VENDORS) -> Explained:
    """What would come of the request. ExplainError if it is of no known protocol."""
    settings = Settings(auth="off", unmatched="error", contract="off")
    service = build_service(paths or [builtin_folder()], settings, vendors)
    path = asked.route or _route(asked.protocol, vendors)
    headers = {name.lower(): value for name, value in asked.headers.items()}
    key = find_key(headers, {}) or _KEY
    http = Http("POST", path, headers, body=asked.body, key=key)
    exchange = RecordedExchange(service.respond(http).entry)
    claim = exchange.entry.claim
    return Explained("\n".join(_told(exchange)), isinstance(claim, Claim) and not claim.unmet)


def _route(protocol: str, vendors: Sequence[Vendor]) -> str:
    """The path on which the protocol is asked."""
    paths: dict[str, str] = {}
    for vendor in vendors:
        for route in vendor.routes:
            if route.method == "POST" and not callable(route.serve):
                paths.setdefault(route.serve.name, re.sub(r"\{\w+\}", _MODEL, route.path))
    if protocol not in paths:
        what = f"There is no protocol {protocol!r}" if protocol else "The protocol is not told"
        raise ExplainError(f"{what}: {did_you_mean(protocol, paths)} (or tell the --route)")
    return paths[protocol]


def _told(exchange: RecordedExchange) -> Iterator[str]:
    request = exchange.request
    if request is None:
        reason = exchange.failure.message or exchange.failure.kind if exchange.failure else "it asks no model"
        yield f"{exchange.protocol}: no scenario is looked for. {reason}"
        return
    yield f"{exchange.protocol}, model {exchange.model!r}, the user says {exchange.user!r}"
    yield ""
    claim = exchange.entry.claim
    if isinstance(claim, Claim):
        yield f"{exchange.answered_by} answers ({claim.attempt.place})"
        for difference in claim.unmet:
            yield f"  but refuses, since it expects {difference} ({difference.place})"
        if not claim.tried:
            yield "  It was chosen by its name."
        others = [*exchange.misses, *claim.misses_behind(request)]
    else:
        yield "No scenario answers."
        others = exchange.misses
        if isinstance(claim, Unclaimed) and not others:
            yield f"  {claim.message}"
    for miss in others:
        yield from _told_miss(miss)


def _told_miss(miss: Miss) -> Iterator[str]:
    yield f"{miss.scenario.name} does not ({miss.scenario.place})"
    for reason in miss.reasons:
        yield f"  {reason}"
