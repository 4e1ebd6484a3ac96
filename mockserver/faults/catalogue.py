"""All faults with a name, in the order in which they are listed."""

from __future__ import annotations

from mockserver.faults.known import KnownFault
from mockserver.faults.on_answers import ON_ANSWERS
from mockserver.faults.on_candidates import ON_CANDIDATES
from mockserver.faults.on_chunks import ON_CHUNKS
from mockserver.faults.on_connections import ON_CONNECTIONS
from mockserver.faults.on_framings import ON_FRAMINGS
from mockserver.faults.on_messages import ON_MESSAGES
from mockserver.faults.on_replies import ON_REPLIES
from mockserver.faults.on_responses import ON_RESPONSES
from mockserver.faults.on_wires import ON_WIRES

KNOWN_FAULTS: tuple[KnownFault, ...] = (
    *ON_CONNECTIONS,
    *ON_ANSWERS,
    *ON_FRAMINGS,
    *ON_REPLIES,
    *ON_WIRES,
    *ON_CHUNKS,
    *ON_RESPONSES,
    *ON_CANDIDATES,
    *ON_MESSAGES,
)
