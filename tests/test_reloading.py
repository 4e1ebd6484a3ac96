"""The watch over scenario files, in the loop of the test."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from patience import HANG

from mockserver import reloading as module
from mockserver.assembly import assemble, open_library, sound
from mockserver.reloading import reloading
from mockserver.scenario.files import Library, Loaded, Look
from mockserver.service import Service
from mockserver.settings import Settings

_TICKS = itertools.count(10**18, 10**9)


class Observed:
    """A library of one file, the service that plays it, and what was looked at and loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.write("One.")
        self.library: Library = open_library([file])
        self.service: Service = assemble(sound(self.library.load()), Settings())
        self.looks = self.loads = 0
        self.while_loading: Callable[[], object] = lambda: None
        self._load, self._look = self.library.load, self.library.look
        self.library.load = self.load  # type: ignore[method-assign]  # to count
        self.library.look = self.look  # type: ignore[method-assign]  # to count

    def write(self, reply: str) -> None:
        """In one moment, and a second later than before, whatever the clock of the file system says."""
        new, moment = self.file.with_suffix(".new"), next(_TICKS)
        new.write_text(f"description: {reply}\nreply: {reply}\n", encoding="utf-8")
        os.utime(new, ns=(moment, moment))
        new.replace(self.file)

    def load(self) -> Loaded:
        self.loads += 1
        self.while_loading()
        return self._load()

    def look(self) -> Look:
        self.looks += 1
        return self._look()

    @property
    def served(self) -> str:
        (scenario,) = self.service.engine.scenarios
        return scenario.description

    async def some_looks(self) -> None:
        """Wait until the files were looked at twice more, so that what came before was seen."""
        enough = self.looks + 2
        await until(lambda: self.looks >= enough)


@pytest.fixture
def observed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Observed:
    monkeypatch.setattr(module, "EVERY", 0.01)
    monkeypatch.setattr(module, "SETTLING", 0.005)
    monkeypatch.setattr(logging.getLogger("mockserver"), "propagate", True)  # the command line stops it
    return Observed(tmp_path / "a.yaml")


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANG):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in threads
            await asyncio.sleep(0.002)


def watching(observed: Observed, *, watch: bool = True) -> AbstractAsyncContextManager[None]:
    return reloading(observed.library, observed.service, watch=watch)


async def test_an_edit_is_taken_in(observed: Observed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with watching(observed):
        observed.write("Another.")
        await until(lambda: observed.served == "Another.")

    assert "The scenarios were reloaded: 1 scenario in 1 file, no problems. Changed: a." in caplog.text


async def test_nothing_is_loaded_while_nothing_changes(observed: Observed) -> None:
    async with watching(observed):
        await observed.some_looks()

    assert observed.loads == 0


async def test_a_broken_edit_is_told_once_and_the_last_good_one_is_served(
    observed: Observed, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(observed):
        observed.file.write_text("replly: Hi\n", encoding="utf-8")
        await until(lambda: observed.loads > 0)
        await observed.some_looks()
        assert observed.served == "One."

        observed.write("Mended.")
        await until(lambda: observed.served == "Mended.")

    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "a.yaml:1:1" in told.getMessage()
    assert "did you mean `reply`?" in told.getMessage()


async def test_a_file_that_is_gone_is_told_and_taken_in_when_it_is_back(
    observed: Observed, caplog: pytest.LogCaptureFixture
) -> None:
    async with watching(observed):
        observed.file.unlink()
        await until(lambda: "there is no such file or folder" in caplog.text)
        assert observed.served == "One."

        observed.write("Back.")
        await until(lambda: observed.served == "Back.")


async def test_files_that_are_still_being_written_are_waited_for(
    observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = iter(range(1, 6))
    look = observed.library.look

    def growing() -> Look:
        if (size := next(sizes, None)) is not None:
            observed.write("a" * size)
        return look()

    monkeypatch.setattr(observed.library, "look", growing)
    async with watching(observed):
        await until(lambda: observed.served == "aaaaa")

    assert observed.loads == 1


async def test_files_that_never_settle_are_read_all_the_same(
    observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LOOKS", 3)
    numbers = itertools.count()
    look = observed.library.look

    def always_another() -> Look:
        observed.write("a" * next(numbers))
        return look()

    monkeypatch.setattr(observed.library, "look", always_another)
    async with watching(observed):
        await until(lambda: observed.loads > 1)


async def test_without_a_watch_a_signal_is_waited_for(observed: Observed) -> None:
    async with watching(observed, watch=False):
        observed.write("Two.")
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: observed.served == "Two.")

    assert observed.looks == 0


async def test_a_signal_reads_what_shows_no_change(observed: Observed) -> None:
    before = observed.file.stat()
    observed.write("Two.")
    os.utime(observed.file, ns=(before.st_mtime_ns, before.st_mtime_ns))

    async with watching(observed):
        await observed.some_looks()
        assert observed.served == "One."
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: observed.served == "Two.")


async def test_a_signal_that_comes_while_files_are_loaded_is_not_lost(observed: Observed) -> None:
    def edit() -> None:
        observed.while_loading = lambda: None
        os.kill(os.getpid(), signal.SIGHUP)

    observed.while_loading = edit
    async with watching(observed, watch=False):
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: observed.loads == 2)


async def test_the_loop_goes_on_while_files_are_loaded(observed: Observed) -> None:
    go_on = threading.Event()
    observed.while_loading = lambda: go_on.wait(HANG)
    async with watching(observed):
        observed.write("Two.")
        await until(lambda: observed.loads == 1)
        assert observed.served == "One."  # this runs, so the loop does

        go_on.set()
        await until(lambda: observed.served == "Two.")


async def test_a_bug_does_not_end_the_watch(observed: Observed, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        observed.while_loading = lambda: None
        raise RuntimeError("a bug")

    observed.while_loading = fail
    async with watching(observed):
        observed.write("Two.")
        await until(lambda: observed.served == "Two.")

    assert "the scenarios could not be reloaded" in caplog.text
    assert "a bug" in caplog.text


async def test_afterwards_signals_are_nobodys(observed: Observed) -> None:
    before = signal.getsignal(signal.SIGHUP)
    async with watching(observed):
        pass

    assert signal.getsignal(signal.SIGHUP) == before
