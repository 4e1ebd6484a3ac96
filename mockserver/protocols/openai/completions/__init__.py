"""Legacy completions: `POST /v1/completions`, JSON and stream."""

from mockserver.protocols.base import Dialect, Route
from mockserver.protocols.late import LateDialect

__all__ = ["DIALECT", "ROUTES"]


def _dialect() -> Dialect:
    from mockserver.protocols.openai.completions.dialect import LegacyCompletions

    return LegacyCompletions()


DIALECT: Dialect = LateDialect("openai.completions", _dialect)

ROUTES = (Route("POST", "/v1/completions", DIALECT),)
