"""History fidelity: whether what a client hands back as the assistant's turn is what the assistant said.

A turn is found again by the ids and signatures in it, or else by its place: after the same words of the
client and as many turns of the assistant. It is compared as the API would merge it, part by part; the first
point where the two part is told. No vendor, no clock, no I/O: parts are neutral, as a dialect reads them.

What official SDKs do to a turn on its way back is no difference: one turn kept as a message for each chunk,
text cut into pieces otherwise, empty texts, white space in arguments, thinking left out, members that are
null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from mockserver.conversation import (
    Finding,
    Message,
    MessagePart,
    Native,
    Refusal,
    Request,
    Text,
    Thinking,
    ToolCall,
    json_text,
    role_runs,
)
from mockserver.store import Bounded

_TURNS = 10_000
_SAME_PLACE = 8
"""So many different turns are remembered for one place: the same words may be asked and answered again."""

_SHOWN = 60

Parts: TypeAlias = tuple[MessagePart, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the assistant said. `is_whole` tells whether all of it has reached the client."""

    parts: Parts
    is_whole: Callable[[], bool]


@dataclass(slots=True)
class Memory:
    """The turns of one namespace, by their ids and by their places."""

    named: Bounded[str, Turn] = field(default_factory=lambda: Bounded(_TURNS))
    placed: Bounded[int, tuple[Turn, ...]] = field(default_factory=lambda: Bounded(_TURNS))

    def remember(self, messages: Sequence[Message], turn: Turn) -> None:
        """Keep what was said in answer to `messages`."""
        place = _place(messages)
        before = self.placed.get(place) or ()
        self.placed.put(place, (turn, *(kept for kept in before if kept.parts != turn.parts))[:_SAME_PLACE])
        for name in _names(turn.parts):
            self.named.put(name, turn)

    def differences(self, request: Request) -> Iterator[Finding]:
        """Where the assistant's turns in the conversation are not what was said there."""
        for place, parts in _turns(request.messages):
            told = self._told(place, parts)
            if told and (found := _first_difference(told, parts)):
                code, sentence = found
                yield Finding("altered", code, "", sentence)

    def _told(self, place: int, parts: Parts) -> Parts | None:
        """What was said there: of several turns the one that it is, else the latest. None if nothing is known
        of it, or not all of it was received.
        """
        named = next((turn for name in _names(parts) if (turn := self.named.get(name))), None)
        candidates = (named,) if named else self.placed.get(place) or ()
        if any(_first_difference(turn.parts, parts) is None for turn in candidates):
            return None
        latest = next(iter(candidates), None)
        return latest.parts if latest and latest.is_whole() else None


# --------------------------------------------------------------------------------------------- places


def _place(messages: Sequence[Message]) -> int:
    """Where a conversation stands: what the client has said, and how often the assistant has spoken."""
    place = 0
    for run in role_runs(messages):
        place = _next_place(place, run)
    return place


def _next_place(place: int, run: Iterable[Message]) -> int:
    role, said = "", []
    for message in run:
        role = message.role
        if role != "assistant":
            said += [(type(part).__name__, getattr(part, "text", "")) for part in message.parts]
    return hash((place, role, tuple(said)))


def _turns(messages: Sequence[Message]) -> Iterator[tuple[int, Parts]]:
    """The assistant's turns, each with its place and its parts; several messages in a row are one turn. What
    ends the conversation may be the beginning of the answer, and is none of its turns.
    """
    place = 0
    runs = list(role_runs(messages))
    for run in runs[:-1]:
        if run[0].role == "assistant":
            yield place, tuple(part for message in run for part in message.parts)
        place = _next_place(place, run)


def _names(parts: Parts) -> Iterator[str]:
    """What tells a turn from all others."""
    for part in parts:
        match part:
            case ToolCall(id=str(name)) | Thinking(signature=str(name)) if name:
                yield name
            case _:
                pass


# ------------------------------------------------------------------------------------------ comparison


