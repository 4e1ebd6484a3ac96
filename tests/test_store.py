from __future__ import annotations

from mockserver.store import Bounded, Counts


def test_the_entry_used_longest_ago_goes_first() -> None:
    entries: Bounded[str, int] = Bounded(2)
    entries.put("a", 1)
    entries.put("b", 2)
    entries.get("a")

    entries.put("c", 3)

    assert [entries.get(key) for key in "abc"] == [1, None, 3]


def test_a_missing_entry_is_made_once() -> None:
    entries: Bounded[str, list[int]] = Bounded(2)

    entries.setdefault("a", list).append(1)

    assert entries.setdefault("a", list) == [1]


def test_an_entry_can_be_dropped_once() -> None:
    entries: Bounded[str, int] = Bounded(2)
    entries.put("a", 1)

    assert [entries.drop("a"), entries.drop("a"), len(entries)] == [True, False, 0]


def test_the_weight_of_all_entries_is_bounded_too() -> None:
    entries: Bounded[str, int] = Bounded(10, heaviest=100)
    entries.put("a", 1, weight=60)
    entries.put("a", 1, weight=40)
    entries.put("b", 2, weight=50)

    entries.put("c", 3, weight=20)

    assert [entries.get(key) for key in "abc"] == [None, 2, 3]


def test_an_entry_weighs_what_was_said_of_it() -> None:
    entries: Bounded[str, int] = Bounded(10)
    entries.put("a", 1, weight=60)

    assert [entries.weight(key) for key in "ab"] == [60, 0]


def test_an_entry_heavier_than_all_that_is_allowed_is_not_kept_and_drives_nothing_out() -> None:
    entries: Bounded[str, int] = Bounded(10, heaviest=100)
    entries.put("a", 1, weight=50)
    entries.put("b", 2, weight=50)

    entries.put("b", 3, weight=101)

    assert [entries.get("a"), entries.get("b")] == [1, None]


def test_what_is_not_there_any_more_is_counted() -> None:
    entries: Bounded[str, str] = Bounded(2, heaviest=100)

    def losses_of(key: str, value: str, weight: int = 1) -> int:
        before = entries.losses
        entries.put(key, value, weight)
        return entries.losses - before

    assert [losses_of("a", "one"), losses_of("a", "one"), losses_of("a", "two")] == [0, 0, 1]
    assert [losses_of("b", "one"), losses_of("c", "one")] == [0, 1]
    assert [losses_of("c", "one", 101), losses_of("d", "one", 101)] == [1, 0]
    entries.drop("b")
    assert entries.losses == 4


def test_counts_go_on_until_they_are_forgotten() -> None:
    counts: Counts[str] = Counts(2)

    assert [counts.add("a"), counts.add("a"), counts.add("a", -1), counts.add("b")] == [1, 2, 1, 1]


def test_what_was_counted_longest_ago_is_forgotten_first() -> None:
    counts: Counts[str] = Counts(2)
    for name in "abac":
        counts.add(name)

    assert [counts.add("a"), counts.add("b")] == [3, 1]
