"""Plain conversations of generateContent, in the documented names."""

from __future__ import annotations

from mockserver.protocols.gemini.read_contents import read_contents
from mockserver.protocols.talk import Marks, PlainTalk, ids, same, values, within, words, written

_MARKS: Marks = {
    "role": same,
    "parts": within,
    "text": words,
    "thought": same,
    "thoughtSignature": written(r"([A-Za-z0-9+/]{4})+"),  # base64, as it is handed on
    "functionCall": within,
    "functionResponse": within,
    "id": ids(64),
    "name": same,
    "args": values,
    "response": values,
}

TALK = PlainTalk("contents", read_contents, _MARKS, content="parts", speaker="model")
