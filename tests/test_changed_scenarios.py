"""What a conversation that is under way meets when the scenarios are replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import toy
from conftest import ToyClient, text_of

from mockserver.assembly import parse_scenarios
from mockserver.playback.steps import plain

pytestmark = pytest.mark.anywhere

Client = Callable[..., ToyClient]

BUSY = "scenario: busy\nmatch: {user: busy}\nattempts: [{error: overloaded}, {reply: Here.}]\n"
LIMITED = "scenario: limited\nmatch: {user: limited}\nlimits: 1 request/h\nreply: Yes.\n"
OTHER = "scenario: other\nmatch: {user: other}\nreply: Other.\n"


def all_of(*scenarios: str) -> str:
    return "---\n".join(scenarios)


def load(client: ToyClient, *scenarios: str) -> list[str]:
    named: list[str] = client.engine.load(parse_scenarios(all_of(*scenarios), "new.yaml", (toy.VENDOR,)))
    return named


def statuses(client: ToyClient, say: str, times: int) -> list[int]:
    return [client.status(say) for _ in range(times)]


def test_those_that_are_new_changed_or_gone_are_named(client: Client) -> None:
    toys = client(all_of(BUSY, OTHER, LIMITED))

    named = load(toys, BUSY, OTHER.replace("Other.", "Changed."), "scenario: new\nreply: New.")

    assert named == ["other", "new", "limited"]


def test_one_that_stands_elsewhere_in_other_lines_has_not_changed(client: Client) -> None:
    toys = client(all_of(BUSY, LIMITED))

    assert load(toys, f"# a comment\n{OTHER}", LIMITED, BUSY) == ["other"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("{user: busy}", "{user: /busy/}"),
        ("{reply: Here.}", "{reply: There.}"),
        ("{reply: Here.}", '{reply: "{{ user }}"}'),
        ("{reply: Here.}", "{reply: Here., pace: {gap: 1s}}"),
        ("{reply: Here.}", "{reply: Here., wire: {bom: true}}"),
        ("{reply: Here.}", "{reply: Here., headers: {x-a: b}}"),
        ("attempts:", "description: Busy.\nattempts:"),
    ],
)
def test_one_that_says_anything_else_has_changed(client: Client, was: str, becomes: str) -> None:
    toys = client(BUSY)

    assert load(toys, BUSY.replace(was, becomes)) == ["busy"]


def test_attempts_of_one_that_has_not_changed_go_on(client: Client) -> None:
    toys = client(all_of(BUSY, OTHER))
    assert statuses(toys, "busy", 1) == [529]

    load(toys, BUSY, OTHER.replace("Other.", "Changed."))

    assert statuses(toys, "busy", 2) == [200, 200]


def test_attempts_of_one_that_has_changed_start_anew(client: Client) -> None:
    toys = client(BUSY)
    assert statuses(toys, "busy", 2) == [529, 200]

    load(toys, BUSY.replace("Here.", "Now I am here."))

    assert statuses(toys, "busy", 2) == [529, 200]


def test_attempts_of_one_that_was_away_start_anew() -> None:
    toys = ToyClient(BUSY)  # where state is shared they go on: other servers may have kept it
    assert statuses(toys, "busy", 2) == [529, 200]

    load(toys, OTHER)
    load(toys, OTHER, BUSY)

    assert statuses(toys, "busy", 1) == [529]


def test_attempts_of_a_scenario_of_one_key_go_on_whatever_is_replaced(client: Client) -> None:
    toys = client(BUSY)
    toys.add("k", BUSY)
    assert statuses(toys, "busy", 1) == [529]

    load(toys, BUSY.replace("Here.", "There."))

    assert statuses(toys, "busy", 1) == [200]


def test_limits_of_one_that_has_not_changed_go_on_and_others_start_anew(client: Client) -> None:
    toys = client(LIMITED)
    assert statuses(toys, "limited", 1) == [200]

    load(toys, LIMITED)
    assert statuses(toys, "limited", 1) == [429]
    load(toys, LIMITED.replace("Yes.", "No."))
    assert statuses(toys, "limited", 1) == [200]


def test_an_answer_that_has_begun_ends_as_it_began(client: Client) -> None:
    toys = client(OTHER)
    steps = plain(toys.exchange("other").steps)
    first = next(steps)

    load(toys, OTHER.replace("Other.", "Changed."))

    assert "Other." in text_of([first, *steps])
    assert "Changed." in toys.ask("other")


def test_a_conversation_goes_on_in_the_turn_that_it_stands_at(client: Client) -> None:
    talk = "scenario: talk\nmatch: {user: hi}\nturns: [{reply: One.}, {reply: Two.}]\n"
    toys = client(talk)

    load(toys, talk.replace("Two.", "Second."))

    assert "Second." in toys.ask(["hi", {"assistant": "One."}, "go on"])


def test_one_that_is_gone_cannot_be_chosen_and_is_not_listed(client: Client) -> None:
    toys = client(all_of(BUSY, OTHER))

    load(toys, BUSY)

    assert toys.status("x", headers={"x-mock-scenario": "other"}) == 404
    assert toys.engine.models == ("mock-busy",)
