"""What the Gemini API refuses between the turns of a conversation: calls, their results, their signatures.

Mirrors "Function calling" and "Thought signatures" of the Gemini API documentation and the API's 400 answers
(2026-11). SDKs keep a streamed turn as a content for each chunk, with empty texts and thoughts in it: so
contents of one side are one turn, and what says nothing does not count.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise
from operator import attrgetter

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.wire import is_third_generation
from mockserver.protocols.long_bodies import Entries
from mockserver.values import dataclass

_NOT_AFTER_USER = (
    "Please ensure that function call turn comes immediately after a user turn or after a function "
    "response turn."
)
_NOT_AFTER_CALL = "Please ensure that function response turn comes immediately after a function call turn."
_OTHER_NUMBER = (
    "Please ensure that the number of function response parts is equal to the number of function call "
    "parts of the function call turn."
)


@dataclass(slots=True)
class _Turn:
    """What one side said without the other: the number of its first content, and what of it matters here.
    `unsigned` is the function that its first call has no signature for, and the number of the content it
    stands in; `answers` is the number of the content with its first result. `asks` tells whether a client's
    turn has more in it than results.
    """

    is_model: bool
    first: int
    calls: list[JsonObject] = field(default_factory=list)
    unsigned: tuple[str, int] | None = None
    results: list[JsonObject] = field(default_factory=list)
    answers: int = 0
    asks: bool = False

    def add(self, part: JsonObject, number: int) -> None:
        if (call := part.get("functionCall")) is not None and self.is_model:
            if not self.calls and not part.get("thoughtSignature"):
                self.unsigned = (call.get("name") or "", number)
            self.calls.append(call)
        elif (result := part.get("functionResponse")) is not None:
            if not result.get("willContinue"):  # what comes before the last of several is no answer yet
                self.answers = self.answers if self.results else number
                self.results.append(result)
        else:
            self.asks = True


def broken_turn(contents: Sequence[JsonObject], model: str, gate: Gate) -> Failure | None:
    """The first broken rule between turns that ends the request."""
    turns, known = _turns(contents)
    for message, at in [*_misplaced(turns, known), *(_unsigned(turns) if is_third_generation(model) else ())]:
        failure = Failure("invalid_request", message=message)
        if end := gate.refuse(failure, f"/contents/{at}"):
            return end
    return None


def _turns(contents: Sequence[JsonObject]) -> tuple[list[_Turn], int]:
    """The turns, and how many of the first stood so in a conversation that nothing was found in. The last of
    those that begin among its contents may have gone on.
    """
    turns: list[_Turn] = []
    start = 0
    if isinstance(contents, Entries):
        turns += contents.before.get(broken_turn, ())
        del turns[bisect(turns, contents.same - 1, key=_BY_FIRST) :]
        start = turns.pop().first if turns else 0
    known = len(turns)
    turn: _Turn | None = None
    for number, content in enumerate(contents[start:], start):
        is_model = content.get("role") == "model"
        for part in content.get("parts") or ():
            if part.get("text") == "" or (part.get("thought") and part.get("text")):
                continue
            if turn is None or turn.is_model is not is_model:
                turn = _Turn(is_model, number)
                turns.append(turn)
            turn.add(part, number)
    if isinstance(contents, Entries):
        contents.facts[broken_turn] = turns
    return turns, known


_BY_FIRST = attrgetter("first")


def _misplaced(turns: Sequence[_Turn], known: int) -> Iterator[tuple[str, int]]:
    """The rules of order and of number, which hold among the first turns, those that are `known`. A call that
    ends the conversation has no answer yet.
    """
    if turns and turns[0].calls:
        yield _NOT_AFTER_USER, turns[0].first
    if turns and turns[0].results:
        yield _NOT_AFTER_CALL, turns[0].answers
    for before, turn in pairwise(turns[max(known - 1, 0) :]):
        if turn.results and not before.calls:
            yield _NOT_AFTER_CALL, turn.answers
        elif before.calls and not _answered(before.calls, turn.results):
            yield _OTHER_NUMBER, turn.first


def _answered(calls: Sequence[JsonObject], results: Sequence[JsonObject]) -> bool:
    """Whether each call has its result: by number, and by ids where both sides have them."""
    if len(calls) != len(results):
        return False
    asked, told = ([item.get("id") for item in side] for side in (calls, results))
    if asked == told or not all(asked) or not all(told):
        return True
    return Counter(asked) == Counter(told)


def _unsigned(turns: Sequence[_Turn]) -> Iterator[tuple[str, int]]:
    """The first call of each step needs its signature, in the turn that is going on: since the client said
    something that is no result.
    """
    if not any(turn.unsigned for turn in turns):
        return
    since = max((at for at, turn in enumerate(turns) if not turn.is_model and turn.asks), default=0)
    for turn in turns[since:]:
        if turn.unsigned is not None:
            name, number = turn.unsigned
            yield _missing_signature(name, number + 1), number


def _missing_signature(name: str, position: int) -> str:
    return (
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to "
        "work correctly, and missing thought_signature may lead to degraded model performance. Additional "
        f"data, function call `default_api:{name}` , position {position}. Please refer to "
        "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )
