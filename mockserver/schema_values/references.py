"""Finding what a `$ref` points at inside one schema document. Nothing is ever fetched."""

from __future__ import annotations

import re
from urllib.parse import unquote

from mockserver.conversation import Json

_INDEX = re.compile(r"[0-9]{1,9}")


def resolve(reference: Json, root: Json) -> Json:
    """The schema at `reference` (`#`, `#/$defs/x`, `#anchor`); True, so anything, if there is none."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return True
    fragment = unquote(reference[1:])
    if not fragment or fragment.startswith("/"):
        return _at_pointer(fragment, root)
    return _at_anchor(fragment, root)


def _at_pointer(pointer: str, root: Json) -> Json:
    value = root
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and _INDEX.fullmatch(key) and int(key) < len(value):
            value = value[int(key)]
        else:
            return True
    return value


def _at_anchor(anchor: str, root: Json) -> Json:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if anchor in (value.get("$anchor"), value.get("$dynamicAnchor")):
                return value
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return True
