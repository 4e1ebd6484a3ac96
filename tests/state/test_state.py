"""What every place to keep state must do, whether it is memory or Redis."""

from __future__ import annotations

import pytest
import toy
from conftest import MakePlace
from places import Place

from mockserver.assembly import parse_written
from mockserver.conversation import Http, Message, Text, ToolCall, Usage
from mockserver.history.fidelity import followed
from mockserver.journal.entries import Entry
from mockserver.protocols.base import Stored
from mockserver.quotas import parse_limit
from mockserver.setup import NO_SETUP, Written

pytestmark = pytest.mark.anywhere

COUNTER = ("busy", 0, b"said")


@pytest.fixture
def place(places: MakePlace) -> Place:
    return places()


def add(place: Place, key: str, *texts: str, first: bool = False) -> None:
    for text in texts:
        written = Written(text, "own.yaml")
        scenarios = parse_written(written, (toy.VENDOR,))
        place.do(place.state.add, key, scenarios, written, first=first)


def scenario(name: str) -> str:
    return f"scenario: {name}\nreply: {name}\n"


def names(place: Place, key: str) -> list[str]:
    return [each.name for each in place.do(place.state.setup, key).scenarios]


# ------------------------------------------------------------------------------------------------ counted


def test_what_is_seen_is_counted_for_each_key(place: Place) -> None:
    seen = [place.do(place.state.seen, key, b"body") for key in "aaba"]

    assert seen == [1, 2, 1, 3]


def test_attempts_are_counted_and_taken_back(place: Place) -> None:
    numbers = [place.do(place.state.count, "k", COUNTER, by) for by in (1, 1, -1, 1)]

    assert numbers == [1, 2, 1, 2]


def test_attempts_of_another_turn_are_others(place: Place) -> None:
    place.do(place.state.count, "k", COUNTER, 1)

    assert place.do(place.state.count, "k", ("busy", 1, b"said"), 1) == 1


def counted(place: Place, key: str) -> tuple[int, int]:
    return place.do(place.state.seen, key, b"body"), place.do(place.state.count, key, COUNTER, 1)


def test_what_was_counted_is_forgotten_with_its_key_alone(place: Place) -> None:
    for key in "ab":
        counted(place, key)

    place.do(place.state.reset, "a")

    assert [counted(place, key) for key in "ab"] == [(1, 1), (2, 2)]


# ------------------------------------------------------------------------------------------------- set up


def test_a_key_that_nobody_has_set_up_is_as_all_others(place: Place) -> None:
    assert place.do(place.state.setup, "k") == NO_SETUP
    assert place.do(lambda: place.state.keys) == ()


def test_scenarios_are_tried_in_the_order_in_which_they_were_added(place: Place) -> None:
    add(place, "k", scenario("one"), scenario("two"))
    add(place, "k", scenario("three"), first=True)

    assert names(place, "k") == ["three", "one", "two"]


def test_several_scenarios_of_one_text_keep_their_order(place: Place) -> None:
    add(place, "k", f"{scenario('one')}---\n{scenario('two')}")

    assert names(place, "k") == ["one", "two"]


def test_scenarios_are_taken_away_by_name(place: Place) -> None:
    add(place, "k", scenario("one"), scenario("two"), scenario("one"))

    removed = [place.do(place.state.remove, "k", name) for name in ("one", "one", "none")]

    assert (removed, names(place, "k")) == ([True, False, False], ["two"])


def test_settings_are_changed_one_by_one(place: Place) -> None:
    place.do(place.state.alter, "k", pinned="hello", speed=2.0)
    place.do(place.state.alter, "k", faults=("drop",), contract="strict", unmatched="auto")
    place.do(place.state.alter, "k", speed=None)

    setup = place.do(place.state.setup, "k")
    assert (setup.pinned, setup.speed, setup.faults) == ("hello", None, ("drop",))
    assert (setup.contract, setup.unmatched) == ("strict", "auto")


def test_the_keys_that_are_set_up_are_known(place: Place) -> None:
    for key in ("a", "näh\0 b"):
        place.do(place.state.alter, key, pinned="hello")

    assert set(place.do(lambda: place.state.keys)) == {"a", "näh\0 b"}


def test_a_key_that_was_reset_is_set_up_anew(place: Place) -> None:
    add(place, "k", scenario("one"))

    place.do(place.state.reset, "k")
    add(place, "k", scenario("two"))

    assert names(place, "k") == ["two"]


def test_how_far_scenarios_were_played_is_known(place: Place) -> None:
    add(place, "k", "scenario: two\nturns: [{reply: a}, {attempts: [{reply: b}, {reply: c}]}]\n")
    (played,) = place.do(place.state.setup, "k").scenarios
    rests = []

    for turn, attempt, attempts in ((1, 1, 1), (2, 1, 2), (2, 2, 2)):
        place.do(place.state.played("k").note, played, turn, attempt, attempts)
        rest = place.do(place.state.played("k").unplayed, [played])
        rests.append([(each.turn, each.attempts) for each in rest])

    assert rests == [[(2, 0)], [(2, 1)], []]


def test_of_a_scenario_that_was_forgotten_nothing_was_played(place: Place) -> None:
    add(place, "k", scenario("one"))
    (played,) = place.do(place.state.setup, "k").scenarios
    place.do(place.state.played("k").note, played, 1, 1, 1)

    place.do(place.state.played("k").forget, "one")

    assert len(place.do(place.state.played("k").unplayed, [played])) == 1


# ------------------------------------------------------------------------------------------------- stored

CONVERSATION = Stored(
    (
        Message("user", (Text("Hi \ud83d"), Text("there"))),
        Message("assistant", (ToolCall("look", {"at": [1, 2.5, None, True]}, "call_1", "signed"),)),
    ),
    {"response": {"id": "resp_1", "big": 2**70}},
)


