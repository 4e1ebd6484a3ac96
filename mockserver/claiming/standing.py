"""Where a conversation stands in a scenario, and what it claims there. Values and functions alone: nothing is
counted here.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter

from mockserver.claiming.claims import Claim, Tried
from mockserver.claiming.matching import captured, differences
from mockserver.conversation import Json, Message, Request, Text
from mockserver.history.histories import history_of, once, runs_of
from mockserver.history.turns import tool_results
from mockserver.scenario.matchers import matches
from mockserver.scenario.model import Scenario, Turn
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """How a conversation went, in runs of messages of one role, which are counted: what the client said, each
    run with its number, and the numbers of the runs that the assistant had.
    """

    asked: Sequence[tuple[int, tuple[Message, ...]]]
    answered: Sequence[int]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a conversation stands in a scenario: the turn, from 0, and the user message that opened it."""

    turn: int
    opening: str


def claim_at(scenario: Scenario, position: Position, request: Request, tried: Tried = ()) -> Claim:
    """The first attempt of a turn."""
    turn = scenario.turns[position.turn].on(request.protocol)
    unmet = tuple(differences(turn.expect, request, request.user)) if turn.expect else ()
    variables = _variables(scenario, position, turn, request)
    variables |= {"turn": position.turn + 1, "attempt": 1}
    return Claim(scenario, position.turn + 1, 1, turn.attempts[0], variables, unmet, tried)


def find(scenario: Scenario, request: Request, course: Course) -> Position | None:
    """Where the conversation stands in the scenario; None where the scenario does not answer."""
    if scenario.by_name:
        return None
    position = locate(scenario, course)  # most often it is there that they part
    return None if position is None or any(differences(scenario.match, request)) else position


def locate(scenario: Scenario, course: Course, *, chosen: bool = False) -> Position | None:
    """Walk the conversation: a user message opens the scenario, each assistant turn moves it one turn on,
    after its last turn it is closed and may be opened again. A scenario `chosen` by name is opened by any
    user message. Where the walk ends is where the scenario stands.
    """
    answered, turns = course.answered, len(scenario.turns)
    open_until = 0
    for at, run in course.asked:
        if at < open_until or not (opening := _opening(scenario, run, chosen=chosen)):
            continue
        before = bisect(answered, at)
        since = len(answered) - before
        if scenario.repeat or since < turns:
            return Position(since % turns, opening.opening)
        open_until = answered[before + turns - 1]
    return None


def course_of(messages: Sequence[Message]) -> Course:
    """How the conversation went. Assistant words at its end are the start of the answer; anything else there
    is a turn that was paused and goes on.
    """
    course = _whole_course(messages)
    if messages and _is_prefill(messages[-1]):
        return Course(course.asked, course.answered[:-1])
    return course


def _whole_course(messages: Sequence[Message]) -> Course:
    """One that goes on from another is counted from there on."""
    (runs, same), history = runs_of(messages), history_of(messages)
    asked: list[tuple[int, tuple[Message, ...]]] = []
    answered: list[int] = []
    if history and (before := history.before.get(course_of)):
        asked += before.asked[: bisect_left(before.asked, same, key=itemgetter(0))]
        answered += before.answered[: bisect_left(before.answered, same)]
    else:
        same = 0
    for at, run in enumerate(runs[same:], same):
        if run[0].role == "user":
            asked.append((at, run))
        elif run[0].role == "assistant":
            answered.append(at)
    course = Course(asked, answered)
    if history:
        history.facts[course_of] = course
    return course


def _is_prefill(message: Message) -> bool:
    return message.role == "assistant" and (not message.parts or isinstance(message.parts[-1], Text))


def _opening(scenario: Scenario, run: Iterable[Message], *, chosen: bool) -> Position | None:
    wanted = scenario.match.user
    for message in run:
        text = message.text
        if chosen or wanted is None or matches(wanted, text):
            return Position(0, text)
    return None


def _variables(scenario: Scenario, position: Position, turn: Turn, request: Request) -> dict[str, Json]:
    """What templates may use: named groups, `user`, `model`, `tools`, `results`. To find the results takes
    long in a long conversation, and most turns have no use for them.
    """
    found: dict[str, Json] = dict(captured(scenario.match, request, position.opening))
    if turn.expect:
        found |= captured(turn.expect, request, request.user)
    return found | {
        "user": request.user,
        "model": request.model,
        "tools": [tool.name for tool in request.tools],
        "results": _results(request) if turn.takes_results else {},
    }


def _results(request: Request) -> dict[str, Json]:
    return {name: result.value for name, result in once(request.messages, tool_results).items()}
