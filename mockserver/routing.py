"""Which vendor's route answers an HTTP request; and whose words an unknown path is refused in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import TypeAlias

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Route, Vendor
from mockserver.values import dataclass


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

    @property
    def head(self) -> str:
        return _head(self.route.path)


_Fitting: TypeAlias = tuple[_Candidate, dict[str, str]]
"""A route that fits a path, and what the path gives its names."""


class Router:
    """Routes of all vendors, in order of registration. The last vendor answers for paths nobody owns."""

    def __init__(self, vendors: Sequence[Vendor]) -> None:
        self._vendors = vendors
        self._literal: dict[str, list[_Fitting]] = {}
        named: list[_Candidate] = []
        for vendor in vendors:
            for route in vendor.routes:
                candidate = _Candidate(vendor, route)
                if "{" in route.path:
                    named.append(candidate)
                else:
                    self._literal.setdefault(route.path, []).append((candidate, {}))
        self._wide = [candidate for candidate in named if "{" in candidate.head]
        self._near = {
            head: [candidate for candidate in named if candidate.head == head or "{" in candidate.head]
            for head in {candidate.head for candidate in named}
        }
        self._named = lru_cache(maxsize=256)(self._fitting)  # the same few models are asked over and over

    def find(self, http: Http) -> Found | NotFound:
        return self._choose(self._literal.get(http.path) or self._named(http.path), http)

    def owner(self, http: Http) -> Vendor:
        """The vendor whose family the path belongs to."""
        return next((vendor for vendor in self._vendors if vendor.owns(http)), self._vendors[-1])

    def _fitting(self, path: str) -> list[_Fitting]:
        near = self._near.get(_head(path), self._wide)
        found = ((candidate, _pattern(candidate.route.path).fullmatch(path)) for candidate in near)
        return [(candidate, match.groupdict()) for candidate, match in found if match]

    def _choose(self, fitting: Iterable[_Fitting], http: Http) -> Found | NotFound:
        others: list[_Candidate] = []
        for candidate, params in fitting:
            if not candidate.route.when(http):
                continue
            if candidate.route.method == http.method:
                named = replace(http, params=params) if params else http
                return Found(candidate.vendor, candidate.route, named)
            others.append(candidate)
        owner = self.owner(http)
        allowed = dict.fromkeys(other.route.method for other in others if other.vendor is owner)
        return NotFound(owner, Failure("wrong_method" if allowed else "unknown_route"), tuple(allowed))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """A route's path as a regular expression; `{name}` takes any run of characters. Most are never needed."""
    pieces = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+)" if position % 2 else re.escape(piece) for position, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )


def _head(path: str) -> str:
    """The first two segments: so few routes share them that a request meets only a handful of patterns."""
    return "/".join(path.split("/", 3)[:3])
