"""How requests are judged and answered: for all keys, and what one key has set otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import ContractMode, Request
from mockserver.engine import Engine
from mockserver.protocols import gateway
from mockserver.protocols.base import Context
from mockserver.quotas import Limit
from mockserver.scenario.delivery import NamedFault
from mockserver.scenario.model import Attempt
from mockserver.setup import Unmatched
from mockserver.state.interface import Counted
from mockserver.values import dataclass

FIXED_NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z, the time it always is unless the clock is real."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`auth` "any" takes any key but wants one; a set takes those alone; "off" wants none. `speed` divides
    all waits, 0 skips them. `seed` is where every id and jitter comes from. `contract` is how requests are
    judged. `profile` says who refuses keys, routes, quotas and models: each vendor natively, or the gateway
    in front of them. `models` tells whether any model may be asked or only those that are listed, among them
    `more_models`. `faults` are those that every answer has. `limits` are for each key, and for all that it
    asks of models; their windows move with its requests unless `time_passes`.
    """

    auth: frozenset[str] | Literal["any", "off"] = "any"
    unmatched: Unmatched = "auto"
    speed: float = 1.0
    seed: str = "0"
    contract: ContractMode = "documented"
    profile: gateway.Profile = "native"
    models: Literal["any", "known"] = "any"
    more_models: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    time_passes: bool = False


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds for a key: what it has set, else what is set for all."""

    settings: Settings
    engine: Engine

    def contract(self, key: str) -> ContractMode:
        """How the requests of a key are judged."""
        return self.engine.setup(key).contract or self.settings.contract

    def faults(self, key: str) -> tuple[str, ...]:
        """The faults that the answers of a key have, where they can show them."""
        faults = self.engine.setup(key).faults
        return self.settings.faults if faults is None else faults

    def speed(self, key: str) -> float:
        """What the waits in the answers of a key are divided by; 0 skips them."""
        speed = self.engine.setup(key).speed
        return self.settings.speed if speed is None else speed

    def unmatched(self, key: str) -> Unmatched:
        """What answers a key where no scenario matches."""
        return self.engine.setup(key).unmatched or self.settings.unmatched

    def faulty(self, attempt: Attempt, request: Request) -> Attempt:
        """The attempt, with the faults that the client asks for, or else those set for its key or for all.
        What it asks for must show in the first turn: a loop that calls tools asks for the same in every turn.
        """
        asked = self.engine.asked_faults(request)
        names = asked or self.faults(request.http.key)
        if not names:
            return attempt
        begins = not any(message.role == "assistant" for message in request.messages)
        named = tuple(NamedFault(name, asked=bool(asked) and begins) for name in names)
        return replace(attempt, faults=(*attempt.faults, *named))

    def account(self, key: str, context: Context, claim: Claim | Unclaimed | None = None) -> Counted | None:
        """What a request is counted by: the limits of all, and of its scenario; None without any."""
        limits = [("", limit) for limit in self.settings.limits]
        if isinstance(claim, Claim) and claim.scenario.limits:
            scope = self.engine.scope(claim.scenario)
            limits += [(scope, limit) for limit in claim.scenario.limits]
        if not limits or context.is_inside:
            return None
        moment = context.elapsed if self.settings.time_passes else None
        return self.engine.ledger(key).account(limits, moment)
