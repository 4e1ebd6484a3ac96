"""Scenario files that are loaded again and again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from mockserver.scenario.files import Library, Loaded

PICTURE = "reply: [{image: picture.png}]\n"
_TICKS: Iterator[int] = count(1_700_000_000_000_000_000, 1_000_000_000)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two scenarios, one of them in a folder below."""
    monkeypatch.chdir(tmp_path)
    write("a.yaml")
    write("below/b.yaml")
    return tmp_path


@pytest.fixture
def library(folder: Path) -> Library:
    library = Library(["."], ())
    library.load()
    return library


def write(name: str, text: str = "reply: Hello!\n") -> None:
    """Write a file a second later than the one before, whatever the clock of the file system says."""
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    moment = next(_TICKS)
    os.utime(path, ns=(moment, moment))


def has_changed(library: Library) -> bool:
    return library.look() != library.seen


def names(loaded: Loaded) -> list[str]:
    return [scenario.name for scenario in loaded.scenarios]


def remove_folder() -> None:
    Path("below/b.yaml").unlink()
    Path("below").rmdir()


def rename() -> None:
    Path("a.yaml").rename("c.yaml")


CHANGES = [
    pytest.param(lambda: write("a.yaml", "reply: Bye!!!\n"), ["a", "b"], id="written, of the same size"),
    pytest.param(lambda: write("c.yaml"), ["a", "b", "c"], id="new"),
    pytest.param(lambda: write("new/c.yml"), ["a", "b", "c"], id="new in a new folder"),
    pytest.param(lambda: Path("a.yaml").unlink(), ["b"], id="deleted"),
    pytest.param(remove_folder, ["a"], id="its folder deleted"),
    pytest.param(rename, ["b", "c"], id="renamed"),
]


def test_a_library_nobody_has_touched_has_not_changed(library: Library) -> None:
    assert not has_changed(library)


@pytest.mark.parametrize(("change", "then"), CHANGES)
def test_a_change_is_seen_and_loaded(library: Library, change: Callable[[], object], then: list[str]) -> None:
    change()

    assert has_changed(library)
    assert names(library.load()) == then
    assert not has_changed(library)


def test_other_files_are_no_change(library: Library) -> None:
    write("notes.md")
    write(".hidden.yaml")
    write("picture.png")

    assert not has_changed(library)


def test_what_has_not_changed_is_not_read_again(library: Library) -> None:
    first, second = library.load().scenarios
    write("below/b.yaml", "reply: Bye!\n")

    again, changed = library.load().scenarios

    assert again is first
    assert changed != second


def test_a_file_that_was_only_touched_is_what_it_was(library: Library) -> None:
    before = library.load().scenarios
    write("a.yaml")

    assert has_changed(library)
    after = library.load().scenarios

    assert [id(scenario) for scenario in after] == [id(scenario) for scenario in before]
    assert not has_changed(library)


def test_a_broken_file_that_was_only_touched_is_told_again(library: Library) -> None:
    write("a.yaml", "replly: x\n")
    first = library.load().problems
    write("a.yaml", "replly: x\n")

    assert library.load().problems == first != ()


def test_all_is_read_again_where_looks_are_not_trusted(library: Library) -> None:
    times = Path("a.yaml").stat()
    Path("a.yaml").write_text("reply: Hullo!\n", encoding="utf-8")
    os.utime("a.yaml", ns=(times.st_mtime_ns, times.st_mtime_ns))
    before = library.load().scenarios[0]

    assert library.load().scenarios[0] is before
    library.distrust()

    assert library.load().scenarios[0] != before


def test_a_picture_that_a_scenario_names_is_looked_at_wherever_it_is(folder: Path) -> None:
    write("picture.png", "one")
    write("below/b.yaml", PICTURE.replace("picture", "../picture"))
    library = Library(["below"], ())
    before = library.load().scenarios

    write("picture.png", "two")

    assert has_changed(library)
    assert library.load().scenarios != before
    assert not has_changed(library)


def test_a_picture_is_read_again_where_looks_are_not_trusted(library: Library) -> None:
    write("picture.png", "one")
    write("a.yaml", PICTURE)
    before = library.load().scenarios
    times = Path("picture.png").stat()
    Path("picture.png").write_text("two", encoding="utf-8")
    os.utime("picture.png", ns=(times.st_mtime_ns, times.st_mtime_ns))

    library.distrust()

    assert library.load().scenarios != before


def test_a_picture_that_was_missing_is_waited_for(library: Library) -> None:
    write("a.yaml", PICTURE)
    assert len(library.load().problems) == 1
    assert not has_changed(library)

    write("picture.png", "one")

    assert has_changed(library)
    assert library.load().problems == ()


def test_a_file_with_a_problem_is_told_until_it_is_mended(library: Library) -> None:
    write("a.yaml", "replly: x\n")
    first, second = library.load().problems, library.load().problems
    write("a.yaml")

    assert [problem.place.file for problem in first] == ["a.yaml"]
    assert first == second
    assert library.load().problems == ()


def test_a_name_that_is_taken_is_told_though_neither_file_is_read_again(library: Library) -> None:
    write("c.yaml", "scenario: a\nreply: x\n")
    library.load()

    (problem,) = library.load().problems

    assert "is taken by a.yaml" in problem.what


def test_a_path_that_is_gone_is_told_and_waited_for(folder: Path) -> None:
    library = Library(["a.yaml", "below"], ())
    library.load()
    remove_folder()

    assert has_changed(library)
    (problem,) = library.load().problems
    assert problem.what == "there is no such file or folder"
    assert not has_changed(library)
    write("below/b.yaml")
    assert has_changed(library)


def test_a_file_that_may_be_read_again_is_a_change(library: Library) -> None:
    Path("a.yaml").chmod(0o200)
    assert has_changed(library)
    library.load()

    Path("a.yaml").chmod(0o600)

    assert has_changed(library)


def test_a_link_that_points_elsewhere_now_is_a_change(folder: Path) -> None:
    write("one/a.yaml")
    write("two/a.yaml")
    Path("current").symlink_to("one")
    library = Library(["current"], ())
    library.load()

    Path("next").symlink_to("two")
    Path("next").rename("current")

    assert has_changed(library)
