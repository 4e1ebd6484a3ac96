"""All faults with a name, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.faults.known import KnownFault
from mockserver.faults.on_answers import ON_ANSWERS
from mockserver.faults.on_candidates import ON_CANDIDATES
from mockserver.faults.on_chunks import ON_CHUNKS
from mockserver.faults.on_connections import ON_CONNECTIONS
from mockserver.faults.on_framings import ON_FRAMINGS
from mockserver.faults.on_messages import ON_MESSAGES
from mockserver.faults.on_replies import ON_REPLIES
from mockserver.faults.on_responses import ON_RESPONSES
from mockserver.faults.on_wires import ON_CALLS, ON_COUNTS, ON_ENDINGS, ON_EVENTS, ON_MEMBERS

FAULT_GROUPS: Mapping[str, tuple[KnownFault, ...]] = {
    "The connection": ON_CONNECTIONS,
    "The answer": ON_ANSWERS,
    "Framing": ON_FRAMINGS,
    "The model": ON_REPLIES,
    "How an answer ends": ON_ENDINGS,
    "Token counts": ON_COUNTS,
    "Tool calls": ON_CALLS,
    "Events": ON_EVENTS,
    "Members": ON_MEMBERS,
    "More of Chat Completions": ON_CHUNKS,
    "More of Responses": ON_RESPONSES,
    "More of generateContent": ON_CANDIDATES,
    "More of Messages": ON_MESSAGES,
}
"""The faults by what they are faults of."""

KNOWN_FAULTS: tuple[KnownFault, ...] = tuple(known for group in FAULT_GROUPS.values() for known in group)
