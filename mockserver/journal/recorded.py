"""What a test sees of an exchange: the client's request in neutral words, and what came of it.

A view of a journal entry; nothing is copied, so what is asked while the answer is still on its way tells how
far it has come. No clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from mockserver.claiming.claims import Claim, Miss, Unclaimed
from mockserver.conversation import (
    Failure,
    Finding,
    Format,
    Http,
    Json,
    JsonObject,
    Message,
    Request,
    Tool,
    ToolChoice,
)
from mockserver.history.turns import tool_results
from mockserver.journal.entries import Entry, Outcome
from mockserver.journal.step_log import StepLog
from mockserver.values import dataclass

_WITH_SCHEME = frozenset({"authorization", "proxy-authorization"})
_SECRETS = _WITH_SCHEME | {"x-api-key", "api-key", "x-goog-api-key", "cookie", "x-mock-token"}
_SHOWN = 4


@dataclass(frozen=True, slots=True, repr=False)
class RecordedExchange:
    """One request of a client and what came of it. What only a request that reached a model has is empty
    where it did not: `refused` tells.
    """

    entry: Entry

    # ------------------------------------------------------------------------------------ the request

    @property
    def http(self) -> Http:
        """The request as it came, secrets and all."""
        return self.entry.http

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers by lower-case name; keys are shown by their last letters."""
        return {name: _redacted(name, value) for name, value in self.http.headers.items()}

    @property
    def path(self) -> str:
        return self.http.path

    @property
    def json(self) -> Json:
        """The body as JSON; None if it is none."""
        try:
            return orjson.loads(self.http.body)
        except orjson.JSONDecodeError:
            return None

    @property
    def body(self) -> JsonObject:
        """The body as the dialect has read it: an object, empty if the request was refused before."""
        return self._request.body

    @property
    def protocol(self) -> str:
        """The wire: `openai.chat`, `openai.responses`, `anthropic`, `gemini`; or its family."""
        return self.entry.protocol

    @property
    def refused(self) -> bool:
        """Whether the request was refused before it could be taken for one to a model."""
        return self.entry.request is None

    @property
    def model(self) -> str:
        return self._request.model

    @property
    def user(self) -> str:
        """The text of the latest message of the user."""
        return self._request.user

    @property
    def system(self) -> str:
        return self._request.system

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole conversation, stored turns too, without system texts."""
        return self._request.messages

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that the client offers."""
        return self._request.tools

    @property
    def tool_choice(self) -> ToolChoice:
        return self._request.tool_choice

    @property
    def tool_results(self) -> dict[str, Json]:
        """The latest result of each tool by its name: a JSON value, or the text that is none."""
        return {name: result.value for name, result in tool_results(self.messages).items()}

    @property
    def format(self) -> Format:
        return self._request.format

    @property
    def stream(self) -> bool:
        """Whether the client asked for a stream."""
        return self._request.stream

    @property
    def max_tokens(self) -> int | None:
        return self._request.max_tokens

    @property
    def request(self) -> Request | None:
        """All of it in neutral words; None if it was refused before it could be read."""
        return self.entry.request

    @property
    def _request(self) -> Request:
        return self.entry.request or Request(self.entry.protocol, "", (), self.entry.http)

    # ------------------------------------------------------------------------------- what came of it

    @property
    def scenario(self) -> str:
        """The name of the scenario that answered; "" if none did."""
        claim = self.entry.claim
        return claim.scenario.name if isinstance(claim, Claim) else ""

    @property
    def answered_by(self) -> str:
        """`name/turn`, with `#attempt` from the second attempt on; "" if no scenario answered."""
        return self.entry.scenario

    @property
    def turn(self) -> int | None:
        """Which turn of it answered, from 1."""
        claim = self.entry.claim
        return claim.turn if isinstance(claim, Claim) else None

    @property
    def attempt(self) -> int | None:
        """Which attempt of the turn answered, from 1."""
        claim = self.entry.claim
        return claim.number if isinstance(claim, Claim) else None

    @property
    def misses(self) -> list[Miss]:
        """Why each scenario that was tried did not answer: all, or those before the one that did."""
        match self.entry.claim:
            case Claim() as claim:
                return claim.misses(self._request)
            case Unclaimed() as claim:
                return claim.misses()
            case None:
                return []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the request has that the contract does not, refused or let pass."""
        return self.entry.findings

    @property
    def failure(self) -> Failure | None:
        """The error that was answered, in neutral words."""
        return self.entry.failure

    @property
    def faults(self) -> tuple[str, ...]:
        """What went wrong in the answer on purpose."""
        return self.entry.faults

    @property
    def status(self) -> int:
        return self.entry.status

    @property
    def outcome(self) -> Outcome:
        """`complete`; `faulted` if a fault was part of it; `left` if the client was gone before the end
        (behind `sent` events); `failed` if the server could not finish; `open` while it is on its way.
        """
        return self.entry.outcome

    @property
    def sent(self) -> int:
        """How many pieces of the body were written: events, of a stream."""
        return self.entry.delivery.sent

    @property
    def timing(self) -> StepLog:
        """When each step of the answer was due and done, in seconds since the request came in."""
        return self.entry.steps

    def __repr__(self) -> str:
        return f"<{' '.join(self._told())}>"

    def _told(self) -> Iterator[str]:
        yield self.protocol
        yield repr(self.user) if self.request else f"{self.http.method} {self.path}"
        yield "->"
        yield self.entry.scenario or (self.failure.kind if self.failure else "no scenario")
        yield f"({self.status} {self.outcome})" if self.status else f"({self.outcome})"


def _redacted(name: str, value: str) -> str:
    if name not in _SECRETS:
        return value
    scheme, space, secret = value.partition(" ")
    if name not in _WITH_SCHEME or not space or not scheme.isalpha():
        scheme, space, secret = "", "", value
    shown = secret[-_SHOWN:] if len(secret) > 2 * _SHOWN else ""
    return f"{scheme}{space}…{shown}"