def test_what_is_stored_is_recalled_as_it_was(place: Place) -> None:
    place.do(place.state.keep, "k", "resp_1", CONVERSATION, 10)

    recalled = place.do(place.state.recall, "k", "resp_1")

    assert recalled == CONVERSATION
    (call,) = recalled.messages[1].parts
    assert isinstance(call, ToolCall)
    assert call.signature == "signed"  # it makes no two calls unequal


def test_what_is_stored_is_of_one_key(place: Place) -> None:
    place.do(place.state.keep, "a", "resp_1", CONVERSATION, 10)

    assert place.do(place.state.recall, "b", "resp_1") is None
    assert place.do(place.state.kept, "b", "") == []


def test_names_are_listed_in_the_order_in_which_they_were_first_stored(place: Place) -> None:
    for name in ("batch_2", "batch_1", "resp_1", "batch_2"):
        place.do(place.state.keep, "k", name, Stored(), 1)

    assert place.do(place.state.kept, "k", "batch_") == ["batch_2", "batch_1"]


def test_what_is_forgotten_is_gone_once(place: Place) -> None:
    place.do(place.state.keep, "k", "one", Stored(), 1)

    forgotten = [place.do(place.state.forget, "k", "one") for _ in range(2)]

    assert (forgotten, place.do(place.state.kept, "k", "")) == ([True, False], [])


def test_what_one_request_stores_it_finds_again(place: Place) -> None:
    def store_and_recall() -> object:
        place.state.keep("k", "one", Stored(native={"a": 1}), 1)
        return place.state.recall("k", "one"), place.state.kept("k", "")

    assert place.do(store_and_recall) == (Stored(native={"a": 1}), ["one"])


def test_what_is_stored_is_forgotten_with_its_key(place: Place) -> None:
    for key in "ab":
        place.do(place.state.keep, key, "one", Stored(), 1)

    place.do(place.state.reset, "a")

    assert [place.do(place.state.kept, key, "") for key in "ab"] == [[], ["one"]]


# ------------------------------------------------------------------------------------------------- limits

TWO = (("", parse_limit("2 requests/m")), ("", parse_limit("100 output tokens/h")))


def test_limits_are_used_up(place: Place) -> None:
    def ask() -> bool:
        return place.state.ledger("k").account(TWO, 5.0).admit(0).exceeded is None

    assert [place.do(ask) for _ in range(3)] == [True, True, False]


def test_a_limit_is_there_again_in_its_next_window(place: Place) -> None:
    def ask(moment: float) -> bool:
        return place.state.ledger("k").account(TWO[:1], moment).admit(0).exceeded is None

    assert [place.do(ask, at) for at in (0.0, 1.0, 2.0, 60.5)] == [True, True, False, True]


def test_where_time_stands_still_who_is_refused_has_waited(place: Place) -> None:
    def ask() -> float:
        exceeded = place.state.ledger("k").account(TWO[:1], None).admit(0).exceeded
        return exceeded.reset if exceeded else 0

    assert [place.do(ask) for _ in range(4)] == [0, 0, 60, 0]


def test_what_a_reply_took_is_charged(place: Place) -> None:
    def take() -> list[int]:
        account = place.state.ledger("k").account(TWO, None)
        account.admit(0)
        account.charge(Usage(output=30))
        return [each.remaining for each in place.state.ledger("k").account(TWO, None).state().allowances]

    assert [place.do(take) for _ in range(2)] == [[1, 70], [0, 40]]


# ------------------------------------------------------------------------------------------------ history

USER = Message("user", (Text("Hello"),))


def asked(place: Place, *messages: Message) -> list[str]:
    """The codes of what is told of a conversation."""
    conversation = followed(messages, "system", place.state.mark)
    return [each.code for each in place.do(lambda: tuple(place.state.memory("k").differences(conversation)))]


def say(place: Place, *parts: Text | ToolCall, whole: bool = True) -> None:
    def answer() -> Entry:
        entry = place.journal.open(Http("POST", "/", key="k"), "toy")
        conversation = followed([USER], "system", place.state.mark)
        place.state.memory("k").remember(conversation, parts, entry.delivery.is_whole)
        return entry

    entry = place.do(answer)
    entry.outcome = "complete" if whole else "left"
    place.do(place.journal.close, entry)


def test_a_turn_that_comes_back_as_it_was_said_is_no_finding(place: Place) -> None:
    say(place, Text("Hi"))

    assert asked(place, USER, Message("assistant", (Text("Hi"),)), USER) == []


def test_a_turn_that_comes_back_altered_is_found_by_its_place(place: Place) -> None:
    say(place, Text("Hi"))

    assert asked(place, USER, Message("assistant", (Text("Ho"),)), USER) == ["text_altered"]


def test_a_turn_that_comes_back_altered_is_found_by_the_id_in_it(place: Place) -> None:
    say(place, ToolCall("look", {"at": "x"}, "call_1"))
    came = Message("assistant", (ToolCall("look", {"at": "y"}, "call_1"),))

    assert asked(place, Message("user", (Text("Elsewhere"),)), came, USER) == ["tool_arguments_altered"]


def test_a_turn_that_did_not_reach_the_client_may_come_back_otherwise(place: Place) -> None:
    say(place, Text("Hi there"), whole=False)

    assert asked(place, USER, Message("assistant", (Text("Hi"),)), USER) == []


def test_of_several_turns_at_one_place_each_may_come_back(place: Place) -> None:
    say(place, Text("one"))
    say(place, Text("two"))

    back = [asked(place, USER, Message("assistant", (Text(said),)), USER) for said in ("one", "two", "three")]

    assert back == [[], [], ["text_altered"]]
