"""History fidelity: whether what a client hands back as the assistant's turn is what the assistant said.

A turn is found again by the ids and signatures in it, or else by its place: under the same system texts,
after the same words of the client and as many turns of the assistant. It is compared as the API would merge
it, part by part; the first point where the two part is told. No vendor, no clock, no I/O: parts are neutral,
as a dialect reads them.

What official SDKs do to a turn on its way back is no difference: one turn kept as a message for each chunk,
text and thinking cut into pieces otherwise, empty texts, white space and the order of keys in arguments,
members of them that are null, thinking left out altogether; of arguments that are no whole JSON, what could
be read of them. Parts that only one wire knows are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import TypeAlias

from mockserver.conversation import (
    Attachment,
    Finding,
    Json,
    Message,
    MessagePart,
    Native,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    json_text,
)
from mockserver.history.histories import history_of, runs_of
from mockserver.store import Bounded
from mockserver.values import dataclass

_TURNS = 10_000
_LETTERS = 8 * 1024 * 1024
_SAME_PLACE = 8
"""So many different turns are remembered for one place: the same words may be asked and answered again. Where
there are as many, others may be forgotten, and what is none of them may still be faithful.
"""

_SHOWN = 60

Parts: TypeAlias = tuple[MessagePart, ...]


@dataclass(slots=True)
class Turn:
    """What the assistant said. `is_whole` tells whether all of it has reached the client when it was said
    last. `letters` is about how much it holds, `names` are what tells it from all others.
    """

    parts: Parts
    is_whole: Callable[[], bool]
    letters: int
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """A turn as the client tells it: after which words, and where in the body; by its `names` it is found.
    `faithful_in` is the state of a memory in which it was what was said there: as long as that has lost
    nothing, it need not be compared again.
    """

    place: int
    parts: Parts
    pointer: str
    names: tuple[str, ...]
    faithful_in: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as the memory sees it: the turns of the assistant that came back; the place where it
    stands; and the words that its next turn begins with.
    """

    turns: tuple[Told, ...]
    place: int
    begun: Parts = ()


@dataclass(slots=True)
class Memory:
    """The turns of one namespace, by their ids and by their places."""

    named: Bounded[str, Turn] = field(default_factory=lambda: Bounded(_TURNS, _LETTERS))
    placed: Bounded[int, tuple[Turn, ...]] = field(default_factory=lambda: Bounded(_TURNS, _LETTERS))
    _latest: Turn | None = None
    _state: object = field(default_factory=object)
    _losses: int = 0

    def remember(self, conversation: Conversation, said: Parts, is_whole: Callable[[], bool]) -> None:
        """Keep what was said in answer to a conversation. What it had begun with comes back with it."""
        parts = (*conversation.begun, *said) if conversation.begun else said
        before = self.placed.get(conversation.place)
        if before is None:
            turn = self._latest = _turn(parts, is_whole, self._latest)
            self.placed.put(conversation.place, (turn,), turn.letters)
        elif before[0].parts is parts:
            turn = before[0]
            turn.is_whole = is_whole
        else:
            turn = self._latest = _turn(parts, is_whole, self._latest)
            others = [kept for kept in before if kept.parts != parts]
            turns = (turn, *others[: _SAME_PLACE - 1])
            self.placed.put(conversation.place, turns, sum([kept.letters for kept in turns]))
        for name in turn.names:
            self.named.put(name, turn, turn.letters)

    def differences(self, conversation: Conversation) -> Iterator[Finding]:
        """Where the assistant's turns in a conversation are not what was said there."""
        state = self._known_state()
        turns = [told for told in enumerate(conversation.turns, 1) if told[1].faithful_in is not state]
        if not self._knows([turn for _, turn in turns]):
            return
        for number, turn in turns:
            said = self._said(turn)
            if said and (found := _first_difference(said, turn.parts)):
                code, sentence = found
                told = f"Turn {number} of the assistant came back altered: {sentence}"
                yield Finding("altered", code, turn.pointer, told)

    def _known_state(self) -> object:
        """Stands for all that is remembered, but for what came since it was first asked for."""
        losses = self.named.losses + self.placed.losses
        if losses != self._losses:
            self._state, self._losses = object(), losses
        return self._state

    def _knows(self, turns: Sequence[Told]) -> bool:
        """Whether anything is known of any of these turns."""
        if self.placed.has_any([turn.place for turn in turns]):
            return True
        return self.named.has_any([name for turn in turns for name in turn.names])

    def _said(self, told: Told) -> Parts | None:
        """What was said there: of several turns the one that it is, else the latest. None if nothing is known
        of it, or not all of it was received.
        """
        named = next((turn for name in told.names if (turn := self.named.get(name))), None)
        placed = self.placed.get(told.place) or ()
        likely = (named, *placed) if named else placed  # it is the one with its ids, more often than not
        if any(_first_difference(turn.parts, told.parts) is None for turn in likely):
            told.faithful_in = self._known_state()
            return None
        latest = placed[0] if 0 < len(placed) < _SAME_PLACE else None
        likeliest = named or latest
        return likeliest.parts if likeliest and likeliest.is_whole() else None


