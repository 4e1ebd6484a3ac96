"""Every fault on every wire, asked of a running server: by a socket, and by the official SDKs."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from faults.asking import CASES, DIALECTS, Case
from faults.observing import Seen, observe
from faults.sdk_content import Outcome
from faults.sdk_runs import WAYS, Ask, Clients

from mockserver.faults.drawing import find_fault
from mockserver.runner import MockServer
from mockserver.scenario.delivery import Hang, KeepOpen, Reset, Stall

_SPEED = 20
"""A stall of five seconds is one of a quarter of a second."""

_SILENT = 6.0
"""Seconds after which what hangs is taken to hang: what is late on a machine that is busy does not."""

_SDK_PATIENT = 15.0
"""The same for SDKs, of which one or another waits for what does not come."""

_PATIENT = 60.0
"""Seconds that are waited for what comes at once: a machine may be slow."""


_TRIES = 20
"""How often a reset is watched at most: it takes with it what was sent and not read yet, be it the head."""


def never_ends(case: Case) -> bool:
    """Whether a client has to give up by itself."""
    return bool(case.fault) and any(
        isinstance(fault.act, Hang | KeepOpen) for fault in find_fault(case.fault).faults
    )


def resets(case: Case) -> bool:
    """Whether the connection is reset."""
    return bool(case.fault) and any(isinstance(fault.act, Reset) for fault in find_fault(case.fault).faults)


def stalls(case: Case) -> bool:
    """Whether the answer is silent for a while."""
    return bool(case.fault) and any(isinstance(fault.act, Stall) for fault in find_fault(case.fault).faults)


def with_healthy(cases: Iterable[Case]) -> list[Case]:
    """The cases, and before each what it is compared with."""
    return list(dict.fromkeys(one for case in cases for one in (case.healthy, case)))


def seen_by_sockets() -> dict[Case, Seen]:
    """What a socket sees of every case: each wire has a server of its own, and asks one after another."""
    with ThreadPoolExecutor(len(DIALECTS)) as pool:
        found = pool.map(_seen_on, DIALECTS)
    return {case: seen for each in found for case, seen in each.items()}


def _seen_on(wire: str) -> dict[Case, Seen]:
    """Where nothing comes for long, each case has a server of its own, beside the others."""
    cases = with_healthy(case for case in CASES if case.wire == wire)
    silent = [case for case in cases if never_ends(case) or stalls(case)]
    with ThreadPoolExecutor(len(silent)) as pool, MockServer(speed=_SPEED) as mock:
        apart = pool.map(_seen_apart, silent)
        seen = {case: _seen(mock, case) for case in cases if case not in silent}
        return seen | dict(zip(silent, apart, strict=True))


def _seen_apart(case: Case) -> Seen:
    """At the speed of scenarios: a stall is longer than what is late on a machine that is busy."""
    with MockServer() as mock:
        return _seen(mock, case)


def _seen(mock: MockServer, case: Case) -> Seen:
    patience = _SILENT if never_ends(case) else _PATIENT
    seen = observe(mock, case, patience)
    for _ in range(_TRIES if resets(case) else 0):
        if seen.head:
            break
        seen = observe(mock, case, patience)
    return seen


Run = tuple[Case, str]
"""A case, and the way in which the SDK of its wire is asked."""


def is_unsure(run: Run) -> bool:
    """Whether an SDK ends in one way or another, and may wait for what does not come: aiohttp does so, where
    what is no chunk is not read together with what comes before it.
    """
    return run[0].fault == "bad-chunk" and run[1] == "async"


def runs_of(cases: Iterable[Case]) -> list[tuple[Run, Ask]]:
    return [
        ((case, way), ask)
        for case in with_healthy(cases)
        for way, (stream, ask) in WAYS[case.wire].items()
        if stream is case.stream
    ]


def made_by_sdks(cases: Iterable[Case] = CASES) -> dict[Run, Outcome]:
    """What the SDKs make of the cases: those that hang all at once, the others a few at a time."""
    runs = runs_of(cases)
    hanging = [run for run in runs if never_ends(run[0][0]) or is_unsure(run[0])]
    others = [run for run in runs if run not in hanging]
    with MockServer(speed=_SPEED) as mock:
        return _run(mock, hanging, _SILENT, len(hanging)) | _run(mock, others, _SDK_PATIENT, 6)


def _run(mock: MockServer, runs: list[tuple[Run, Ask]], patience: float, at_once: int) -> dict[Run, Outcome]:
    clients = Clients.to(mock.url, patience)
    with ThreadPoolExecutor(at_once) as pool:
        outcomes = list(pool.map(lambda run: _outcome(clients, *run), runs))
    clients.close()
    return {run: outcome for (run, _), outcome in zip(runs, outcomes, strict=True)}


def _outcome(clients: Clients, run: Run, ask: Ask) -> Outcome:
    """What comes of asking; where the connection is reset inside of a stream, when some of it has come."""
    case, _ = run
    outcome = clients.run(ask, case)
    for _ in range(_TRIES if resets(case) and case.stream else 0):
        if outcome.events:
            break
        outcome = clients.run(ask, case)
    return outcome
