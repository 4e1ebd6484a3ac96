"""What a worker and who supervises it say to each other."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from mockserver.workers.line import Line, Word, line


@pytest.fixture
def ends() -> Iterator[tuple[Line, Line]]:
    ours, theirs = line()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_words_are_heard_in_the_order_in_which_they_were_said(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    theirs.tell(Word.READY)
    theirs.tell(Word.HAVE_READ)

    assert ours.hear() == ([Word.READY, Word.HAVE_READ], [])


def test_a_file_is_handed_over_with_a_word(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    with tempfile.TemporaryFile() as file:
        file.write(b"all of it")
        file.flush()
        ours.tell(Word.READ, file.fileno())

    words, (handed,) = theirs.hear()
    assert words == [Word.READ]
    assert os.pread(handed, 100, 0) == b"all of it"
    os.close(handed)


def test_nothing_is_heard_of_who_has_ended(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    theirs.close()

    ours.tell(Word.SERVE)

    assert ours.hear() == ([], [])


def test_who_says_nothing_is_not_waited_for_without_end(ends: tuple[Line, Line]) -> None:
    with pytest.raises(TimeoutError):
        ends[0].hear(seconds=0.01)
