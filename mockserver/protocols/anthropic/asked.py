"""What a rule judges: a body that its models have accepted, and what else is known of the request.

The first rule that is broken has the word; where nothing is refused, all of them are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import TypeAlias

from mockserver.conversation import FailureKind, JsonObject
from mockserver.protocols.anthropic.catalogue import Model
from mockserver.protocols.anthropic.contract import MessageBody, PromptBody
from mockserver.protocols.anthropic.spoken import Spoken
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """`contract` is what the body was checked by, `spoken` what is said in it, `names` what it has. `model`
    is None where the catalogue does not have it: no rule of a model holds then. `stored_calls` are the calls
    that a continued conversation has left unanswered. `was_unthought` tells of a call whether it was given
    here, with thinking on and none said.
    """

    contract: type[PromptBody]
    body: JsonObject
    spoken: Spoken
    names: frozenset[str]
    version: str
    betas: Sequence[str] = ()
    model: Model | None = None
    stored_calls: Sequence[str] = ()
    was_unthought: Callable[[str], bool] = field(default=lambda _: False)

    @property
    def is_to_be_answered(self) -> bool:
        """Whether an answer is wanted, and not only the size of the prompt."""
        return issubclass(self.contract, MessageBody)

    @property
    def continues(self) -> bool:
        """Whether the conversation goes on from a stored one, so that these are not its first messages."""
        thread = self.body.get("thread")
        return thread is not None and thread["type"] == "continue"

    @property
    def messages(self) -> Sequence[JsonObject]:
        return self.spoken.messages

    @property
    def tools(self) -> Sequence[JsonObject]:
        return self.body.get("tools") or ()

    @property
    def thinking(self) -> JsonObject:
        return self.body.get("thinking") or _ADAPTIVE

    @property
    def has_budget(self) -> bool:
        """Whether so many tokens of thinking are asked for."""
        return bool(self.thinking["type"] == "enabled")

    @property
    def output_config(self) -> JsonObject:
        return self.body.get("output_config") or {}

    @property
    def forces_a_call(self) -> bool:
        choice = self.body.get("tool_choice")
        return choice is not None and choice["type"] in ("any", "tool")


_ADAPTIVE: JsonObject = {"type": "adaptive"}


@dataclass(frozen=True, slots=True)
class Broken:
    """The sentence of a broken rule, and the place in the body."""

    sentence: str
    pointer: str = ""
    kind: FailureKind = "invalid_request"


Rule: TypeAlias = Callable[[Asked], Iterable[Broken]]

Rules: TypeAlias = tuple[tuple[AbstractSet[str], Rule], ...]
"""Rules, each behind the names of what it is about: without any of them it holds."""


def names_in(body: JsonObject, spoken: Spoken) -> frozenset[str]:
    """The members of a body and, in angle brackets, the types of blocks in it. `<system>` are messages of
    that role, `<prefill>` is a last one of the assistant.
    """
    names = [*body, *[f"<{kind}>" for kind in spoken.kinds]]
    if spoken.system:
        names.append("<system>")
    if spoken.messages and spoken.messages[-1]["role"] == "assistant":
        names.append("<prefill>")
    return frozenset(names)
