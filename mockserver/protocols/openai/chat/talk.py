"""Plain conversations of Chat Completions.

The one rule that looks at words is that of JSON mode, which wants to be spoken of (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import JsonObject
from mockserver.protocols.openai.chat.read_messages import conversation_of
from mockserver.protocols.talk import PlainTalk
from mockserver.protocols.tolerant import members


def _is_in_json_mode(body: JsonObject) -> bool:
    return members(body.get("response_format")).get("type") == "json_object"


TALK = PlainTalk(
    "messages",
    lambda body: conversation_of(body["messages"]),
    roles=("user", "assistant", "system", "developer"),
    instruct=("system", "developer"),
    judges=_is_in_json_mode,
)
