"""What a client sends along, by address or in a data URL."""

from __future__ import annotations

import pytest

from mockserver.conversation import Attachment
from mockserver.protocols.openai.attachments import attachment_of, audio_of, file_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("data:image/png;base64,aGk=", Attachment("image/png", data="aGk=")),
        ("data:image/png;name=a.png;base64,aGk=", Attachment("image/png", data="aGk=")),
        ("data:;base64,aGk=", Attachment("image/*", data="aGk=")),
        ("data:image/svg+xml,%3Csvg/%3E", Attachment("image/svg+xml", data="PHN2Zy8+")),
        ("data:image/png", Attachment("image/*", url="data:image/png")),
        ("https://x.test/a,b.png", Attachment("image/*", url="https://x.test/a,b.png")),
        ("file_1", Attachment("image/*", url="file_1")),
    ],
)
def test_a_source_is_an_address_or_holds_the_data(source: str, expected: Attachment) -> None:
    assert attachment_of(source, "image/*") == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("aGk=", Attachment("application/octet-stream", data="aGk=")),
        ("data:text/plain;base64,aGk=", Attachment("text/plain", data="aGk=")),
    ],
)
def test_the_data_of_a_file_may_tell_its_type(data: str, expected: Attachment) -> None:
    assert file_of(data) == expected


@pytest.mark.parametrize(("kind", "media_type"), [("wav", "audio/wav"), ("mp3", "audio/mpeg")])
def test_audio_has_the_media_type_of_its_format(kind: str, media_type: str) -> None:
    assert audio_of("aGk=", kind) == Attachment(media_type, data="aGk=")
