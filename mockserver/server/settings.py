"""What one key may set for itself while the server runs, and the models of the server's own pages."""

from __future__ import annotations

import math
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from mockserver.conversation import CONTRACT_MODES, ContractMode, Json, JsonObject, json_text
from mockserver.engine import Engine
from mockserver.faults.drawing import FaultError, find_faults
from mockserver.server.own_page import PageError
from mockserver.service import Service
from mockserver.setup import UNMATCHED, Unmatched

Word = TypeVar("Word", bound=str)


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Workers(Closed):
    """How many processes answer as this server, and how many of them do now."""

    wanted: int
    alive: int


class Health(Closed):
    """`workers` is there where the server has several."""

    status: Literal["ok", "degraded"]
    version: str
    scenarios: list[str]
    workers: Workers | None = None


class Document(BaseModel):
    """An OpenAPI document; what else is in it is told by OpenAPI."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: JsonObject
    paths: dict[str, JsonObject]


class SettingsBody(Closed):
    """How requests are judged, the faults that answers have, what their waits are divided by, what answers
    where no scenario matches; null is what holds for all other keys.
    """

    contract: ContractMode | None = None
    faults: list[str] | None = None
    speed: float | None = Field(None, ge=0)
    unmatched: Unmatched | None = None


class Asked(Closed):
    """The members that a request must have besides: one for a stream, and one for an answer in JSON."""

    stream: JsonObject
    json_: JsonObject = Field(alias="json")


class FaultOnWire(Closed):
    """Which answers of a wire can show a fault, and the model to ask for."""

    stream: bool
    json_: bool = Field(alias="json")
    model: str
    asks: Asked


class FaultListed(Closed):
    """`heals` tells that a correct client gets the whole reply all the same; `reports` are public threads."""

    name: str
    says: str
    client: str
    heals: bool
    pitfalls: list[int]
    reports: list[str]
    wires: dict[str, FaultOnWire]


class FaultList(Closed):
    faults: list[FaultListed]


_NAMES = tuple(SettingsBody.model_fields)


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
