"""How long it takes until a worker is followed by another."""

from __future__ import annotations

from mockserver.workers.restarts import AT_ONCE, MOST_FAILED, SHORT, Restarts


def test_one_that_has_lived_is_replaced_at_once() -> None:
    restarts = Restarts()

    assert [restarts.wait(SHORT + 1, served=True) for _ in range(20)] == [0.0] * 20


def test_those_that_live_short_lives_are_replaced_ever_later() -> None:
    restarts = Restarts()

    waits = [restarts.wait(0.1, served=True) for _ in range(20)]

    assert waits[: AT_ONCE + 3] == [0.0] * AT_ONCE + [0.1, 0.2, 0.4]
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] == 5.0


def test_after_one_that_has_lived_all_is_well_again() -> None:
    restarts = Restarts()
    for _ in range(5):
        restarts.wait(0.1, served=True)

    assert restarts.wait(SHORT + 1, served=True) == 0.0
    assert restarts.wait(0.1, served=True) == 0.0


def test_there_is_no_hope_when_none_comes_to_serve() -> None:
    restarts = Restarts()
    for _ in range(MOST_FAILED - 1):
        restarts.wait(0.1, served=False)
    assert not restarts.is_hopeless

    restarts.wait(0.1, served=False)

    assert restarts.is_hopeless


def test_as_long_as_some_serve_there_is_hope() -> None:
    restarts = Restarts()
    for _ in range(3 * MOST_FAILED):
        restarts.wait(0.1, served=True)
        restarts.wait(0.1, served=False)

    assert not restarts.is_hopeless
