"""Plain conversations of generateContent, in the documented names."""

from __future__ import annotations

from mockserver.protocols.gemini.read_contents import read_contents
from mockserver.protocols.talk import PlainTalk

TALK = PlainTalk("contents", read_contents, content="parts", roles=("user", "model", None), kinds=(None,))
