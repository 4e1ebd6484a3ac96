"""Plain conversations of the Messages API. Texts must say something, as those of all plain ones do."""

from __future__ import annotations

from mockserver.protocols.anthropic.read_messages import conversation_of
from mockserver.protocols.talk import PlainTalk

TALK = PlainTalk("messages", lambda body: conversation_of(body["messages"]))
