"""Where the first words of a conversation stand in a body, so that they are seen in others like it before
these are parsed. No I/O, no clock.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from mockserver.protocols.base import Outline, Talk

_PROBE = "another"


class Around(NamedTuple):
    """What stands before a text in a body, its quote included, and behind it."""

    before: bytes
    after: bytes

    def text(self, body: bytes) -> str:
        """What the user says in a body that is the same but for that; empty if it is not seen at once."""
        if not (body.startswith(self.before) and body.endswith(self.after)):
            return ""
        words = body[len(self.before) : len(body) - len(self.after)]
        if b'"' in words or b"\\" in words:
            return ""
        try:
            text = words.decode()
        except UnicodeDecodeError:  # which is no JSON
            return ""
        return "" if text.isspace() else text


def around(talk: Talk, body: bytes, text: str, outline: Outline) -> Around:
    """What stands around the text in a body: with another text there, it is the same but for that. None of
    the bodies that it is around has it, where that is not so.
    """
    written = orjson.dumps(text)
    at = body.rfind(written)
    before, after = body[: at + 1], body[at + len(written) - 1 :]
    if at >= 0 and _is_said_between(before, after, talk, outline):
        return Around(before, after)
    return Around(body, body)


def _is_said_between(before: bytes, after: bytes, talk: Talk, outline: Outline) -> bool:
    """Whether what stands there is what is said last, not what looks like it: `","` parts members too."""
    try:
        other = orjson.loads(before + _PROBE.encode() + after)
    except orjson.JSONDecodeError:
        return False
    return talk.outline(other) == outline and talk.last_text(other) == _PROBE
