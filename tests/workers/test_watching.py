"""Looks at files between other things, at moments that the test makes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.assembly import open_library
from mockserver.reloading import EVERY, MOST_LOOKS, SETTLING
from mockserver.scenario.files import Library
from mockserver.workers.watching import Watch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text("reply: One.")
    return path


@pytest.fixture
def library(file: Path) -> Library:
    library = open_library([file])
    library.load()
    return library


def test_files_that_are_as_they_were_are_not_read(library: Library) -> None:
    watch = Watch(library, now=0)

    assert not any(watch.settled(number * EVERY) for number in range(10))


def test_files_are_looked_at_from_time_to_time(library: Library) -> None:
    watch = Watch(library, now=0)
    assert watch.wait(0) == EVERY

    watch.settled(EVERY)

    assert watch.wait(EVERY) == EVERY
    assert watch.wait(9 * EVERY) == 0


def test_an_edit_is_read_when_it_has_stayed_as_it_is(library: Library, file: Path) -> None:
    watch = Watch(library, now=0)
    file.write_text("reply: Another.")

    assert not watch.settled(EVERY)
    assert watch.wait(EVERY) == pytest.approx(SETTLING)
    assert watch.settled(EVERY + SETTLING)


def test_an_edit_that_goes_on_is_waited_for(library: Library, file: Path) -> None:
    watch = Watch(library, now=0)
    found = []
    for number in range(5):
        file.write_text(f"reply: {'o' * number}ne.")
        found.append(watch.settled(EVERY + number * 2 * SETTLING))

    assert not any(found)
    assert watch.settled(EVERY + 10 * SETTLING)


def test_an_edit_that_never_ends_is_read_all_the_same(library: Library, file: Path) -> None:
    watch = Watch(library, now=0)
    found = []
    for number in range(MOST_LOOKS + 1):
        file.write_text(f"reply: {'o' * number}ne.")
        found.append(watch.settled(EVERY + number * 2 * SETTLING))

    assert found == [False] * MOST_LOOKS + [True]


def test_an_edit_is_read_once(library: Library, file: Path) -> None:
    watch = Watch(library, now=0)
    file.write_text("reply: Another.")
    watch.settled(EVERY)
    assert watch.settled(EVERY + SETTLING)
    library.load()

    assert not any(watch.settled(2 * EVERY + number * EVERY) for number in range(5))
