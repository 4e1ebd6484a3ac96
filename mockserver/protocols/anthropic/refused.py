"""How a check anywhere inside this folder refuses a request. Only `refusable` catches it, at the border."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Context

Result = TypeVar("Result")


class RefusedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def invalid(message: str, param: str | None = None) -> RefusedError:
    return RefusedError(Failure("invalid_request", message=message, param=param))


def refusable(
    serve: Callable[[Http, Context], Result],
) -> Callable[[Http, Context], Result | Failure]:
    """`serve`, with what it refuses given back as a failure."""

    @wraps(serve)
    def served(http: Http, context: Context) -> Result | Failure:
        try:
            return serve(http, context)
        except RefusedError as refused:
            return refused.failure

    return served
