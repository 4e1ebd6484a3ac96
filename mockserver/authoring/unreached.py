"""What a script says of a reply that has no place for it: pieces of other texts, faults behind its end.

It makes no difference when the reply is played, so an author would look for it in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TypeGuard

from mockserver.conversation import Reply
from mockserver.events import streamed_text
from mockserver.faults.points import Course, course
from mockserver.playback.tempo import Tempo
from mockserver.scenario.delivery import AtByte, AtEnd, AtStart, Fault, NamedFault, word_for
from mockserver.scenario.model import Attempt
from mockserver.scenario.problems import Problem

_OTHER_PIECES = "the pieces in `chunk` make up no text of this reply, so it is cut into words"


def unreached(attempt: Attempt, reply: Reply) -> Iterator[Problem]:
    """The warnings of an attempt whose reply is known."""
    pieces = attempt.pace.chunk
    if isinstance(pieces, tuple) and "".join(pieces) not in map(streamed_text, reply.parts):
        mend = "list the whole of a text, to the letter"
        yield Problem(attempt.place, _OTHER_PIECES, mend, "warning")
    told = course(reply, Tempo(attempt.pace, Random).cut)
    for fault in attempt.faults:
        if _is_behind(fault, told):
            what = f"`{word_for(fault.act)}` stands where this reply never gets, so it does not happen"
            mend = f"all of it is {len(told.pieces)} events; see that it has the part that is counted in"
            yield Problem(fault.place or attempt.place, what, mend, "warning")


def _is_behind(fault: Fault | NamedFault, told: Course) -> TypeGuard[Fault]:
    if not isinstance(fault, Fault) or isinstance(fault.at, AtStart | AtEnd | AtByte):
        return False
    return told.point(fault.at) is None
