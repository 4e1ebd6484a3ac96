"""Exchanges: what is answered, as steps with the headers that every answer has; and who refuses a request.

Nothing here waits, sends or knows what time it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.conversation import Failure, Finding, Http
from mockserver.findings import told, with_header
from mockserver.journal.entries import Entry
from mockserver.playback.steps import AnyStep, Ready, Step, Whole
from mockserver.protocols import gateway
from mockserver.protocols.base import Answer, Context, Dialect, Vendor
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """The steps to perform, and the journal entry to close when they are done. Steps in a tuple are the
    whole of an answer that is told again at once; any others are to be taken one by one.
    """

    steps: Iterator[AnyStep] | Ready
    entry: Entry


@dataclass(frozen=True, slots=True)
class Answering:
    """How the server answers in this `profile`, whatever it is that it answers."""

    profile: gateway.Profile

    @property
    def is_gateway(self) -> bool:
        return self.profile == "gateway"

    def exchange(self, entry: Entry, steps: Iterator[Step], context: Context) -> Exchange:
        return Exchange(self.headed(steps, entry.findings, context), entry)

    def answer(
        self, entry: Entry, answer: Answer, context: Context, failure: Failure | None = None
    ) -> Exchange:
        """An exchange whose answer is a whole one."""
        entry.failure = failure
        entry.findings = failure.findings if failure else answer.findings
        return self.exchange(entry, iter((Whole(answer),)), context)

    def refuse(self, entry: Entry, by: Vendor | Dialect, failure: Failure, context: Context) -> Exchange:
        return self.answer(entry, self.refusal(by, failure, entry.http, context), context, failure)

    def refusal(self, by: Vendor | Dialect, failure: Failure, http: Http, context: Context) -> Answer:
        """The answer to a failure, by whoever refuses it."""
        return self.front(failure, http, context) or by.refuse(failure, http, context)

    def front(self, failure: Failure, http: Http, context: Context) -> Answer | None:
        """What the gateway answers to a failure, if it is there and has a say in it."""
        return gateway.refuse(failure, http, context) if self.is_gateway else None

    def headed(self, steps: Iterator[Step], findings: Sequence[Finding], context: Context) -> Iterator[Step]:
        """The steps with the headers that every answer has: what was found in the request, and what the
        gateway gives.
        """
        steps = told(steps, findings)
        if not self.is_gateway:
            return steps
        return with_header(steps, (gateway.REQUEST_ID, gateway.request_id(context)))
