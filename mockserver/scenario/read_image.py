"""`image`: a size to draw, or a picture file, which is read while loading. No other reader touches files.

A path is relative to the folder of the scenario file. A scenario that came as a text has no folder, so it can
only draw.
"""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

from mockserver.conversation import JsonObject
from mockserver.scenario.model import ImagePart
from mockserver.scenario.problems import ProblemError, counted, listed, quoted
from mockserver.scenario.reading import Key, Kind, Reading, Shape, as_scalar, shape_kind
from mockserver.scenario.scalars import NAME, whole_number
from mockserver.scenario.stamps import stamp_of
from mockserver.scenario.yaml_nodes import MappingNode, Node

LARGEST_SIDE = 2048
LARGEST_FILE = 20 * 1024 * 1024
MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}

_SIZE = re.compile(r"([0-9]{1,9})x([0-9]{1,9})")
_SIDE = whole_number(1, LARGEST_SIDE, "a number of pixels")

SIZE = Shape(
    "`image`",
    (Key("width", _SIDE, "Width in pixels."), Key("height", _SIDE, "Height in pixels.")),
    required=("width", "height"),
)
_DRAWN = shape_kind(SIZE, ImagePart)


def _read_image(node: Node, reading: Reading) -> ImagePart:
    if isinstance(node, MappingNode):
        return _DRAWN.read(node, reading)
    text = as_scalar(node, "a size such as 256x256, or the path of a picture").text
    size = _SIZE.fullmatch(text)
    if not size:
        return _file(text, node, reading)
    width, height = map(int, size.groups())
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise ProblemError(node.place, f"{text} is out of bounds", f"a side has 1 to {LARGEST_SIDE} pixels")
    return ImagePart(width=width, height=height)


def _file(name: str, node: Node, reading: Reading) -> ImagePart:
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        mend = f"write a size such as 256x256, or the path of a file that ends in {listed(MEDIA_TYPES)}"
        raise ProblemError(node.place, f"{quoted(name)} is neither a size nor a picture", mend)
    if reading.folder is None:
        mend = "write a size such as 256x256, or load the scenario from a file"
        raise ProblemError(node.place, "only a scenario in a file can name a picture file", mend)
    path = reading.folder / name
    reading.beside.setdefault(str(path), stamp_of(path))
    return ImagePart(media_type, b64encode(_content(path, name, node)).decode())


def _content(path: Path, name: str, node: Node) -> bytes:
    mend = "the path is relative to the folder of the scenario file"
    try:
        if not path.is_file():
            raise ProblemError(node.place, f"there is no file {quoted(name)}", mend)
        size = path.stat().st_size
        if not 0 < size <= LARGEST_FILE:
            what = f"a picture of {counted(size, 'byte')}"
            raise ProblemError(node.place, what, f"use one of 1 to {LARGEST_FILE:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ProblemError(node.place, f"cannot read {quoted(name)}: {error.strerror}", mend) from None


_SCHEMA: JsonObject = {"anyOf": [SIZE.schema, NAME.schema]}

IMAGE = Kind(_read_image, _SCHEMA)
