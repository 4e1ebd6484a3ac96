"""Generated images inside the text of a message: this wire has no other place for them.

The gateway documents `message.content` as a string; models that draw answer there with a Markdown image whose
address is a data URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.conversation import Image, Text

_IMAGE_BEGINS = "![image](data:"
_IMAGE = re.compile(r"!\[image\]\(data:(image/[\w.+-]+);base64,([A-Za-z0-9+/=]*)\)")


def markdown(image: Image) -> str:
    return f"![image](data:{image.media_type};base64,{image.data})"


def content_parts(content: str) -> Iterator[Text | Image]:
    """The texts and images that a message's content is made of; empty texts are none."""
    position = 0
    if _IMAGE_BEGINS not in content:  # as in nearly all; this is much quicker to see
        yield from (Text(content),) if content else ()
        return
    for found in _IMAGE.finditer(content):
        if found.start() > position:
            yield Text(content[position : found.start()])
        yield Image(found[1], found[2])
        position = found.end()
    if position < len(content):
        yield Text(content[position:])
