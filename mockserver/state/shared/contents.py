"""What a scenario says, as a digest: the same wherever it was loaded, so that all workers count it as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b

from mockserver.scenario.model import Scenario, Template


def digest(scenario: Scenario) -> str:
    """Two scenarios have the same one if they are equal."""
    said = "\0".join(_said(scenario))
    return blake2b(said.encode(errors="surrogatepass"), digest_size=12).hexdigest()


def _said(value: object) -> Iterator[str]:
    match value:
        case Template(source=source):
            yield from ("{{", source)
        case re.Pattern():
            yield f"/{value.pattern}/{value.flags}"
        case Mapping():
            for name, item in value.items():
                yield repr(name)
                yield from _said(item)
            yield "}"
        case list() | tuple():
            for item in value:
                yield from _said(item)
            yield "]"
        case _ if is_dataclass(value):
            yield type(value).__name__
            for member in fields(value):
                if member.compare:
                    yield from _said(getattr(value, member.name))
        case _:
            yield repr(value)
