"""What `usageMetadata` tells beyond the counts of a reply; how it stands in answers is seen with them."""

from __future__ import annotations

import pytest

from mockserver.protocols.gemini.usage import modality


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("image/png", "IMAGE"),
        ("video/mp4", "VIDEO"),
        ("audio/wav", "AUDIO"),
        ("application/pdf", "DOCUMENT"),
        ("text/plain", "DOCUMENT"),
        ("", "DOCUMENT"),
    ],
)
def test_a_file_has_a_modality(media_type: str, expected: str) -> None:
    assert modality(media_type) == expected
