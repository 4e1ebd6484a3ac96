"""What is remembered of the latest conversations, with texts for conversations of letters."""

from __future__ import annotations

from itertools import takewhile
from unittest.mock import patch

from mockserver.history import latest
from mockserver.history.latest import Latest, is_gone_on


def kept(*texts: str) -> Latest[str]:
    found: Latest[str] = Latest(len)
    for text in texts:
        found.put(text, len(text))
    return found


def in_common(one: str, other: str) -> int:
    return len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])


def best(known: Latest[str], text: str) -> tuple[str | None, int]:
    return known.best(lambda each, _: in_common(each, text))


def test_the_latest_comes_first() -> None:
    assert [*kept("a", "b", "c")] == ["c", "b", "a"]


def test_what_is_oldest_makes_room_for_what_is_one_too_many_or_too_heavy() -> None:
    with patch.multiple(latest, _CONVERSATIONS=3, _WEIGHT=6):
        assert [*kept("a", "b", "c", "d")] == ["d", "c", "b"]
        assert [*kept("aaa", "bbb", "c")] == ["c", "bbb"]
        assert [*kept("a", "seven..")] == []


def test_what_is_dropped_makes_room_of_its_own() -> None:
    with patch.object(latest, "_WEIGHT", 6):
        known = kept("aaa", "bbb")
        known.drop("bbb")
        known.drop("never there")
        known.put("ccc", 3)

        assert [*known] == ["ccc", "aaa"]


def test_the_best_has_most_in_common() -> None:
    known = kept("abcxxxxx", "abxxxxxx", "axxxxxxx")

    assert best(known, "abcdefgh") == ("abcxxxxx", 3)
    assert best(known, "other") == (None, 0)


def test_nothing_is_looked_at_behind_a_conversation_that_goes_on() -> None:
    known, looked_at = kept("abcd", "abc", "x"), list[str]()

    def noted(each: str, _: int) -> int:
        looked_at.append(each)
        return in_common(each, "abcd")

    assert known.best(noted) == ("abc", 3)
    assert looked_at == ["x", "abc"]


def test_a_conversation_goes_on_where_most_of_it_comes_again() -> None:
    assert is_gone_on(7, 8)
    assert not is_gone_on(6, 8)
