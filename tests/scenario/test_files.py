"""Finding files, and loading them all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from mockserver.scenario.files import LARGEST_FILE, Loaded, load, load_text, report


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("reply: Hello!\n")


def names(loaded: Loaded) -> list[str]:
    return [scenario.name for scenario in loaded.scenarios]


def told(paths: Sequence[str | Path]) -> list[str]:
    return [f"{problem.place.file}: {problem.what}" for problem in load(paths, ()).problems]


def test_a_folder_is_read_recursively_sorted_by_path(folder: Path) -> None:
    write(folder, "b.yaml", "a.yml", "b/d.yaml", "a/z.yaml", "c.yaml")

    assert load(["."], ()).files == ("a/z.yaml", "a.yml", "b/d.yaml", "b.yaml", "c.yaml")


def test_hidden_and_other_files_are_passed_over(folder: Path) -> None:
    write(folder, "a.yaml", ".b.yaml", ".c/d.yaml", "e.json", "README.md")

    assert names(load([folder], ())) == ["a"]


def test_a_file_may_have_any_name(folder: Path) -> None:
    write(folder, ".scenario.txt")

    assert names(load([".scenario.txt"], ())) == [".scenario"]


def test_paths_are_read_in_the_order_given(folder: Path) -> None:
    write(folder, "a.yaml", "b.yaml")

    assert names(load(["b.yaml", "a.yaml"], ())) == ["b", "a"]


def test_a_file_found_twice_is_read_once(folder: Path) -> None:
    write(folder, "a.yaml", "b.yaml")

    assert names(load(["b.yaml", ".", "./a.yaml"], ())) == ["b", "a"]


def test_a_linked_folder_is_read(folder: Path) -> None:
    write(folder, "real/a.yaml")
    (folder / "main").mkdir()
    (folder / "main" / "link").symlink_to(folder / "real")

    assert names(load(["main"], ())) == ["a"]


def test_a_link_to_a_folder_above_is_not_followed(folder: Path) -> None:
    write(folder, "main/a.yaml")
    (folder / "main" / "link").symlink_to(folder / "main")

    assert names(load(["main"], ())) == ["a"]


def test_a_missing_path_is_a_problem(folder: Path) -> None:
    assert told(["nowhere", "nowhere.yaml", "a\0b", "a" * 300]) == [
        "nowhere: there is no such file or folder",
        "nowhere.yaml: there is no such file or folder",
        "a\0b: there is no such file or folder",
        f"{'a' * 300}: it cannot be read: File name too long",
    ]


def test_a_folder_without_scenarios_is_a_problem(folder: Path) -> None:
    write(folder, "README.md")

    assert told(["."]) == [".: there is no scenario file in this folder"]


def test_a_link_that_leads_to_itself_is_a_problem(folder: Path) -> None:
    (folder / "a.yaml").symlink_to(folder / "a.yaml")

    assert told(["."]) == ["a.yaml: this is neither a file nor a folder"]


def test_a_link_to_nowhere_is_a_problem(folder: Path) -> None:
    (folder / "a.yaml").symlink_to(folder / "nowhere")

    assert told(["."]) == ["a.yaml: this is neither a file nor a folder"]


def test_a_pipe_is_a_problem_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "a.yaml")

    assert told(["a.yaml"]) == ["a.yaml: this is neither a file nor a folder"]


def test_a_file_that_may_not_be_read_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "a.yaml")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert told(["a.yaml"]) == ["a.yaml: it cannot be read: Permission denied"]


def test_a_huge_file_is_a_problem(folder: Path) -> None:
    with (folder / "a.yaml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    assert told(["a.yaml"]) == ["a.yaml: a file of 16,777,217 bytes is too large for a scenario"]


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n", "---\n---\n", "\ufeff"])
def test_a_file_without_any_document_is_a_problem(folder: Path, text: str) -> None:
    (folder / "a.yaml").write_text(text)

    assert told(["a.yaml"]) == ["a.yaml: there is no scenario in this file"]


def test_a_name_in_two_files_is_a_problem_that_names_both(folder: Path) -> None:
    write(folder, "x/a.yaml", "y/a.yaml")

    assert told(["."]) == ["y/a.yaml: the name `a` is taken by x/a.yaml:1:1"]


def test_the_problems_of_all_files_are_told_in_order(folder: Path) -> None:
    (folder / "b.yaml").write_text("reply: x\nfinish: y\nusage: z\n")
    (folder / "a.yaml").write_text("repyl: x\n")
    write(folder, "c.yaml")

    assert [str(problem.place) for problem in load(["."], ()).problems] == [
        "a.yaml:1:1",
        "b.yaml:2:9",
        "b.yaml:3:8",
    ]


def test_good_files_are_loaded_beside_bad_ones(folder: Path) -> None:
    (folder / "b.yaml").write_text("repyl: x\n")
    write(folder, "a.yaml", "c.yaml")

    assert names(load(["."], ())) == ["a", "c"]


def test_a_text_is_loaded_under_a_name() -> None:
    loaded = load_text("\ufeffreply: Hello!", "folder/hello.yaml", ())

    assert (names(loaded), loaded.files) == (["hello"], ("folder/hello.yaml",))


def test_a_good_load_is_reported_in_one_line(folder: Path) -> None:
    write(folder, "a.yaml")
    (folder / "b.yaml").write_text("scenario: b\nreply: x\n---\nscenario: c\nreply: x\n")

    assert report(load(["a.yaml"], ())) == "1 scenario in 1 file, no problems."
    assert report(load(["."], ())) == "3 scenarios in 2 files, no problems."


def test_problems_are_reported_with_their_number(folder: Path) -> None:
    (folder / "a.yaml").write_text("reply: x\nfinish: y\nafter: z\n")

    assert report(load(["a.yaml", "nowhere"], ())).endswith("\n\n3 problems in 2 files.")
