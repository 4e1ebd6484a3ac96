"""The pacer with things that only note when they went on, on both loops."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter, sleep

import pytest
from patience import HANG
from server.stepped import LOOPS

from mockserver.server.pacing import TURN, Pacer


class Noted:
    """Notes when it went on, and in which order; goes on again as often as it is told to."""

    def __init__(self, went_on: list[str], name: str = "", act: Callable[[], None] = lambda: None) -> None:
        self.moment = 0.0
        self._went_on = went_on
        self._name = name
        self._act = act

    def go_on(self) -> None:
        self.moment = perf_counter()
        self._went_on.append(self._name)
        self._act()


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Runs what the test is, on a loop."""

    def in_loop(test: Callable[[], Awaitable[None]]) -> None:
        async def whole() -> None:
            await test()

        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            runner.run(whole())

    return in_loop


Run = Callable[[Callable[[], Awaitable[None]]], None]


async def until(went_on: list[str], count: int) -> None:
    async with asyncio.timeout(HANG):
        while len(went_on) < count:  # noqa: ASYNC110 - the pacer is what is waited for
            await asyncio.sleep(0.001)
    assert len(went_on) == count


def test_nothing_goes_on_before_its_moment(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer, began = Pacer(), perf_counter()
        moments = {Noted(went_on): began + at * 0.00037 for at in range(200)}
        for paced, moment in moments.items():
            pacer.at(moment, paced)

        await until(went_on, 200)

        assert all(paced.moment >= moment for paced, moment in moments.items())

    run(test)


def test_who_is_due_earlier_goes_on_first(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer, began = Pacer(), perf_counter()
        for name, after in (("c", 0.03), ("a", 0.01), ("b", 0.02)):
            pacer.at(began + after, Noted(went_on, name))

        await until(went_on, 3)

        assert went_on == ["a", "b", "c"]

    run(test)


def test_a_moment_that_is_past_is_now(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        Pacer().at(perf_counter() - 1, Noted(went_on))

        await until(went_on, 1)

    run(test)


def test_what_goes_on_may_wait_again_for_a_moment_that_is_past(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer, began = Pacer(), perf_counter()

        def again() -> None:
            if len(went_on) < 10:
                pacer.at(began - 1, paced)

        paced = Noted(went_on, "again", again)
        pacer.at(began, paced)
        pacer.at(began, Noted(went_on, "other"))

        await until(went_on, 10)

        assert went_on.count("other") == 1

    run(test)


def test_others_have_the_loop_while_many_go_on(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer, began = Pacer(), perf_counter()
        for _ in range(20):
            pacer.at(began, Noted(went_on, act=lambda: sleep(TURN)))
        turns = 0
        while len(went_on) < 20:
            await asyncio.sleep(0)
            turns += 1

        assert turns >= 10

    run(test)


def test_who_fails_to_go_on_keeps_no_other_from_it(run: Run) -> None:
    def fail() -> None:
        raise OSError("lost")

    async def test() -> None:
        went_on, failed, pacer = list[str](), list[dict[str, object]](), Pacer()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
        pacer.at(perf_counter(), Noted(went_on, "one that fails", fail))
        pacer.at(perf_counter() + 0.01, Noted(went_on, "another"))

        await until(went_on, 2)

        assert went_on == ["one that fails", "another"]
        assert [str(context["exception"]) for context in failed] == ["lost"]

    run(test)


def test_who_is_late_goes_on_before_something_else_takes_long(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer = Pacer()
        pacer.at(perf_counter() + 0.001, Noted(went_on))
        pacer.at(perf_counter() + 60, Noted(went_on))
        sleep(0.005)  # noqa: ASYNC251 - the loop is busy

        pacer.catch_up(perf_counter())

        assert went_on == [""]

    run(test)


def test_what_is_forgotten_does_not_go_on_and_leaves_nothing(run: Run) -> None:
    async def test() -> None:
        went_on: list[str] = []
        pacer, now = Pacer(), perf_counter()
        blocks = 0
        for round_ in range(3):
            waiting = [Noted(went_on) for _ in range(3000)]
            for act in (pacer.at, pacer.forget):
                for at, paced in enumerate(waiting):
                    act(now + 0.01 + at, paced)
            del waiting, paced
            if round_ == 0:
                blocks = sys.getallocatedblocks()

        assert sys.getallocatedblocks() - blocks < 500
        pacer.at(now, Noted(went_on))
        await until(went_on, 1)

    run(test)
