"""What one key has set up for itself, as a value; `mockserver.engine` keeps it. No clock, no I/O."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from mockserver.conversation import ContractMode
from mockserver.scenario.model import Scenario
from mockserver.values import dataclass

Unmatched: TypeAlias = Literal["auto", "error"]
"""What answers where no scenario matches: something plausible, or an error that tells why."""
UNMATCHED: tuple[Unmatched, ...] = get_args(Unmatched)


@dataclass(frozen=True, slots=True)
class Written:
    """What scenarios were read from: a text, what stands for its file, and the folder of what it names."""

    text: str
    name: str
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a test has set up for its key: scenarios that are tried before all others, a pinned one, how its
    requests are judged, the faults that its answers have, what their waits are divided by, and what answers
    where no scenario matches. None is what the server does for all other keys.
    """

    scenarios: tuple[Scenario, ...] = ()
    pinned: str = ""
    contract: ContractMode | None = None
    faults: tuple[str, ...] | None = None
    speed: float | None = None
    unmatched: Unmatched | None = None


NO_SETUP = Setup()
