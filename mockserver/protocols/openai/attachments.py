"""Images, audio and files that a client sends: as an address, an id, or right in a data URL.

Mirrors "Images and vision" and "File inputs" of the OpenAI guides (2026-11).
"""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import unquote_to_bytes

from mockserver.conversation import Attachment

IMAGE = "image/*"
FILE = "application/octet-stream"

_AUDIO = {"mp3": "audio/mpeg"}
"""Formats of `input_audio` that are not the name of their media type."""


def attachment_of(source: str, media_type: str) -> Attachment:
    """What stands under an address or id; `media_type` is what it is where a data URL does not tell."""
    head, comma, data = source.partition(",")
    if not (comma and head.startswith("data:")):
        return Attachment(media_type, url=source)
    told, *parameters = head.removeprefix("data:").split(";")
    return Attachment(told or media_type, data=data if "base64" in parameters else _base64(data))


def file_of(data: str) -> Attachment:
    """The content of a file: a data URL, or base64 alone."""
    return attachment_of(data, FILE) if data.startswith("data:") else Attachment(FILE, data=data)


def audio_of(data: str, kind: str) -> Attachment:
    return Attachment(_AUDIO.get(kind, f"audio/{kind}"), data=data)


def _base64(percent_encoded: str) -> str:
    """Data URLs without `;base64` hold their bytes percent-encoded."""
    return b64encode(unquote_to_bytes(percent_encoded)).decode()
