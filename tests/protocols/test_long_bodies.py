"""How a body is cut at the entries of its list, and what of it is known where it begins like one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import orjson
import pytest

from mockserver.conversation import Json, JsonObject
from mockserver.history import latest
from mockserver.protocols import long_bodies
from mockserver.protocols.json_body import DEEPEST, Unreadable, parse_object
from mockserver.protocols.long_bodies import (
    Beginnings,
    chosen,
    each,
    is_right,
    new_in,
    of_rest,
    same_as_before,
)


class Contract:
    """What bodies are right by here."""


def right(entries: list[JsonObject]) -> list[JsonObject] | None:
    """Entries are right here but for those with a `fault`."""
    return None if any("fault" in entry for entry in entries) else entries


@pytest.fixture(autouse=True)
def _every_body_is_long() -> Iterator[None]:
    with patch.multiple(long_bodies, LONG=0, _ALIKE=8):
        yield


@pytest.fixture
def beginnings() -> Beginnings:
    return Beginnings("said", right)


def body(*entries: Json, **more: Json) -> bytes:
    return orjson.dumps({"model": "m", "said": entries, **more})


def entry(number: int) -> JsonObject:
    return {"number": number, "text": f"Entry {number}, in which {{ and ] stand."}


def parsed(beginnings: Beginnings, text: bytes) -> JsonObject:
    found = beginnings.parse(text)
    assert not isinstance(found, Unreadable)
    return found


def keep(beginnings: Beginnings, *texts: bytes) -> None:
    for text in texts:
        beginnings.keep(parsed(beginnings, text), Contract)


def same(beginnings: Beginnings, text: bytes) -> int:
    return same_as_before(parsed(beginnings, text)["said"])


# ----------------------------------------------------------------------------------------- what is the same


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        ((0, 1, 2, 3), 3),
        ((0, 1, 2), 3),
        ((0, 1), 2),
        ((0, 1, 3), 2),
        ((0, 2), 1),
        ((1, 2), 0),
    ],
)
def test_the_first_entries_are_the_same(beginnings: Beginnings, entries: Sequence[int], count: int) -> None:
    keep(beginnings, body(*map(entry, range(3))))

    text = body(*map(entry, entries))

    assert same(beginnings, text) == count
    assert parsed(beginnings, text) == orjson.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        body(entry(0), entry(1), tools=[1]),
        b'{"said":' + orjson.dumps([entry(0), entry(1)]) + b',"model":"m"}',
        body(entry(0), entry(1)).replace(b'"m"', b'"n"'),
        body(entry(0), entry(1)) + b" ",
    ],
)
def test_nothing_is_known_where_anything_else_differs(beginnings: Beginnings, text: bytes) -> None:
    keep(beginnings, body(entry(0)))

    assert same(beginnings, text) == 0


def test_white_space_and_escapes_are_kept_apart_with_the_entries(beginnings: Beginnings) -> None:
    def spaced(*entries: Json) -> bytes:
        written = b" ,\n  ".join(orjson.dumps(entry).replace(b"Entry", b"\\u0045ntry") for entry in entries)
        return b'{ "model": "m",\t"said" : [\n  ' + written + b'\r\n], "tools": [ {"a": [1]} ] }\n'

    keep(beginnings, spaced(entry(0), entry(1)))
    text = spaced(entry(0), entry(1), entry(2))

    assert same(beginnings, text) == 2
    assert parsed(beginnings, text) == orjson.loads(text)


def test_what_a_body_with_something_to_find_begins_with_is_not_known(beginnings: Beginnings) -> None:
    parsed(beginnings, body(entry(0)))  # and not kept

    assert same(beginnings, body(entry(0), entry(1))) == 0


def test_a_body_is_right_as_soon_as_its_new_entries_are(beginnings: Beginnings) -> None:
    keep(beginnings, body(entry(0)))

    assert is_right(Contract, parsed(beginnings, body(entry(0), entry(1))))
    assert not is_right(Contract, parsed(beginnings, body(entry(0), {"fault": 1})))
    assert not is_right(Contract, parsed(beginnings, body(entry(5))))
    assert not is_right(str, parsed(beginnings, body(entry(0), entry(1))))


def test_of_several_bodies_the_most_alike_is_gone_on_from(beginnings: Beginnings) -> None:
    keep(beginnings, body(*map(entry, range(9))), body(*map(entry, (0, 1, 2, 30, 31, 32, 33, 34))))

    assert same(beginnings, body(*map(entry, range(10)))) == 9


def test_a_short_body_is_parsed_as_any_other() -> None:
    with patch.object(long_bodies, "LONG", 1_000):
        beginnings = Beginnings("said", right)
        keep(beginnings, body(entry(0)))

        assert same(beginnings, body(entry(0))) == 0


# -------------------------------------------------------------------------------------- what looks the same

KNOWN = body(entry(0), entry(1), tools=[{"said": [{"a": 1}]}])
HEAD, TAIL = KNOWN.split(orjson.dumps(entry(1)))


@pytest.mark.parametrize(
    "middle",
    [
        b"",
        b"\x0b" + orjson.dumps(entry(2)),
        orjson.dumps(entry(2)) + b",",
        orjson.dumps(entry(2)) + b"]",
        orjson.dumps(entry(2)) + b',"a"',
        orjson.dumps(entry(2)) + b"," + b'{"a":1',
        orjson.dumps(entry(2)) + b'],"more":[{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"1",
        b'{"a":01}',
        b" ",
    ],
)
def test_whatever_stands_behind_known_entries_is_read_as_by_itself(
    beginnings: Beginnings, middle: bytes
) -> None:
    keep(beginnings, KNOWN)

    text = HEAD + middle + TAIL

    assert beginnings.parse(text) == parse_object(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"other":{"said":[{"a":1}]},"said":[{"a":1}]}',
        b'{"said":[{"a":1}],"said":[{"a":1}]}',
        b'{"said":[{"a":1}],"said":[]}',
        b'{"text":"\\"said\\":[{\\"a\\":1}]","said":[{"a":1}]}',
        b'{"sa\\u0069d":[{"a":1}]}',
        b'{"said":[{"said":[{"a":1}]},{"a":1}]}',
    ],
)
def test_a_list_that_stands_there_twice_is_not_taken_for_the_other(
    beginnings: Beginnings, text: bytes
) -> None:
    keep(beginnings, text)

    for longer in (text.replace(b'{"a":1}]', b'{"a":1},{"b":2}]', 1), text.replace(b"}]", b'},{"b":2}]')):
        assert beginnings.parse(longer) == parse_object(longer)


def test_an_entry_that_reaches_into_what_follows_the_list_is_none_of_it(beginnings: Beginnings) -> None:
    tail = '],"tools":[1]}'
    keep(beginnings, body({"a": 1}, {"text": tail}, tools=[1]))

    text = b'{"model":"m","said":[{"a":1},{"text":"' + tail.encode()

    assert beginnings.parse(text) == parse_object(text)


# -------------------------------------------------------------------------------------- what is worked out


def test_what_follows_from_known_entries_is_not_worked_out_again(beginnings: Beginnings) -> None:
    asked: list[int] = []

    def told(entry: JsonObject, at: int) -> str:
        asked.append(at)
        return f"{at}: {entry['number']}"

    first = parsed(beginnings, body(entry(0), entry(1)))
    each(first["said"], told)
    beginnings.keep(first, Contract)
    second = parsed(beginnings, body(entry(0), entry(7), entry(8)))

    assert list(each(second["said"], told)) == ["0: 0", "1: 7", "2: 8"]
    assert asked == [0, 1, 1, 2]


def test_few_entries_are_chosen_and_known_ones_not_looked_at_again(beginnings: Beginnings) -> None:
    asked: list[Json] = []

    def is_odd(entry: JsonObject) -> bool:
        asked.append(entry["number"])
        return bool(entry["number"] % 2)

    first = parsed(beginnings, body(*map(entry, (0, 1, 2, 3))))
    assert chosen(first["said"], is_odd) == [entry(1), entry(3)]
    beginnings.keep(first, Contract)
    second = parsed(beginnings, body(*map(entry, (0, 1, 2, 5, 6))))

    assert chosen(second["said"], is_odd) == chosen(second["said"], is_odd) == [entry(1), entry(5)]
    assert asked == [0, 1, 2, 3, 5, 6]
    assert chosen([entry(6), entry(7)], is_odd) == [entry(7)]


def test_what_follows_from_all_but_the_list_is_worked_out_once(beginnings: Beginnings) -> None:
    asked: list[Json] = []

    def told(body: JsonObject) -> str:
        asked.append(body)
        return f"It is {body['model']}."

    keep(beginnings, body(entry(0)))

    for text in (body(entry(0), entry(1)), body(entry(0), entry(2))):
        assert of_rest(parsed(beginnings, text), told) == "It is m."
    assert len(asked) == 1


def test_only_new_entries_may_be_at_fault_by_themselves(beginnings: Beginnings) -> None:
    keep(beginnings, body(entry(0)))

    found = parsed(beginnings, body(entry(0), entry(1)))

    assert list(new_in(found["said"])) == [(1, entry(1))]


# -------------------------------------------------------------------------------------------------- bounds


def test_so_many_bodies_are_known_and_no_more(beginnings: Beginnings) -> None:
    keep(beginnings, *(body({"conversation": number}) for number in range(65)))

    known = [same(beginnings, body({"conversation": number}, entry(0))) for number in range(65)]

    assert sum(known) == 64


def test_so_many_bytes_are_known_and_no_more(beginnings: Beginnings) -> None:
    with patch.object(latest, "_WEIGHT", 3 * len(body({"conversation": 0}))):
        keep(beginnings, *(body({"conversation": number}) for number in range(9)))

        known = [same(beginnings, body({"conversation": number}, entry(0))) for number in range(9)]

    assert known == [0, 0, 0, 0, 0, 0, 1, 1, 1]


def test_a_conversation_that_goes_on_takes_one_place(beginnings: Beginnings) -> None:
    keep(beginnings, body({"other": 1}))
    keep(beginnings, *(body(*map(entry, range(1, length))) for length in range(2, 40)))

    assert same(beginnings, body({"other": 1}, entry(0))) == 1


def test_a_list_of_very_many_entries_is_read_by_itself(beginnings: Beginnings) -> None:
    many = [{"n": 1}] * 10_000
    keep(beginnings, body(*many))

    assert same(beginnings, body(*many)) == 10_000
    assert same(beginnings, body(*many, {"n": 1})) == 0


def test_threads_do_not_share_the_bodies_they_know(beginnings: Beginnings) -> None:
    text = body(entry(0), entry(1))
    with ThreadPoolExecutor(1) as other:
        other.submit(keep, beginnings, text).result()

        assert other.submit(same, beginnings, text).result() == 2
        assert same(beginnings, text) == 0
