from __future__ import annotations

import pytest

from mockserver.conversation import Http
from mockserver.journal.entries import Entry, Journal
from mockserver.journal.step_log import StepLog
from mockserver.playback.steps import Burst, Head, HeadShape, Ready, Send, WrittenHead, WrittenWhole

SHAPE = HeadShape(Head(200, ()))


def post(key: str, size: int = 1) -> Http:
    return Http("POST", "/", body=b"x" * size, key=key)


def keys(journal: Journal) -> str:
    return "".join(entry.http.key for entry in journal.entries())


def test_entries_are_kept_oldest_first() -> None:
    journal = Journal()

    for key in "abc":
        journal.open(post(key), "toy")

    assert keys(journal) == "abc"


def test_entries_of_one_key_can_be_asked_for() -> None:
    journal = Journal()
    for key in "aba":
        journal.open(post(key), "toy")

    assert len(journal.entries("a")) == 2


def test_the_oldest_go_beyond_the_number_of_entries() -> None:
    journal = Journal(limit=2)

    for key in "abc":
        journal.open(post(key), "toy")

    assert keys(journal) == "bc"


def test_the_oldest_go_beyond_the_bytes_of_bodies() -> None:
    journal = Journal(heaviest=100)

    for key in "abc":
        journal.open(post(key, 40), "toy")

    assert keys(journal) == "bc"


def test_a_key_can_be_forgotten_alone() -> None:
    journal = Journal(heaviest=100)
    for key in "aba":
        journal.open(post(key, 30), "toy")

    journal.clear("a")
    journal.open(post("c", 70), "toy")

    assert keys(journal) == "bc"


def test_exchanges_are_counted_over_all_keys() -> None:
    journal = Journal(limit=2)

    numbers = [journal.open(post(key), "toy").number for key in "aba"]

    assert numbers == [1, 2, 3]
    assert [journal.entry(number) for number in numbers] == [None, *journal.entries()]


def test_an_exchange_tells_when_it_changed_last() -> None:
    journal = Journal()
    first, second = journal.open(post("a"), "toy"), journal.open(post("b"), "toy")

    journal.close(first)

    assert (first.change, second.change, journal.latest) == (3, 2, 3)


async def test_who_listens_is_told_of_every_change() -> None:
    journal, heard = Journal(), list[int]()
    async with journal.heard_by(heard.append, None):
        entry = journal.open(post("a"), "toy")
        journal.open(post("b"), "toy")
        journal.close(entry)
    journal.open(post("c"), "toy")

    assert heard == [1, 2, 1]


async def test_who_listens_for_one_key_is_told_of_no_other() -> None:
    journal, heard = Journal(), list[int]()

    async with journal.heard_by(heard.append, "b"):
        journal.open(post("a"), "toy")
        journal.open(post("b"), "toy")

    assert heard == [2]


async def test_of_what_is_forgotten_nobody_is_told() -> None:
    journal, heard = Journal(), list[int]()
    entry = journal.open(post("a"), "toy")
    journal.clear("a")

    async with journal.heard_by(heard.append, None):
        journal.close(entry)

    assert heard == []


def test_a_key_of_which_all_is_forgotten_has_no_entries() -> None:
    journal = Journal(limit=1)
    journal.open(post("a"), "toy")
    journal.open(post("b"), "toy")

    assert (journal.entries("a"), len(journal.entries("b"))) == ([], 1)
    journal.clear("a")
    journal.clear("b")
    assert journal.entries() == []


@pytest.mark.parametrize(
    "steps",
    [
        (WrittenWhole(WrittenHead(SHAPE, b""), b"tea"),),
        (WrittenHead(SHAPE, b""), Burst((2, 3), b"2\r\nHi\r\n3\r\ntea\r\n")),
    ],
    ids=["whole", "stream"],
)
def test_an_answer_that_was_ready_tells_the_steps_that_it_would_have_been_performed_in(steps: Ready) -> None:
    ready, performed = (Journal().open(post("a"), "toy") for _ in range(2))

    ready.note_ready(steps, 0.25)
    performed.steps.note_all(steps, 0.25)

    assert list(ready.steps) == list(performed.steps)


def test_an_answer_that_was_ready_weighs_the_same_however_many_pieces_it_has() -> None:
    journal = Journal(heaviest=10_000)
    for _ in range(2):
        entry = journal.open(post("a"), "toy")
        entry.note_ready((WrittenHead(SHAPE, b""), Burst((1,) * 1_000, b"")), 0)
        journal.close(entry)

    assert [len(entry.steps) for entry in journal.entries()] == [1_001] * 2


def test_an_exchange_without_a_claim_names_no_scenario() -> None:
    entry = Journal().open(post("a"), "toy")

    assert (entry.scenario, entry.unmet, entry.outcome) == ("", (), "open")


# --------------------------------------------------------------------------------------------- steps


def answered(journal: Journal, key: str, steps: int) -> Entry:
    entry = journal.open(post(key), "toy")
    for _ in range(steps):
        entry.steps.note(Send(b""), 0)
    journal.close(entry)
    return entry


def test_the_steps_of_an_exchange_weigh_when_it_is_over() -> None:
    log = StepLog()
    log.note(Send(b""), 0)
    each = log.weight
    journal = Journal(heaviest=100 * each)

    for key in "abc":
        answered(journal, key, 40)

    assert keys(journal) == "bc"


def test_what_is_forgotten_takes_its_weight_along() -> None:
    log = StepLog()
    log.note(Send(b""), 0)
    each = log.weight
    journal = Journal(heaviest=100 * each)
    answered(journal, "a", 80)

    journal.clear("a")
    answered(journal, "b", 80)
    answered(journal, "c", 10)

    assert keys(journal) == "bc"


def test_an_exchange_that_is_over_when_it_is_forgotten_already_weighs_nothing() -> None:
    log = StepLog()
    log.note(Send(b""), 0)
    each = log.weight
    journal = Journal(limit=1, heaviest=100 * each)
    late = journal.open(post("a"), "toy")
    answered(journal, "b", 80)

    for _ in range(90):
        late.steps.note(Send(b""), 0)
    journal.close(late)

    assert keys(journal) == "b"


def test_an_exchange_that_is_closed_twice_weighs_once() -> None:
    log = StepLog()
    log.note(Send(b""), 0)
    each = log.weight
    journal = Journal(heaviest=100 * each)

    for _ in range(3):
        journal.close(answered(journal, "a", 30))

    assert keys(journal) == "aaa"
