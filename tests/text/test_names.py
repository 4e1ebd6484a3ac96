"""Names and sentences as words."""

from __future__ import annotations

import pytest

from mockserver.text.names import singular, words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("get_weather", ["get", "weather"]),
        ("getWeather", ["get", "weather"]),
        ("HTTPServer.start-now", ["http", "server", "start", "now"]),
        ("user2Id", ["user2", "id"]),
        ("What's the weather?", ["what", "s", "the", "weather"]),
        ("météo_Zürich", ["météo", "zürich"]),
        ("", []),
    ],
)
def test_a_name_is_parted_into_words(name: str, parts: list[str]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("files", "file"),
        ("cities", "city"),
        ("boxes", "box"),
        ("matches", "match"),
        ("classes", "class"),
        ("class", "class"),
        ("status", "status"),
        ("this", "this"),
        ("is", "is"),
        ("s", "s"),
        ("weather", "weather"),
    ],
)
def test_a_plural_is_folded(plural: str, one: str) -> None:
    assert singular(plural) == one
