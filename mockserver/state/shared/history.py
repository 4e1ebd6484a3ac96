"""What was said, shared: the turns that a conversation may hand back are fetched, and compared as ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mockserver.conversation import Finding
from mockserver.history.fidelity import Conversation, Memory, Parts, Turn, letters_in, names
from mockserver.state.interface import StateLostError
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Asking, hashed
from mockserver.state.shared.codec import dump, load, tagged, untagged
from mockserver.state.shared.scripts import REMEMBER, SAID
from mockserver.values import dataclass


class SharedHistory:
    """The turns of one key, by their ids and by their places."""

    def __init__(self, asking: Asking, key: str, catch_up: Callable[[Iterable[str]], None]) -> None:
        self._asking = asking
        self._kd = hashed(key)
        self._catch_up = catch_up

    def remember(self, conversation: Conversation, said: Parts, _: Callable[[], bool]) -> None:
        """Whether all of it reaches the client is told when its exchange, opened last, is over."""
        notes = errands.notes()
        if notes is None or not notes.opened:
            return
        uid, parts = notes.opened[-1].uid, (*conversation.begun, *said)
        command = self._asking.command(
            REMEMBER, self._kd, uid, conversation.place, dump(tagged(parts)), letters_in(parts), *names(parts)
        )
        notes.told.append(lambda: command)

    def differences(self, conversation: Conversation) -> Iterable[Finding]:
        """Where the turns that came back differ. Of what was said nothing is known while Redis is lost."""
        if not conversation.turns:
            return ()
        try:
            return self._differences(conversation)
        except StateLostError:
            return ()

    def _differences(self, conversation: Conversation) -> Iterable[Finding]:
        told = self._fetch(conversation)
        found = tuple(told.memory(_always).differences(conversation))
        if found and (unsure := told.open):  # those that are on their way may have reached the client
            self._catch_up(unsure)
            found = tuple(self._fetch(conversation).memory(_never).differences(conversation))
        return found

    def _fetch(self, conversation: Conversation) -> _Told:
        """All that a conversation may hand back."""
        places = tuple(dict.fromkeys(turn.place for turn in conversation.turns))
        listed = tuple(dict.fromkeys(name for turn in conversation.turns for name in names(turn.parts)))
        encoded = (name.encode(errors="surrogatepass") for name in listed)
        kept, named, turns = self._asking.ask(SAID, self._kd, len(places), *places, *encoded)
        return _Told(
            tuple(zip(places, (uids.split() for uids in kept), strict=True)),
            tuple(zip(listed, named, strict=True)),
            {uid: (whole == b"1", untagged(load(parts))) for uid, whole, parts in _by_three(turns)},
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What Redis knows of turns: by their places, by the names in them, and each whether it has reached the
    client.
    """

    placed: tuple[tuple[int, list[bytes]], ...]
    named: tuple[tuple[str, bytes], ...]
    turns: Mapping[bytes, tuple[bool, Parts]]

    @property
    def open(self) -> list[str]:
        return [uid.decode() for uid, (is_whole, _) in self.turns.items() if not is_whole]

    def memory(self, otherwise: Callable[[], bool]) -> Memory:
        """The same as it is in memory; `otherwise` is for the turns that are on their way."""
        turns = {
            uid: Turn(parts, _always if is_whole else otherwise, letters_in(parts))
            for uid, (is_whole, parts) in self.turns.items()
        }
        memory = Memory()
        for place, uids in self.placed:
            if said := tuple(turns[uid] for uid in uids if uid in turns):
                memory.placed.put(place, said)
        for name, uid in self.named:
            if uid in turns:
                memory.named.put(name, turns[uid])
        return memory


def _by_three(told: Sequence[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    for at in range(0, len(told), 3):
        yield told[at], told[at + 1], told[at + 2]


def _always() -> bool:
    return True


def _never() -> bool:
    return False
