"""Which vendor's route answers an HTTP request; and whose words an unknown path is refused in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Route, Vendor


@dataclass(frozen=True, slots=True)
class Found:
    vendor: Vendor
    route: Route
    http: Http


@dataclass(frozen=True, slots=True)
class NotFound:
    """`allowed` are the methods that the path has, when only the method is wrong."""

    vendor: Vendor
    failure: Failure
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    vendor: Vendor
    route: Route
    pattern: re.Pattern[str]


class Router:
    """Routes of all vendors, in order of registration. The last vendor answers for paths nobody owns."""

    def __init__(self, vendors: Sequence[Vendor]) -> None:
        self._vendors = vendors
        candidates = [
            _Candidate(vendor, route, _pattern(route.path)) for vendor in vendors for route in vendor.routes
        ]
        self._literal: dict[str, list[_Candidate]] = {}
        self._patterns = [candidate for candidate in candidates if "{" in candidate.route.path]
        for candidate in candidates:
            if "{" not in candidate.route.path:
                self._literal.setdefault(candidate.route.path, []).append(candidate)

    def find(self, http: Http) -> Found | NotFound:
        literal = self._literal.get(http.path)
        if literal is not None:
            return self._choose(literal, http)
        fitting = [candidate for candidate in self._patterns if candidate.pattern.fullmatch(http.path)]
        return self._choose(fitting, http)

    def owner(self, http: Http) -> Vendor:
        """The vendor whose family the path belongs to."""
        return next((vendor for vendor in self._vendors if vendor.owns(http)), self._vendors[-1])

    def _choose(self, candidates: Iterable[_Candidate], http: Http) -> Found | NotFound:
        others: list[_Candidate] = []
        for candidate in candidates:
            if not candidate.route.when(http):
                continue
            if candidate.route.method == http.method:
                params = candidate.pattern.fullmatch(http.path)
                named = params.groupdict() if params else {}
                return Found(
                    candidate.vendor, candidate.route, replace(http, params=named) if named else http
                )
            others.append(candidate)
        owner = self.owner(http)
        allowed = dict.fromkeys(other.route.method for other in others if other.vendor is owner)
        return NotFound(owner, Failure("wrong_method" if allowed else "unknown_route"), tuple(allowed))


def _pattern(path: str) -> re.Pattern[str]:
    """A route's path as a regular expression; `{name}` takes any run of characters."""
    pieces = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+)" if position % 2 else re.escape(piece) for position, piece in enumerate(pieces)
        )
    )
