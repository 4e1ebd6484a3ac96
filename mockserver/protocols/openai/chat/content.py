"""Generated images inside the text of a message: this wire has no other place for them.

The gateway documents `message.content` as a string; models that draw answer there with a Markdown image whose
address is a data URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mockserver.conversation import Image, Text

_IMAGE_BEGINS = "![image](data:"
_IMAGE = re.compile(r"!\[image\]\(data:(image/[\w.+-]+);base64,([A-Za-z0-9+/=]*)\)")


def markdown(image: Image) -> str:
    return f"![image](data:{image.media_type};base64,{image.data})"


def content_parts(content: str) -> Sequence[Text | Image]:
    """The texts and images that a message's content is made of; empty texts are none."""
    if _IMAGE_BEGINS in content:
        return tuple(_with_images(content))
    return (Text(content),) if content else ()  # as in nearly all; this is much quicker to see


def _with_images(content: str) -> Iterator[Text | Image]:
    position = 0
    for found in _IMAGE.finditer(content):
        if found.start() > position:
            yield Text(content[position : found.start()])
        yield Image(found[1], found[2])
        position = found.end()
    if position < len(content):
        yield Text(content[position:])
