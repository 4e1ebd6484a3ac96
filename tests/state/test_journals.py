"""What every journal must do, whether it is in memory or on Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import MakePlace, ToyClient
from patience import HANG
from places import OnRedis, Place

from mockserver.conversation import Http
from mockserver.journal.entries import Entry
from mockserver.journal.exchange_json import exchange_json
from mockserver.journal.recorded import RecordedExchange
from mockserver.playback.steps import Send
from mockserver.state.shared.scripts import Bounds

pytestmark = pytest.mark.anywhere


@pytest.fixture
def place(places: MakePlace) -> Place:
    return places()


def post(key: str, size: int = 1) -> Http:
    return Http("POST", "/", body=b"x" * size, key=key)


def open_entry(place: Place, key: str, size: int = 1) -> Entry:
    return place.do(place.journal.open, post(key, size), "toy")


def close(place: Place, entry: Entry, outcome: Any = "complete") -> None:
    entry.outcome = outcome
    place.do(place.journal.close, entry)


def keys(place: Place, *, of: str | None = None) -> str:
    return "".join(entry.http.key for entry in place.do(place.journal.entries, of))


def numbers(place: Place) -> list[tuple[int, int]]:
    return [(entry.number, entry.change) for entry in place.do(place.journal.entries)]


def test_entries_are_kept_oldest_first_and_by_their_keys(place: Place) -> None:
    for key in "aba":
        open_entry(place, key)

    assert (keys(place), keys(place, of="a"), keys(place, of="c")) == ("aba", "aa", "")


def test_exchanges_and_changes_are_counted_over_all_keys(place: Place) -> None:
    first = open_entry(place, "a")
    open_entry(place, "b")

    close(place, first)

    assert numbers(place) == [(1, 3), (2, 2)]
    assert place.do(lambda: place.journal.latest) == 3


def test_an_entry_is_found_by_its_number(place: Place) -> None:
    open_entry(place, "a")
    open_entry(place, "b")

    found = place.do(place.journal.entry, 2)

    assert found
    assert found.http.key == "b"
    assert place.do(place.journal.entry, 3) is None


def test_an_entry_tells_how_its_exchange_fared(place: Place) -> None:
    entry = open_entry(place, "a")
    entry.status, entry.delivery.sent = 200, 2
    entry.steps.note(Send(b"one"), 0.5)

    close(place, entry, "left")

    (told,) = place.do(place.journal.entries)
    assert (told.status, told.outcome, told.delivery.sent) == (200, "left", 2)
    assert [(step.kind, step.size, step.done) for step in told.steps] == [("send", 3, 0.5)]


def test_an_entry_that_is_not_closed_is_open(place: Place) -> None:
    open_entry(place, "a")

    assert [entry.outcome for entry in place.do(place.journal.entries)] == ["open"]


def test_the_oldest_go_beyond_the_number_of_entries(places: MakePlace) -> None:
    place = places(Bounds(entries=2))

    for key in "abc":
        open_entry(place, key)

    assert (keys(place), keys(place, of="a")) == ("bc", "")


def test_the_oldest_go_beyond_the_bytes_of_bodies(places: MakePlace) -> None:
    place = places(Bounds(entries_weight=100))

    for key in "abc":
        open_entry(place, key, 40)

    assert keys(place) == "bc"


def test_steps_weigh_when_an_exchange_is_over(places: MakePlace) -> None:
    place = places(Bounds(entries_weight=100))
    open_entry(place, "a", 50)
    entry = open_entry(place, "b", 10)

    for _ in range(2):
        entry.steps.note(Send(b""), 0)
    close(place, entry)

    assert keys(place) == "b"


def test_a_key_is_forgotten_alone_and_with_its_weight(places: MakePlace) -> None:
    place = places(Bounds(entries_weight=100))
    for key in "aba":
        open_entry(place, key, 30)

    place.do(place.journal.clear, "a")
    open_entry(place, "c", 70)

    assert keys(place) == "bc"


def test_who_listens_is_told_of_every_change_of_a_key(place: Place) -> None:
    heard: list[int] = []

    async def listen() -> None:
        async with place.journal.heard_by(heard.append, "a"):
            entry = await place.state.run(lambda: place.journal.open(post("a"), "toy"))
            await place.state.run(lambda: place.journal.open(post("b"), "toy"))
            place.journal.close(entry)
            async with asyncio.timeout(HANG):
                while len(heard) < 2:  # noqa: ASYNC110 - it is told by others
                    await asyncio.sleep(0.005)
        await place.state.run(lambda: place.journal.open(post("a"), "toy"))

    if isinstance(place, OnRedis):
        place.wait(listen)
    else:
        asyncio.run(listen())

    assert heard == [1, 1]


# ------------------------------------------------------------------------------------------- exchanges

SCENARIOS = """
scenario: first
match: {user: first}
reply: One.
---
scenario: second
match: {user: second}
turns:
  - reply: [{tool_call: look, arguments: {a: 1}}]
  - expect: {tool_result: look}
    reply: "{{ results.look }}"
"""
SAID = ["second", {"call": "look"}, {"result": {"seen": [1]}, "of": "look"}]


@pytest.mark.parametrize(
    "say",
    ["first", "second", SAID, [*SAID[:2], "no result"], "none"],
    ids=["1", "2", "turn", "unmet", "none"],
)
def test_an_exchange_is_told_in_the_same_words_everywhere(places: MakePlace, say: Any) -> None:
    """What is told of an exchange that was decided here and is read from where it is kept."""
    toys, here = (ToyClient(SCENARIOS, place) for place in (places(), None))
    for client in (toys, here):
        client.add("k", "scenario: own\nmatch: {user: own}\nreply: Own.\n")
        client.steps(say, headers={"x-api-key": "k"})

    assert told(toys) == told(here)


def told(client: ToyClient) -> list[Any]:
    return [exchange_json(RecordedExchange(entry)) for entry in client.journal.entries("k")]


def test_an_exchange_of_a_key_s_own_scenario_keeps_it_when_that_is_taken_away(places: MakePlace) -> None:
    toys = ToyClient(SCENARIOS, places())
    toys.add("k", "scenario: own\nmatch: {user: own}\nreply: Own.\n")
    toys.steps("own")
    toys.engine.remove("k", "own")

    (entry,) = toys.journal.entries("k")

    assert (entry.scenario, entry.claim.scenario.match.user is not None) == ("own/1", True)
