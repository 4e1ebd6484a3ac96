"""What one key may set for itself while the server runs, and the models of the server's own pages."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict, Field

from mockserver.conversation import CONTRACT_MODES, ContractMode, Http, Json, JsonObject, json_text
from mockserver.engine import Engine
from mockserver.faults.drawing import FaultError, find_faults


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Health(_Closed):
    status: str
    version: str
    scenarios: list[str]


class Document(BaseModel):
    """An OpenAPI document; what else is in it is told by OpenAPI."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: JsonObject
    paths: dict[str, JsonObject]


class SettingsBody(_Closed):
    """`contract` null is how the server judges all other keys, `faults` null what their answers have."""

    contract: ContractMode | None = None
    faults: list[str] | None = None


class Asked(_Closed):
    """The members that a request must have besides: one for a stream, and one for an answer in JSON."""

    stream: JsonObject
    json_: JsonObject = Field(alias="json")


class FaultOnWire(_Closed):
    """Which answers of a wire can show a fault, and the model to ask for."""

    stream: bool
    json_: bool = Field(alias="json")
    model: str
    asks: Asked


class FaultListed(_Closed):
    """`heals` tells that a correct client gets the whole reply all the same; `reports` are public threads."""

    name: str
    says: str
    client: str
    heals: bool
    pitfalls: list[int]
    reports: list[str]
    wires: dict[str, FaultOnWire]


class FaultList(_Closed):
    faults: list[FaultListed]


class ControlMessage(_Closed):
    message: str


class ControlError(_Closed):
    error: ControlMessage


class SettingsError(ValueError):
    """What cannot be set; the text says what can."""


_NAMES = tuple(SettingsBody.model_fields)
_ALLOWED = f"{', '.join(map(json_text, CONTRACT_MODES))} or null"


def change(http: Http, engine: Engine) -> None:
    """Set for a key what the body names. SettingsError, and nothing is set, if any of it cannot be."""
    settings = _settings(http.body)
    contract = settings.get("contract")
    if contract is not None and contract not in CONTRACT_MODES:
        raise SettingsError(f"`contract` cannot be {json_text(contract)}: it is {_ALLOWED}.")
    faults = _fault_names(settings.get("faults"))
    if "contract" in settings:
        engine.judge(http.key, contract)
    if "faults" in settings:
        engine.spoil(http.key, faults)


def _fault_names(value: Json) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SettingsError("`faults` is a list of names, or null.")
    names = tuple(str(name) for name in value)
    try:
        find_faults(names)
    except FaultError as error:
        raise SettingsError(str(error)) from None
    return names


def _settings(body: bytes) -> dict[str, Json]:
    try:
        settings = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SettingsError(f'The settings are not JSON: {error}. Send {{"contract": "strict"}}.') from None
    if not isinstance(settings, dict):
        raise SettingsError('The settings are a JSON object, such as {"contract": "strict"}.')
    for name in settings:
        if name not in _NAMES:
            raise SettingsError(f"There is no setting {json_text(name)}. There is {', '.join(_NAMES)}.")
    return settings
