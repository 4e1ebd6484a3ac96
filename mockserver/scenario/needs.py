"""What a value must have for a matcher to match: less than the matcher asks, and looked up in an instant."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.conversation import Json
from mockserver.scenario.matchers import AnyOf, Contains, Equals, Glob, Matcher, Not, Regex
from mockserver.scenario.regex_literals import Required, required_literals
from mockserver.text.literals import BORDER
from mockserver.values import dataclass

_WILD = "*?["


@dataclass(frozen=True, slots=True)
class Need:
    """The value equals one of `exact`, or of each set of `literals` one stands in it, case aside. A value
    that is no text is looked at as its JSON text for the literals.
    """

    exact: frozenset[str | int | float | bool | None] = frozenset()
    literals: Required = ()

    def rarest(self, often: Mapping[str, int]) -> frozenset[str]:
        """The set of literals that tells most, by how often each is needed; of equals, the longest."""
        return min(self.literals, key=lambda one: (sum(often[text] for text in one), -min(map(len, one))))


def need_of(matcher: Matcher | None) -> Need | None:
    """What the matcher needs; None where it may need nothing."""
    match matcher:
        case Contains(text=text):
            return _contained(text)
        case Regex(pattern=pattern):
            literals = required_literals(pattern)
            return Need(literals=literals) if literals else None
        case Equals(value=value):
            return _equal(value)
        case Glob(pattern=glob):
            return _begin(glob)
        case AnyOf(matchers=options):
            return _any(options)
        case Not() | None:
            return None


def _equal(value: Json) -> Need | None:
    return Need(exact=frozenset([value])) if not isinstance(value, list | dict) else None


def _begin(glob: str) -> Need | None:
    """What a shell pattern begins with, up to its first wild card. Shell patterns are for texts alone."""
    if not any(wild in glob for wild in _WILD):
        return Need(exact=frozenset([glob]))
    literal = glob[: min(glob.find(wild) for wild in _WILD if wild in glob)]
    return _contained(literal) if literal else None


def _contained(text: str) -> Need | None:
    return None if BORDER in text else Need(literals=(frozenset([text]),))


def _any(options: tuple[Matcher, ...]) -> Need | None:
    exact: frozenset[str | int | float | bool | None] = frozenset()
    literals: frozenset[str] = frozenset()
    for option in options:
        need = need_of(option)
        if need is None:
            return None
        exact |= need.exact
        literals |= max(need.literals, key=lambda one: min(map(len, one)), default=frozenset())
    return Need(exact, (literals,) if literals else ())
