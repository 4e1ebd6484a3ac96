"""Google's SDK sends pictures and files, and asks for pictures."""

from __future__ import annotations

import struct
from base64 import b64encode, urlsafe_b64encode
from fractions import Fraction
from typing import Any

import httpx2
import pytest
from google.genai import types
from sdk.gemini_strict import MODEL, Gemini, only

from mockserver.conversation import Attachment
from mockserver.runner import MockServer

PNG = b"\x89PNG\r\n\x1a\n"
BYTES = b"\xfb\xff\xfe" * 5
"""In the URL-safe alphabet, which the SDK uses, it is all dashes and underscores."""


def size_of(image: bytes | None) -> tuple[int, int]:
    """Width and height as a PNG tells them."""
    assert image
    assert image.startswith(PNG)
    width, height = struct.unpack(">II", image[16:24])
    return width, height


def picture_of(*responses: types.GenerateContentResponse) -> types.Blob:
    [blob] = [part.inline_data for found in responses for part in found.parts or () if part.inline_data]
    return blob


# ------------------------------------------------------------------------------------------------- sent


async def test_bytes_arrive_as_they_were_sent(gemini: Gemini) -> None:
    picture = types.Part.from_bytes(data=BYTES, mime_type="image/png")

    await gemini.ask(["What is this?", picture])

    [_, part] = gemini.mock.requests[-1].messages[0].parts
    assert part == Attachment("image/png", data=b64encode(BYTES).decode())


async def test_a_file_is_named_by_its_address(gemini: Gemini) -> None:
    document = types.Part.from_uri(file_uri="https://example.com/a.pdf", mime_type="application/pdf")

    await gemini.ask(["Read this.", document])

    [_, part] = gemini.mock.requests[-1].messages[0].parts
    assert part == Attachment("application/pdf", url="https://example.com/a.pdf")


@pytest.mark.parametrize(
    ("mime_type", "modality"),
    [
        ("image/png", types.MediaModality.IMAGE),
        ("audio/wav", types.MediaModality.AUDIO),
        ("video/mp4", types.MediaModality.VIDEO),
        ("application/pdf", types.MediaModality.DOCUMENT),
    ],
)
async def test_what_is_sent_counts_by_its_kind(
    gemini: Gemini, mime_type: str, modality: types.MediaModality
) -> None:
    response = await gemini.ask(["Look!", types.Part.from_bytes(data=BYTES, mime_type=mime_type)])

    assert response.usage_metadata
    details = response.usage_metadata.prompt_tokens_details or []
    assert [detail.modality for detail in details] == [types.MediaModality.TEXT, modality]


async def test_a_film_may_be_cut_and_sampled(gemini: Gemini) -> None:
    film = types.Part(
        file_data=types.FileData(file_uri="https://youtu.be/x", mime_type="video/mp4"),
        video_metadata=types.VideoMetadata(start_offset="10s", end_offset="20s", fps=2),
        media_resolution=types.PartMediaResolution(level=types.PartMediaResolutionLevel.MEDIA_RESOLUTION_LOW),
    )

    assert (await gemini.ask(["What happens?", film])).text


def body(data: str, *, snake: bool) -> Any:
    blob = {"mime_type" if snake else "mimeType": "image/png", "data": data}
    return {
        "contents": [{"parts": [{"text": "What is it?"}, {"inline_data" if snake else "inlineData": blob}]}],
        "system_instruction" if snake else "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generation_config" if snake else "generationConfig": {
            "max_output_tokens" if snake else "maxOutputTokens": 4
        },
    }


@pytest.mark.parametrize("data", [b64encode(BYTES).decode(), urlsafe_b64encode(BYTES).decode().rstrip("=")])
@pytest.mark.parametrize("snake", [False, True])
def test_names_and_bytes_are_read_in_both_spellings(
    server: MockServer,
    key: str,
    data: str,
    snake: bool,
) -> None:
    answer = httpx2.post(
        f"{server.url}/v1beta/models/{MODEL}:generateContent",
        params={"key": key},
        json=body(data, snake=snake),
    )

    [candidate] = answer.json()["candidates"]
    assert candidate["content"]["parts"] == [{"text": 'You said: "'}]
    assert server.namespace(key).requests[-1].messages[0].parts[1] == Attachment(
        "image/png", data=b64encode(BYTES).decode()
    )


# ------------------------------------------------------------------------------------------------ asked for


@pytest.mark.parametrize(
    ("config", "ratio"),
    [
        (None, Fraction(1)),
        (types.ImageConfig(aspect_ratio="1:1"), Fraction(1)),
        (types.ImageConfig(aspect_ratio="16:9"), Fraction(16, 9)),
        (types.ImageConfig(aspect_ratio="9:16"), Fraction(9, 16)),
        (types.ImageConfig(aspect_ratio="21:9", image_size="2K"), Fraction(21, 9)),
    ],
)
async def test_a_picture_has_the_shape_asked_for(
    gemini: Gemini, config: types.ImageConfig | None, ratio: Fraction
) -> None:
    response = await gemini.ask("A cat.", response_modalities=["IMAGE"], image_config=config)

    blob = picture_of(response)
    assert blob.mime_type == "image/png"
    assert Fraction(*size_of(blob.data)) == ratio


async def test_a_picture_has_the_size_asked_for(gemini: Gemini) -> None:
    config = types.ImageConfig(aspect_ratio="1:1", image_size="2K")

    response = await gemini.ask("A cat.", response_modalities=["IMAGE"], image_config=config)

    assert size_of(picture_of(response).data) == (2048, 2048)


async def test_a_picture_may_come_with_a_text(gemini: Gemini) -> None:
    response = await gemini.ask("Draw a cat.", response_modalities=["TEXT", "IMAGE"])

    assert response.text == "Here is your image."
    assert only(response).finish_reason is types.FinishReason.STOP
    assert size_of(picture_of(response).data) == (1024, 1024)


async def test_a_picture_comes_whole_in_one_chunk(gemini: Gemini) -> None:
    config: dict[str, Any] = {"response_modalities": ["TEXT", "IMAGE"]}
    whole = await gemini.ask("Draw a cat.", **config)
    chunks = await gemini.stream("Draw a cat.", **config)

    assert picture_of(*chunks) == picture_of(whole)


async def test_a_picture_is_read_by_the_sdks_own_means(gemini: Gemini) -> None:
    response = await gemini.ask("A cat.", response_modalities=["IMAGE"])

    [part] = response.parts or []
    image = part.as_image()
    assert image
    assert size_of(image.image_bytes) == (1024, 1024)


async def test_a_picture_may_be_sent_back_to_be_changed(gemini: Gemini) -> None:
    first = await gemini.ask("Draw a cat.", response_modalities=["TEXT", "IMAGE"])

    turn = only(first).content
    second = await gemini.ask(
        [types.UserContent("Draw a cat."), turn, types.UserContent("Draw it in blue.")],
        response_modalities=["TEXT", "IMAGE"],
    )

    assert picture_of(second).data
