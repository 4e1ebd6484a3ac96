"""What each worker keeps for itself where they share no state, and which scenarios that would play wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mockserver.scenario.files import Loaded
from mockserver.scenario.model import Scenario, Turn, templates
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem

KEPT = (
    "attempts, rate limits, stored responses and conversations, threads, batches, files and cached contents, "
    "what was said before, how often a body was seen (so ids repeat), and what is set or told below /_mock/ "
    "(requests, events, scenarios, play, settings, verify, reset)"
)
MEND = "serve with one worker, share a --state, or let each count for itself with --per-worker-state"
"""How to have what counts served."""


def notice(workers: int, left_out: Iterable[str] = ()) -> str:
    """What a user of several workers must know at start."""
    without = ", ".join(left_out)
    rest = f" Not served, since attempts count in it: {without}." if without else ""
    return (
        f"Each of the {workers} workers keeps for itself, and a client may reach any of them: {KEPT}.{rest}"
    )


def is_counted(scenario: Scenario) -> bool:
    """Whether what a scenario answers depends on what was answered before."""
    return next(_counted(scenario), None) is not None


def refused(loaded: Loaded) -> Loaded:
    """What was loaded, with a problem for each scenario that workers would play wrong."""
    problems = tuple(problem for each in loaded.scenarios for problem in _problems(each))
    return replace(loaded, problems=(*loaded.problems, *problems))


def _problems(scenario: Scenario) -> Iterator[Problem]:
    for place, what in dict.fromkeys(_counted(scenario)):
        yield Problem(place, f"{what}, and each worker would count for itself", MEND)


def _counted(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    if scenario.limits:
        yield scenario.place, "a scenario with `limits` counts what it answers"
    for turn in scenario.turns:
        for each in (turn, *turn.overrides.values()):
            if each.counted:
                yield _place(each), "the answer depends on how many attempts were answered before"


def _place(turn: Turn) -> Place:
    """Where it is said that attempts count: the second of them, or a template that names the number."""
    if len(turn.attempts) > 1:
        return turn.attempts[1].place
    return next(each.place for each in templates(turn.attempts) if "attempt" in each.source)