def _turn(parts: Parts, is_whole: Callable[[], bool], like: Turn | None) -> Turn:
    """A turn, that of which it may be `like`: the same words are told to many."""
    if like and like.parts is parts:
        return Turn(parts, is_whole, like.letters, like.names)
    return Turn(parts, is_whole, letters_in(parts), tuple(names(parts)))


# --------------------------------------------------------------------------------------------- places


Mark: TypeAlias = Callable[[object], int]
"""A number for texts and tuples of them, the same for the same."""


@dataclass(slots=True)
class _Walk:
    """How far a conversation was walked through under its system texts: the place before each run and behind
    the last one, how many turns of the assistant there were by then, and these.
    """

    system: str
    mark: Mark
    places: list[int]
    counts: list[int]
    turns: list[Told]

    def until(self, run: int) -> _Walk:
        counts = self.counts[: run + 1]
        return _Walk(self.system, self.mark, self.places[: run + 1], counts, self.turns[: counts[-1]])

    def go(self, run: Sequence[Message]) -> None:
        """Go through one more run. Several messages of the assistant in a row are one turn."""
        place = self.places[-1]
        if run[0].role == "assistant":
            parts = tuple(part for message in run for part in message.parts)
            self.turns.append(Told(place, parts, run[0].pointer, tuple(names(parts))))
            self.places.append(self.mark((place, "assistant")))
        else:
            self.places.append(self.mark((place, *_words(run))))
        self.counts.append(len(self.turns))


def followed(messages: Sequence[Message], system: str = "", mark: Mark = hash) -> Conversation:
    """The conversation under its system texts, walked through once. The turn that ends it is the beginning of
    the answer.
    """
    walk = _walked(messages, system, mark)
    if messages and messages[-1].role == "assistant":
        last = walk.turns[-1]
        return Conversation(tuple(walk.turns[:-1]), last.place, last.parts)
    return Conversation(tuple(walk.turns), walk.places[-1])


def begun(place: int, text: str, mark: Mark = hash) -> Conversation:
    """A conversation in which the user has said but one text, under system texts with this mark."""
    return Conversation((), mark((place, "user", text)))


def _walked(messages: Sequence[Message], system: str, mark: Mark) -> _Walk:
    """One that goes on from another is walked through from there on."""
    (runs, same), history = runs_of(messages), history_of(messages)
    known: _Walk | None = history.before.get(followed) if history else None
    if known and known.mark is mark and known.system == system:
        walk = known.until(same)
    else:
        walk, same = _Walk(system, mark, [mark(system)], [0], []), 0
    for run in runs[same:]:
        walk.go(run)
    if history:
        history.facts[followed] = walk
    return walk


def _words(run: Iterable[Message]) -> Iterator[str]:
    """What the client says and shows."""
    for message in run:
        yield message.role
        for part in message.parts:
            yield f"{part.url} {part.data}" if isinstance(part, Attachment) else getattr(part, "text", "")


def letters_in(parts: Parts) -> int:
    """About how much the parts of a turn hold."""
    return sum(
        len(part.arguments_text if isinstance(part, ToolCall) else getattr(part, "text", ""))
        for part in parts
    )


def names(parts: Parts) -> Iterator[str]:
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
    if told == came and _written(told) == _written(came):
        return None  # most of what comes is just what was said
    return (
        _differing_texts(_joined(told, Text), _joined(came, Text), "text")
        or _differing_texts(_joined(told, Refusal), _joined(came, Refusal), "refusal")
        or _differing_calls(_calls(told), _calls(came))
        or _differing_thoughts(told, came)
        or _differing_order(told, came)
    )


def _joined(parts: Parts, kind: type[Text | Refusal | Thinking]) -> str:
    return "".join(part.text for part in parts if isinstance(part, kind))


def _calls(parts: Parts) -> list[ToolCall]:
    return [part for part in parts if isinstance(part, ToolCall)]


def _differing_texts(told: str, came: str, kind: str) -> tuple[str, str] | None:
    if told == came:
        return None
    pairs = enumerate(zip(told, came, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(told), len(came)))
    what = "lost" if at == len(came) else "added to" if at == len(told) else "changed"
    sentence = (
        f"its {kind} was {what} from character {at} on; said {_shown(told[at:])}, came {_shown(came[at:])}."
    )
    return f"{kind}_altered", sentence


