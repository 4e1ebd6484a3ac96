"""Reading a scenario from a text, for the tests of every reader."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from mockserver.scenario.files import load_text
from mockserver.scenario.model import Attempt, Conditions, Outcome, Part, ReplyOutcome, Scenario

PROTOCOLS = ("openai", "openai.chat", "openai.responses", "anthropic", "gemini")


def read_scenario(text: str) -> Scenario:
    loaded = load_text(dedent(text), "test.yaml", PROTOCOLS)
    assert loaded.problems == ()
    return loaded.scenarios[0]


def read_outcome(text: str) -> Outcome:
    return read_scenario(text).turns[0].attempts[0].outcome


def read_parts(text: str) -> tuple[Part, ...]:
    outcome = read_outcome(text)
    assert isinstance(outcome, ReplyOutcome)
    return outcome.parts


@pytest.fixture
def protocols() -> tuple[str, ...]:
    return PROTOCOLS


@pytest.fixture
def scenario() -> Callable[[str], Scenario]:
    """`scenario("reply: Hello!")`: the only scenario of a text without problems."""
    return read_scenario


@pytest.fixture
def attempt() -> Callable[[str], Attempt]:
    """The first attempt of the first turn."""
    return lambda text: read_scenario(text).turns[0].attempts[0]


@pytest.fixture
def outcome() -> Callable[[str], Outcome]:
    """The outcome of the first attempt of the first turn."""
    return read_outcome


@pytest.fixture
def parts() -> Callable[[str], tuple[Part, ...]]:
    """The parts of the first reply."""
    return read_parts


@pytest.fixture
def match() -> Callable[[str], Conditions]:
    """The conditions of a flow mapping under `match`."""
    return lambda text: read_scenario(f"match: {text}\nreply: x").match


@pytest.fixture
def problems() -> Callable[[str], list[str]]:
    """What is wrong with a text: `line:column what`, in order."""

    def told(text: str) -> list[str]:
        loaded = load_text(dedent(text), "test.yaml", PROTOCOLS)
        return [f"{p.place.line}:{p.place.column} {p.what}" for p in loaded.problems]

    return told
