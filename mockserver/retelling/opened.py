"""Requests that are answered without being read: their words alone tell by which answer. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Http, Request
from mockserver.history.fidelity import Conversation
from mockserver.planning import Plan
from mockserver.protocols.base import Dialect
from mockserver.retelling.templates import Template
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """What is the same for all of a kind whose words open the same `scenario`, with its turn. `read` tells
    who asks later what would have been read of one of them, and what it claims.
    """

    dialect: Dialect
    scenario: str
    read: Callable[[Http], tuple[Request, Claim | Unclaimed]]


class Opened(NamedTuple):
    """A request of which nothing has to be read: how it is answered, by a `template` that holds and tells
    what the client will hand back.
    """

    http: Http
    way: Way
    conversation: Conversation
    plan: Plan
    template: Template

    @property
    def dialect(self) -> Dialect:
        return self.way.dialect
