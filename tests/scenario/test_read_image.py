"""Images: drawn, or read from a file beside the scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.scenario.files import Loaded, load, load_text
from mockserver.scenario.model import ImagePart, ReplyOutcome
from mockserver.scenario.read_image import LARGEST_FILE


def load_image(folder: Path, image: str) -> Loaded:
    (folder / "a.yaml").write_text(f"reply: [image: {image}]")
    return load([folder / "a.yaml"], ())


def image_of(loaded: Loaded) -> ImagePart:
    assert loaded.problems == ()
    outcome = loaded.scenarios[0].turns[0].attempts[0].outcome
    assert isinstance(outcome, ReplyOutcome)
    (part,) = outcome.parts
    assert isinstance(part, ImagePart)
    return part


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.png", "image/png"),
        ("a.JPG", "image/jpeg"),
        ("a.jpeg", "image/jpeg"),
        ("a.gif", "image/gif"),
        ("a.webp", "image/webp"),
    ],
)
def test_a_file_s_media_type_follows_from_its_suffix(tmp_path: Path, name: str, media_type: str) -> None:
    (tmp_path / name).write_bytes(b"x")

    assert image_of(load_image(tmp_path, name)) == ImagePart(media_type, "eA==")


def test_a_path_is_relative_to_the_scenario_file(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"x")

    assert image_of(load_image(tmp_path, "pictures/a.png")).data == "eA=="


@pytest.mark.parametrize("size", ["1x1", "2048x2048"])
def test_a_size_is_drawn(tmp_path: Path, size: str) -> None:
    part = image_of(load_image(tmp_path, size))

    assert (part.data, f"{part.width}x{part.height}") == ("", size)


@pytest.mark.parametrize(
    ("image", "what"),
    [
        ("0x1", "0x1 is out of bounds"),
        ("1x2049", "1x2049 is out of bounds"),
        ("a.txt", "`a.txt` is neither a size nor a picture"),
        ("256", "`256` is neither a size nor a picture"),
        ("folder.png", "there is no file"),
        ("empty.png", "a picture of 0 bytes"),
        ("huge.png", "a picture of 20,971,521 bytes"),
        ('"a\\0.png"', "there is no file"),
        (f"{'a' * 300}.png", "cannot read"),
        ("", "expected a size such as 256x256, or the path of a picture, found nothing"),
    ],
)
def test_anything_else_is_a_problem(tmp_path: Path, image: str, what: str) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "empty.png").touch()
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    (problem,) = load_image(tmp_path, image).problems

    assert problem.what.startswith(f"`image`: {what}")


def test_a_text_without_folder_cannot_name_a_file(tmp_path: Path) -> None:
    (problem,) = load_text("reply: [image: a.png]", "script", ()).problems

    assert problem.what == "`image`: only a scenario in a file can name a picture file"


def test_a_text_with_a_folder_can_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")

    assert image_of(load_text("reply: [image: a.png]", "script", (), tmp_path)).data == "eA=="