def _first_difference(told: Parts, came: Parts) -> tuple[str, str] | None:
    """The code and the sentence of the first point where two turns part."""
    return (
        _differing_texts(_text(told), _text(came), "text")
        or _differing_texts(_refusal(told), _refusal(came), "refusal")
        or _differing_calls(_calls(told), _calls(came))
        or _differing_thoughts(told, came)
        or _differing_order(told, came)
    )


def _text(parts: Parts) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


def _refusal(parts: Parts) -> str:
    return "".join(part.text for part in parts if isinstance(part, Refusal))


def _calls(parts: Parts) -> list[ToolCall]:
    return [part for part in parts if isinstance(part, ToolCall)]


def _differing_texts(told: str, came: str, kind: str) -> tuple[str, str] | None:
    if told == came:
        return None
    at = next((at for at, (one, other) in enumerate(zip(told, came, strict=False)) if one != other), None)
    if at is None:
        at = min(len(told), len(came))
    what = "lost" if came == told[:at] else "added to" if told == came[:at] else "changed"
    sentence = (
        f"The assistant's {kind} was {what} on its way back, from character {at} on: "
        f"said {_shown(told[at:])}, came {_shown(came[at:])}."
    )
    return f"{kind}_altered", sentence


def _differing_calls(told: Sequence[ToolCall], came: Sequence[ToolCall]) -> tuple[str, str] | None:
    if len(told) != len(came):
        said, sent = (", ".join(call.name for call in calls) or "none" for calls in (told, came))
        return (
            "tool_calls_altered",
            f"The assistant's tool calls are not all there: said {said}, came {sent}.",
        )
    for index, (one, other) in enumerate(zip(told, came, strict=True)):
        if found := _differing_call(one, other):
            return found[0], f"Tool call {index} of the assistant came back with another {found[1]}."
    return None


def _differing_call(told: ToolCall, came: ToolCall) -> tuple[str, str] | None:
    if told.name != came.name:
        return "tool_name_altered", f"name: said {_shown(told.name)}, came {_shown(came.name)}"
    if told.arguments_value != came.arguments_value:
        said, sent = json_text(told.arguments_value), json_text(came.arguments_value)
        return "tool_arguments_altered", f"value of its arguments: said {_shown(said)}, came {_shown(sent)}"
    if told.id and told.id != came.id:
        return "tool_call_id_altered", f"id: said {_shown(told.id)}, came {_shown(came.id or '')}"
    return None


def _differing_thoughts(told: Parts, came: Parts) -> tuple[str, str] | None:
    """Thinking may be left out; what comes back must be as it was."""
    said = [part for part in told if isinstance(part, Thinking)]
    sent = [part for part in came if isinstance(part, Thinking)]
    if not sent or len(said) != len(sent):
        return None
    for one, other in zip(said, sent, strict=True):
        if one.signature and other.signature and one.signature != other.signature:
            return (
                "signature_altered",
                "The signature of the assistant's thinking was changed on its way back.",
            )
        if other.text and one.text != other.text:
            return _differing_texts(one.text, other.text, "thinking")
    return None


def _differing_order(told: Parts, came: Parts) -> tuple[str, str] | None:
    said, sent = _kinds(told), _kinds(came)
    if said == sent or (Thinking.__name__ in said) is not (Thinking.__name__ in sent):
        return None
    one, other = (" then ".join(kinds).lower() for kinds in (said, sent))
    return (
        "order_altered",
        f"The parts of the assistant's turn came back in another order: said {one}, came {other}.",
    )


def _kinds(parts: Parts) -> list[str]:
    """The kinds of parts in their order, neighbours of one kind once; what says nothing does not count."""
    kinds: list[str] = []
    for part in parts:
        says = isinstance(part, ToolCall | Thinking) or bool(getattr(part, "text", ""))
        kind = type(part).__name__
        if says and not isinstance(part, Native) and kinds[-1:] != [kind]:
            kinds.append(kind)
    return kinds


def _shown(text: str) -> str:
    return json_text(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
