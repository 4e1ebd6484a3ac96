"""What a rule judges: a body that its models have accepted, and what else is known of the request.

The first rule that is broken has the word; where nothing is refused, all of them are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mockserver.conversation import FailureKind
from mockserver.protocols.anthropic.catalogue import Model
from mockserver.protocols.anthropic.contract import MessageBody, PromptBody
from mockserver.protocols.anthropic.contract_options import ThreadContinue


@dataclass(frozen=True, slots=True)
class Asked:
    """`model` is None where the catalogue does not have it: no rule of a model holds then. `stored_calls` are
    the calls that a continued conversation has left unanswered. `was_unthought` tells of a call whether it
    was given here, with thinking on and none said.
    """

    body: PromptBody
    version: str
    betas: Sequence[str] = ()
    model: Model | None = None
    stored_calls: Sequence[str] = ()
    was_unthought: Callable[[str], bool] = field(default=lambda _: False)

    @property
    def continues(self) -> bool:
        """Whether the conversation goes on from a stored one, so that these are not its first messages."""
        return isinstance(self.body, MessageBody) and isinstance(self.body.thread, ThreadContinue)

    def has(self, name: str) -> bool:
        """Whether the client has sent the member itself."""
        return name in self.body.model_fields_set


@dataclass(frozen=True, slots=True)
class Broken:
    """The sentence of a broken rule, and the place in the body."""

    sentence: str
    pointer: str = ""
    kind: FailureKind = "invalid_request"


Rule: TypeAlias = Callable[[Asked], Iterator[Broken]]
