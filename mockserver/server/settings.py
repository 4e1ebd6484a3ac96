"""What one key may set for itself while the server runs."""

from __future__ import annotations

import math
from typing import TypeVar

from mockserver.conversation import CONTRACT_MODES, Json, JsonObject, json_text
from mockserver.engine import Engine
from mockserver.faults.drawing import FaultError, find_faults
from mockserver.server.own_page import PageError
from mockserver.service import Service
from mockserver.setup import UNMATCHED

Word = TypeVar("Word", bound=str)


_NAMES = ("contract", "faults", "speed", "unmatched")


def settings(key: str, service: Service) -> JsonObject:
    """How the requests with a key are served."""
    return {
        "contract": service.in_force.contract(key),
        "faults": list(service.in_force.faults(key)),
        "speed": service.in_force.speed(key),
        "unmatched": service.in_force.unmatched(key),
    }


def change(key: str, body: JsonObject, engine: Engine) -> None:
    """Set for a key what the body names. PageError, and nothing is set, if any of it cannot be."""
    for name in body:
        if name not in _NAMES:
            raise PageError(400, f"There is no setting {json_text(name)}. There is {', '.join(_NAMES)}.")
    contract = _one_of(CONTRACT_MODES, "contract", body)
    faults = _fault_names(body.get("faults"))
    speed = _speed(body.get("speed"))
    unmatched = _one_of(UNMATCHED, "unmatched", body)
    if "contract" in body:
        engine.judge(key, contract)
    if "faults" in body:
        engine.spoil(key, faults)
    if "speed" in body:
        engine.hasten(key, speed)
    if "unmatched" in body:
        engine.fall_back(key, unmatched)


def _one_of(allowed: tuple[Word, ...], name: str, body: JsonObject) -> Word | None:
    value = body.get(name)
    for word in allowed:
        if value == word:
            return word
    if value is None:
        return None
    listed = ", ".join(map(json_text, allowed))
    raise PageError(400, f"`{name}` cannot be {json_text(value)}: it is {listed} or null.")


def _fault_names(value: Json) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise PageError(400, "`faults` is a list of names, or null.")
    names = tuple(str(name) for name in value)
    try:
        find_faults(names)
    except FaultError as error:
        raise PageError(400, str(error)) from None
    return names


def _speed(value: Json) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise PageError(400, f"`speed` cannot be {json_text(value)}: it is a number, 0 or more, or null.")
    return float(value)
