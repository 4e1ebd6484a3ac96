"""What a fault with a name is, and on which answers it can show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from mockserver.conversation import Reply
from mockserver.events import streamed_text
from mockserver.faults.pitfalls import PITFALLS
from mockserver.faults.points import kind_of
from mockserver.protocols.base import Dialect
from mockserver.scenario.delivery import AtEnd, AtStart, Extra, Fail, Fault, Insert, PartKind, Wire
from mockserver.values import dataclass

CONVERSATIONS = ("openai.chat", "openai.responses", "anthropic", "gemini")
"""The wires that have thinking and tool calls."""


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A deviation that real servers, gateways or proxies have shown.

    `says` tells what goes wrong, `client` what a correct client does. `pitfalls` are numbers of the list of
    public bugs (`mockserver.faults.pitfalls`), `threads` further reports. What happens: `faults` at their
    points, another `wire`, an edit of the `reply`, or, where it `deviates`, what each wire has under this
    name. `shows_in` names the answers that can show it, `wires` the protocols or families (none = all),
    `needs` a kind of part that the reply must have. `heals` tells that a correct client gets the whole reply
    all the same.
    """

    name: str
    says: str
    client: str
    pitfalls: tuple[int, ...] = ()
    threads: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    wire: Wire = Wire()
    reply: Callable[[Reply], Reply] | None = None
    deviates: bool = False
    shows_in: Literal["both", "stream", "json"] = "both"
    wires: tuple[str, ...] = ()
    needs: PartKind | None = None
    heals: bool = False

    @property
    def reports(self) -> tuple[str, ...]:
        """The public threads that describe it, as `owner/repository#number`."""
        known = (thread for number in self.pitfalls for thread in PITFALLS[number])
        return tuple(dict.fromkeys([*known, *self.threads]))

    def is_on(self, dialect: Dialect) -> bool:
        """Whether the wire can show it."""
        if self.deviates:
            return self.name in dialect.deviations
        family = dialect.name.partition(".")[0]
        return not self.wires or dialect.name in self.wires or family in self.wires

    def shows(self, dialect: Dialect, *, stream: bool) -> bool:
        """Whether a streamed answer of the wire, or one in JSON, can show it."""
        if not self.is_on(dialect) or self.shows_in == ("json" if stream else "stream"):
            return False
        if not self.deviates:
            return True
        deviation = dialect.deviations[self.name]
        if stream and not self._refuses:
            return deviation.stream is not None or deviation.informed is not None
        return deviation.whole is not None

    def obstacle(self, dialect: Dialect, reply: Reply | None, *, stream: bool) -> str:
        """Why it cannot show on this answer, in a sentence; "" where it can. `reply` is None for an error."""
        if not self.is_on(dialect):
            return f"The fault {self.name!r} is not one of {dialect.name}."
        if not self.shows(dialect, stream=stream):
            wanted, given = (
                ("a stream", "in one piece") if not stream else ("an answer in one piece", "a stream")
            )
            return f"The fault {self.name!r} shows in {wanted} of {dialect.name}, and this answer is {given}."
        if self.needs and not _has(reply, self.needs):
            return f"The fault {self.name!r} needs a {self.needs} in the reply, and this reply has none."
        return ""

    @property
    def needs_events(self) -> bool:
        """Whether it stands between events, where a stream that is one array of JSON has no place."""
        return any(
            isinstance(fault.act, Insert) or (isinstance(fault.act, Extra) and isinstance(fault.at, AtEnd))
            for fault in self.faults
        )

    @property
    def _refuses(self) -> bool:
        """Whether it comes to an error answer, which is never streamed."""
        return any(isinstance(fault.act, Fail) and isinstance(fault.at, AtStart) for fault in self.faults)


def _has(reply: Reply | None, kind: PartKind | None) -> bool:
    """Whether the reply streams anything, of this kind if one is given."""
    parts = reply.parts if reply else ()
    return any(streamed_text(part) and (kind is None or kind_of(part) == kind) for part in parts)
