"""Requests that differ in headers: those that nobody looks at make no difference, all others do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from faults.wires import DIALECTS, Wires, request_to
from retelling.asked_again import OFTEN, SPOKEN, TALKING, is_written, noted, told

from mockserver.conversation import Http
from mockserver.playback.steps import plain
from mockserver.protocols import VENDORS
from mockserver.retelling.looks import Looks

SCRIPT = """
    scenario: beta
    match: {header: {x-team: beta}}
    reply: Hello, beta.
    ---
    scenario: traced
    match: {header: {x-team: '/t(?P<number>[0-9])/'}}
    reply: "Hello, {{ number }}."
    ---
    scenario: plain
    reply: Hello.
    ---
    scenario: named
    match: by-name
    reply: Named.
"""

HEADERS = [
    {},
    {"x-team": "beta"},
    {"x-team": "t1"},
    {"x-team": "t2"},
    {"x-mock-scenario": "named"},
    {"x-mock-fault": "overloaded"},
    {"x-mock-fault": "compressed", "accept-encoding": "gzip"},
    {"accept-encoding": "gzip"},
    {"anthropic-beta": "unheard-of-2020-01-01"},
    {"anthropic-version": "1999-01-01"},
]
"""What one of the wires or scenarios looks at, and what none does."""


def http(**headers: str) -> Http:
    return Http("POST", "/", headers)


def traced(wire: str, number: int, *, stream: bool = False, **headers: str) -> Http:
    return request_to(wire, "m", stream=stream, headers={"x-request-id": f"trace-{number}", **headers})


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("wire", TALKING)
def test_requests_that_nobody_can_tell_apart_are_told_alike(wire: str, *, stream: bool) -> None:
    wires = Wires(SCRIPT)

    for number in range(2 * OFTEN):
        request = traced(wire, number, stream=stream)
        steps, entry = told(wires, request)

        assert entry.http.headers == request.headers

    assert is_written(steps)


def test_that_a_long_body_comes_again_is_no_look_at_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.retelling.familiar._LONGEST_BODY", 1_000)
    wires = Wires(SCRIPT)
    long = request_to("openai.chat", "m", stream=False, **SPOKEN["openai.chat"]("long " * 400))
    for _ in range(OFTEN):
        told(wires, replace(long, headers=dict(long.headers)))

    for number in range(2 * OFTEN):
        steps, _ = told(wires, traced("openai.chat", number))

    assert is_written(steps)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wire", DIALECTS)
def test_whatever_the_headers_are_each_is_answered_as_if_it_were_alone(wire: str, seed: int) -> None:
    with_others, alone, random = Wires(SCRIPT), Wires(SCRIPT), Random(seed)

    for number in range(80):
        request = traced(wire, number, stream=random.random() < 0.5, **random.choice(HEADERS))
        steps, entry = told(with_others, request)
        wanted, wanted_entry = told(alone, request, anew=True)

        assert list(plain(steps)) == list(plain(wanted))
        assert noted(entry)[:4] == noted(wanted_entry)[:4]
        assert entry.http == wanted_entry.http


def test_headers_that_nobody_has_looked_at_make_no_difference() -> None:
    looks = Looks()
    watched = looks.through(http(accept="a", host="h"))
    watched.headers.get("accept")

    assert looks.head(watched) == looks.head(http(accept="a", host="other"))
    assert looks.head(watched) != looks.head(http(accept="b", host="h"))


@pytest.mark.parametrize(
    "look",
    [
        lambda headers: headers.get("accept", "none"),
        lambda headers: "accept" in headers,
        dict,
        lambda headers: {**headers},
        lambda headers: list(headers.items()),
        len,
        lambda headers: headers == {"accept": "a"},
    ],
)
def test_every_look_is_noted(look: Callable[[Any], object]) -> None:
    looks = Looks()

    look(looks.through(http()).headers)

    assert looks.head(http()) != looks.head(http(accept="a"))


def test_a_header_is_no_part_of_the_query_where_all_are_looked_at() -> None:
    looks = Looks()
    list(looks.through(http()).headers)

    assert looks.head(http(alt="sse")) != looks.head(replace(http(), query={"alt": "sse"}))


def test_once_more_is_looked_at_nothing_is_as_before() -> None:
    looks = Looks()
    before = looks.head(http())

    looks.through(http()).headers.get("accept")

    assert looks.head(http()) != before


def test_the_names_that_are_known_are_bounded() -> None:
    looks = Looks()
    for number in range(1_000):
        looks.through(http()).headers.get(f"x-{number}")
    looks.through(http()).headers.get("accept")

    assert len(looks.head(http())) < 200
    assert looks.head(http(accept="a")) != looks.head(http(accept="b"))


def test_the_head_is_that_of_the_whole_request_but_for_its_body() -> None:
    looks, one = Looks(), http(accept="a")

    assert looks.head(replace(one, body=b"b", key="k")) == looks.head(one)
    for other in (
        replace(one, path="/b"),
        replace(one, method="GET"),
        replace(one, query={"alt": "sse"}),
        replace(one, origin="http://elsewhere"),
    ):
        assert looks.head(other) != looks.head(one)


@pytest.mark.parametrize("wire", TALKING)
def test_a_header_that_only_another_scenario_looks_at_is_looked_at_in_time(wire: str) -> None:
    """For the first request nobody has to look at it."""
    wires = Wires("""
        scenario: one
        match: {user: one}
        reply: One.
        ---
        scenario: two
        match: {user: two, header: {x-team: beta}}
        reply: Two.
        ---
        scenario: rest
        reply: Rest.
    """)
    asked = [("one", {}), ("two", {"x-team": "beta"}), ("two", {}), ("one", {"x-team": "beta"})]

    said = [
        told(wires, request_to(wire, "m", stream=False, headers=headers, **SPOKEN[wire](text)))[1].scenario
        for text, headers in asked * 2
    ]

    assert said == ["one/1", "two/1", "rest/1", "one/1"] * 2


def test_which_route_to_a_model_is_asked_does_not_follow_from_headers() -> None:
    """They are looked at before looks are noted."""
    looks = Looks()
    before = looks.head(http())
    watched = looks.through(http())

    routes = [route for vendor in VENDORS for route in vendor.routes if not callable(route.serve)]
    assert all(route.when(watched) for route in routes)
    assert looks.head(http()) == before