def _differing_calls(told: Sequence[ToolCall], came: Sequence[ToolCall]) -> tuple[str, str] | None:
    if len(told) != len(came):
        said, sent = (", ".join(call.name for call in calls) or "none" for calls in (told, came))
        return "tool_calls_altered", f"its tool calls are not the same; said {said}, came {sent}."
    said_ids, sent_ids = [call.id or "" for call in told], [call.id or "" for call in came]
    if said_ids != sent_ids and sorted(said_ids) == sorted(sent_ids):
        return "order_altered", "its tool calls stand in another order."
    for index, (one, other) in enumerate(zip(told, came, strict=True)):
        if found := _differing_call(one, other):
            return found[0], f"tool call {index} has another {found[1]}."
    return None


def _differing_call(told: ToolCall, came: ToolCall) -> tuple[str, str] | None:
    if told.name != came.name:
        return "tool_name_altered", f"name; said {_shown(told.name)}, came {_shown(came.name)}"
    if not _has_same_arguments(told, came):
        said, sent = json_text(told.arguments_value), json_text(came.arguments_value)
        return "tool_arguments_altered", f"value of its arguments; said {_shown(said)}, came {_shown(sent)}"
    if told.id and told.id != came.id:
        return "tool_call_id_altered", f"id; said {_shown(told.id)}, came {_shown(came.id or '')}"
    if told.signature and told.signature != came.signature:
        said, sent = _shown(told.signature), _shown(came.signature or "")
        return "signature_altered", f"signature; said {said}, came {sent}"
    return None


def _written(parts: Parts) -> list[tuple[str, str | None]]:
    """Arguments so that true is not 1, as it is to Python; and signatures, which make no calls unequal."""
    return [(repr(part.arguments), part.signature) for part in parts if isinstance(part, ToolCall)]


def _has_same_arguments(told: ToolCall, came: ToolCall) -> bool:
    if isinstance(told.arguments, str) and told.arguments == came.arguments:
        return True  # most often; there is nothing to parse
    said, sent = told.arguments_value, came.arguments_value
    if isinstance(said, str) and isinstance(sent, dict):
        return True  # cut or broken JSON, of which SDKs keep what they could read
    return _is_same(said, sent)


def _is_same(told: Json, came: Json) -> bool:
    """Whether two JSON values are the same, but for members that are null."""
    match told, came:
        case dict(), dict():
            said, sent = (
                {name: value for name, value in members.items() if value is not None}
                for members in (told, came)
            )
            return said.keys() == sent.keys() and all(_is_same(said[name], sent[name]) for name in said)
        case list(), list():
            return len(told) == len(came) and all(map(_is_same, told, came))
        case (bool(), _) | (_, bool()):  # to Python, true is 1
            return told is came
        case _:
            return bool(told == came)


def _differing_thoughts(told: Parts, came: Parts) -> tuple[str, str] | None:
    """Thinking may be left out; what comes back must be as it was."""
    said, sent = _signatures(told), _signatures(came)
    thinking = _joined(came, Thinking)
    if not thinking and not sent:
        return None
    if not set(sent) <= set(said):
        return "signature_altered", "the signature of its thinking was changed."
    if found := _differing_texts(_joined(told, Thinking), thinking, "thinking"):
        return found
    return None if said == sent else ("signature_altered", "the signature of its thinking was lost.")


def _signatures(parts: Parts) -> list[str]:
    return [part.signature for part in parts if isinstance(part, Thinking) and part.signature]


def _differing_order(told: Parts, came: Parts) -> tuple[str, str] | None:
    thinks = any(isinstance(part, Thinking) for part in came)
    said, sent = _kinds(told, thinks=thinks), _kinds(came, thinks=thinks)
    if said == sent:
        return None
    one, other = (" then ".join(kinds) for kinds in (said, sent))
    return "order_altered", f"its parts stand in another order; said {one}, came {other}."


def _kinds(parts: Parts, *, thinks: bool) -> list[str]:
    """The kinds of parts in their order, neighbours of one kind once; what says nothing does not count."""
    kinds: list[str] = []
    for part in parts:
        match part:
            case Native():
                continue
            case Thinking() if thinks:
                kind = "thinking"
            case ToolCall():
                kind = "tool call"
            case Text(text=text) | Refusal(text=text) if text:
                kind = type(part).__name__.lower()
            case _:
                continue
        if kinds[-1:] != [kind]:
            kinds.append(kind)
    return kinds


def _shown(text: str) -> str:
    return json_text(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
