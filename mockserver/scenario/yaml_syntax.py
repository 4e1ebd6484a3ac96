"""What libyaml complains about, in words that tell a scenario's author what to do.

libyaml 0.2.5 says where its grammar broke off, not what the author meant. Each row below is a complaint of
its `scanner.c` or `parser.c`, the mark that points better, and the mistake that is usually behind it.
"""

from __future__ import annotations

from collections.abc import Callable

import yaml

from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError
from mockserver.values import dataclass

QUOTE_TEMPLATE = 'put it in quotes: "{{ name }}"; YAML takes a bare `{` for a mapping'
_QUOTE = "put the text in quotes, or write it as a block after `|`"


@dataclass(frozen=True, slots=True)
class _Mistake:
    """`at_start`: the mark of the construct's begin points better than the one where parsing stopped."""

    complaint: str
    what: str
    mend: str
    at_start: bool = False


_MISTAKES = (
    _Mistake(
        "mapping values are not allowed",
        "`: ` begins a value where none can stand",
        f"if it belongs to a text, {_QUOTE}; if it follows a key, mend the indentation",
    ),
    _Mistake(
        "did not find expected alphabetic or numeric character",
        "`*` begins an alias and `&` an anchor, but no name follows",
        _QUOTE,
        at_start=True,
    ),
    _Mistake("found undefined tag handle", "`!` begins a YAML tag, which means nothing here", _QUOTE),
    _Mistake(
        "found unexpected end of stream",
        "the quote that opens here is never closed",
        "close it; a quote inside a quoted text is doubled ('') or escaped (\\\")",
        at_start=True,
    ),
    _Mistake(
        "found unknown escape character",
        "a double-quoted text knows no such escape",
        "double the backslash, or use single quotes, where a backslash is just one",
    ),
    _Mistake(
        "found invalid Unicode character escape code",
        "this escape is no Unicode character",
        "write the character itself, or use \\U with eight digits; surrogate pairs are not YAML",
    ),
    _Mistake(
        "could not find expected ':'",
        "a line that is neither `key: value` nor part of a text",
        "write `: ` after a key; indent the lines of a text that goes on",
        at_start=True,
    ),
    _Mistake(
        "did not find expected ',' or ']'",
        "the list that opens here with `[` is not well closed",
        "close it with `]`; put a text that begins with `[` in quotes",
        at_start=True,
    ),
    _Mistake(
        "did not find expected ',' or '}'",
        "the mapping that opens here with `{` is not well closed",
        "close it with `}`; put a text that begins with `{` in quotes",
        at_start=True,
    ),
    _Mistake(
        "did not find expected key",
        "this does not fit the mapping around it",
        "mend the indentation; a text that begins with a quote or bracket must stand in quotes as a whole",
    ),
    _Mistake(
        "did not find expected '-' indicator",
        "this does not fit the list around it",
        "mend the indentation; every item begins with `- ` in the same column",
    ),
    _Mistake(
        "block sequence entries are not allowed",
        "`- ` begins a list where none can stand",
        f"begin the list on a line of its own; if it belongs to a text, {_QUOTE}",
    ),
    _Mistake(
        "did not find expected <document start>",
        "the document has ended, but something follows",
        "write `---` between two documents",
    ),
)


def explain(error: yaml.MarkedYAMLError, place: Callable[[int, int], Place]) -> ProblemError:
    """The problem behind a complaint of the parser. `place` points at a line and column counted from 0."""
    complaint = error.problem or "it cannot be parsed"
    mistake = next((row for row in _MISTAKES if row.complaint in complaint), None)
    mark = error.context_mark if mistake and mistake.at_start else error.problem_mark
    mark = mark or error.problem_mark or error.context_mark
    where = place(mark.line, mark.column) if mark else place(0, 0)
    if "cannot start any token" in complaint:
        return _bad_start(where)
    if mistake and "{{" in where.source and "expected" in complaint:
        return ProblemError(where, "a template must stand in quotes", QUOTE_TEMPLATE)
    if mistake:
        return ProblemError(where, mistake.what, mistake.mend)
    return ProblemError(where, f"this is not YAML: {complaint}")


def _bad_start(where: Place) -> ProblemError:
    character = where.source[where.column - 1 : where.column]
    if character == "\t":
        return ProblemError(where, "a tab cannot indent YAML", "indent with spaces")
    return ProblemError(where, f"a plain text cannot begin with `{character}`", _QUOTE)
