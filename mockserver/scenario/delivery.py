"""How an answer is delivered, as a scenario says it: its pace, its framing, and what goes wrong on the way.

Frozen values, declarations only. Positions are neutral: they name a point of the reply, which is the same on
every wire; only `AtByte` counts what is on the wire. Times are in seconds.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from mockserver.conversation import ErrorKind
from mockserver.scenario.place import Place
from mockserver.values import dataclass

# ------------------------------------------------------------------------------------------------ pace


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any wait between the two, all as likely."""

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Normal:
    """Waits spread evenly to both sides of `mean`; those below 0 are 0."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Waits as measured latencies are spread: half of them below `median`, a few far above. `sigma` is the
    deviation of the logarithm.
    """

    median: float
    sigma: float = 0.6


@dataclass(frozen=True, slots=True)
class Sample:
    """Any of these waits, all as likely."""

    waits: tuple[float, ...]


Delay: TypeAlias = float | Uniform | Normal | Lognormal | Sample


@dataclass(frozen=True, slots=True)
class Replay:
    """These waits in order, and again from the first when they are used up."""

    waits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PerToken:
    """The time that each token takes: a piece is there when all of its tokens are."""

    seconds: float


@dataclass(frozen=True, slots=True)
class PerCharacter:
    """The time that each character takes: a piece is there when all of its characters are."""

    seconds: float


Gap: TypeAlias = Delay | Replay | PerToken | PerCharacter


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pieces of so many characters, any number between the two."""

    least: int
    most: int


Chunk: TypeAlias = Literal["word", "char"] | int | Sizes | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """`first` is the wait before the first byte, `gap` stands between pieces. `jitter` spreads both further:
    the half-width of a uniform spread, or "lognormal". `chunk` is how streamed text is cut into pieces.
    """

    first: Delay = 0.0
    gap: Gap = 0.0
    jitter: float | Literal["lognormal"] = 0.0
    chunk: Chunk = "word"


# ---------------------------------------------------------------------------------------------- faults


@dataclass(frozen=True, slots=True)
class AtStart:
    """Before the head of the answer."""


@dataclass(frozen=True, slots=True)
class AtEnd:
    """Behind the last byte, before the body is closed."""


@dataclass(frozen=True, slots=True)
class AfterEvents:
    """Behind so many pieces of the reply: what `pace.chunk` cuts it into."""

    count: int


PartKind: TypeAlias = Literal["tool_call", "text", "thinking"]


@dataclass(frozen=True, slots=True)
class AfterChars:
    """Behind so many characters of what is streamed: of the whole reply, or of its first part of a kind."""

    count: int
    inside: PartKind | None = None


@dataclass(frozen=True, slots=True)
class AfterShare:
    """Behind this share, from 0 to 1, of the characters that are streamed: of the whole reply, or of its
    first part of a kind.
    """

    share: float
    inside: PartKind | None = None


@dataclass(frozen=True, slots=True)
class AtByte:
    """Behind so many bytes of the body as they are written, whatever they hold."""

    offset: int


Position: TypeAlias = AtStart | AtEnd | AfterEvents | AfterChars | AfterShare | AtByte


@dataclass(frozen=True, slots=True)
class Cut:
    """The body ends here, cleanly: HTTP has nothing to complain of."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset (TCP RST)."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The connection is closed (TCP FIN) before the body has ended."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more is sent, and the connection stays open."""


@dataclass(frozen=True, slots=True)
class KeepOpen:
    """All is sent, but the body never ends."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing for so many seconds, then it goes on."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fail:
    """An error of the vendor: inside a stream that has begun, its own event and then its documented ending;
    else a whole error answer.
    """

    kind: ErrorKind
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Garble:
    """The next event holds broken JSON."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The next event is left out."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The next event is sent twice."""


@dataclass(frozen=True, slots=True)
class Swap:
    """The next two events change places."""


@dataclass(frozen=True, slots=True)
class Extra:
    """An event of a type that nobody knows."""


@dataclass(frozen=True, slots=True)
class Insert:
    """These bytes, verbatim, in the body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Bare:
    """These bytes, verbatim, past the framing of HTTP."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The answer has another status, other or further headers (None takes one away), or another body, which
    then comes in one piece.
    """

    status: int | None = None
    headers: tuple[tuple[str, str | None], ...] = ()
    body: bytes | None = None


Act: TypeAlias = (
    Cut
    | Reset
    | Disconnect
    | Hang
    | KeepOpen
    | Stall
    | Fail
    | Garble
    | Drop
    | Duplicate
    | Swap
    | Extra
    | Insert
    | Bare
    | Rewrite
)

_ACT_WORDS: dict[type[Act], str] = {
    Cut: "cut",
    Reset: "reset",
    Disconnect: "disconnect",
    Hang: "hang",
    KeepOpen: "keepalive",
    Stall: "stall",
    Fail: "error",
    Garble: "garble",
    Drop: "drop",
    Duplicate: "duplicate",
    Swap: "swap",
    Extra: "extra",
    Insert: "insert",
    Bare: "bare",
}
"""How scenarios call them."""


def word_for(act: Act) -> str:
    """How scenarios call an act; of those that are one, the first."""
    if isinstance(act, Rewrite):
        said = (("status", act.status is not None), ("header", act.headers), ("body", act.body is not None))
        return next((name for name, is_given in said if is_given), "status")
    return _ACT_WORDS[type(act)]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: what, where, and how often (1 = always; else drawn for each request).
    `place` is where a file says so.
    """

    act: Act
    at: Position
    probability: float = 1.0
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NamedFault:
    """A fault of the catalogue, by its name. One that a client has `asked` for is refused where it cannot
    show; one of a script just does not show there.
    """

    name: str
    probability: float = 1.0
    asked: bool = False
    place: Place | None = field(default=None, compare=False, repr=False)


# -------------------------------------------------------------------------------------------- framing


@dataclass(frozen=True, slots=True)
class Wire:
    """How the body is framed, its content unchanged. The defaults are what the vendors do.

    `write`: "event" is one write per event, "whole" one write for all, a number is that many bytes a write.
    `split_characters`: each write that holds a character of several bytes ends inside it. `encoding` is
    applied when the client accepts it; what is cut to writes is then what is coded. `bom`: a byte order mark
    before all else. `body`: how HTTP tells where the body ends: chunked, by a Content-Length, or by closing
    the connection; None is chunked for streams, a Content-Length for JSON. `close` says `connection: close`.

    The rest is for streams of events, and leaves JSON alone. `newline` replaces the line ends. `comments` is
    a comment before each event; `keep_alive` sends one whenever nothing would be sent for so many seconds,
    and the head before it. `event_ids` numbers the events, `retry` (milliseconds) stands in the first.
    Without `last_blank_line` the last event is not ended. `padding` spaces stand before the last brace of
    each event's JSON, which stands on `data_lines` `data:` lines.
    """

    write: Literal["event", "whole"] | int = "event"
    split_characters: bool = False
    newline: Literal["lf", "crlf", "cr"] | None = None
    comments: str | None = None
    keep_alive: float | None = None
    event_ids: bool = False
    retry: int | None = None
    bom: bool = False
    last_blank_line: bool = True
    padding: int = 0
    data_lines: int = 1
    encoding: Literal["gzip", "deflate", "br", "zstd"] | None = None
    body: Literal["chunked", "length", "close"] | None = None
    close: bool = False
