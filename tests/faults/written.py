"""An answer as lines to read, and what is otherwise in them than without the fault.

How an answer is written: the head, an empty line, the body, how it ended. A line end that is no line feed is
written out, as is whatever cannot be seen; `‖` is the end of a chunk. How it is compared: a line that came
instead of another shows what has changed in it, as `[-gone-]` and `{+new+}`, with a little of what stands
around; numbers are those of the lines of the answer without the fault.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

import brotli
from faults.observing import Seen

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_AROUND = 28
"""Characters that are shown on both sides of a change."""

_FULL = 400
"""Characters of a line that is shown whole."""

_ALIKE = 0.6
"""How much of two lines is the same, so that one is told as a change of the other."""

_TIMES = 3
"""How often a change is shown."""

_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END = "‖"


def lines_of(
    seen: Seen, healthy: Seen | None = None, *, silent: bool = False, lossy: bool = False
) -> list[str]:
    """The answer as lines. Where its body is that of the healthy one, cut otherwise, that is said instead.
    `silent` tells that it shows where it was silent for long, `lossy` that not all of it is sure to come.
    """
    pieces = _decoded(seen)
    told = list(seen.head)
    if silent and seen.silence < 0:
        told.insert(0, "(silence)")
    if lossy and seen.head:
        return [*told, "", "(what has come of the body by then)", _ending(seen)]
    if healthy and seen.head and seen.body and pieces != healthy.pieces and b"".join(pieces) == healthy.body:
        told += ["", f"(the same body, {_cuts(pieces, seen)})"]
    elif pieces:
        told += ["", *_body_lines(pieces, chunked=seen.is_chunked, silence=seen.silence if silent else -1)]
    if seen.rest:
        told += ["(no HTTP:)", *map(_visible, _LINE.findall(_text(seen.rest)))]
    return [*told, _ending(seen)]


def _decoded(seen: Seen) -> list[bytes]:
    """The pieces of the body without the coding that the head tells."""
    match seen.headers.get("content-encoding") if seen.head else None:
        case "gzip":
            decode = zlib.decompressobj(wbits=31).decompress
        case "br":
            decode = brotli.Decompressor().process
        case "zstd":
            decode = zstd.ZstdDecompressor().decompress
        case _:
            return seen.pieces
    return [decoded for piece in seen.pieces if (decoded := decode(piece))]


def _cuts(pieces: Sequence[bytes], seen: Seen) -> str:
    if not seen.is_chunked:
        return "not chunked"
    inside = sum(not _is_text(piece) for piece in pieces)
    ends = f", {inside} of them with half a character" if inside else ""
    if len(pieces) == 1:
        return "in one chunk"
    sizes = {len(piece) for piece in pieces[:-1]}
    each = f" of {sizes.pop()}" if len(sizes) == 1 else ""
    return f"in {len(pieces)} chunks{each}{ends}"


def _is_text(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _body_lines(pieces: Sequence[bytes], *, chunked: bool, silence: int) -> Iterator[str]:
    told, sent = "", 0
    for piece in pieces:
        text = _text(piece)
        if 0 <= silence - sent < len(piece) and silence:
            text = f"{_text(piece[: silence - sent])}(silence){_text(piece[silence - sent :])}"
        sent += len(piece)
        told += _with_end(text) if chunked else text
    yield from map(_visible, _LINE.findall(told))


def _with_end(text: str) -> str:
    """The text of a chunk with its end marked: on its last line."""
    end = re.search(r"(\r\n|\r|\n)?\Z", text)
    assert end
    return text[: end.start()] + _END + end.group()


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _visible(line: str) -> str:
    """A line, with what cannot be seen written out."""
    body = line.removesuffix("\n") if not line.endswith("\r\n") else line
    return "".join(one if one.isprintable() else _escaped(one) for one in body)


def _escaped(one: str) -> str:
    if one in "\r\n\t":
        return {"\r": "\\r", "\n": "\\n", "\t": "\\t"}[one]
    code = ord(one)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def _ending(seen: Seen) -> str:
    how = {"kept": "kept", "closed": "closed", "reset": "reset", "open": "silent, and open"}[seen.ending]
    missing = "" if seen.is_whole or not seen.head else ", the body has not ended"
    return f"(the connection is {how}{missing})"


# --------------------------------------------------------------------------------------------- comparing


def changes(healthy: Sequence[str], faulty: Sequence[str]) -> list[str]:
    """What is otherwise in the lines of an answer. Padding is not told: it follows from what is padded."""
    before, after = ([_PADDING.sub(r"\1", line) for line in lines] for lines in (healthy, faulty))
    found: list[tuple[str, str]] = []
    old, new = ([_NUMBER.sub(r"\1", line) for line in lines] for lines in (before, after))
    for tag, begin, end, other, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal" or before[begin:end] != after[other:last]:
            found += _changed(begin, before[begin:end], after[other:last])
    return list(_without_repeats(found))


_NUMBER = re.compile(r'("sequence_number":)\d+')
_PADDING = re.compile(r'("obfuscation":")\w*')


def _changed(number: int, gone: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The changes from some lines to others, each with what it is the same change by."""
    at = 0
    for index, (before, after) in enumerate(zip(gone, new, strict=False)):
        parts = _parts(before, after) if before != after else []
        if parts or before == after:
            yield from _replaced(number + at, gone[at:index], new[at:index])
            at = index + 1
        if parts:
            yield f"{number + index + 1:4} {_edited(parts, _AROUND)}", _shape(_edited(parts, 0))
    yield from _replaced(number + at, gone[at:], new[at:])


def _replaced(number: int, gone: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines that have nothing to do with those that came instead."""
    yield from _lost(number + 1, gone)
    for line in new:
        yield _line(number + len(gone), "+", line, _FULL), f"+{_shape(line)}"


def _lost(number: int, gone: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(gone) > _TIMES:
        last = number + len(gone) - 1
        yield f"{number:4} - {_cut(gone[0], 2 * _AROUND)}\n     - … to line {last}", f"-{number}"
        return
    for index, line in enumerate(gone):
        yield _line(number + index, "-", line, 2 * _AROUND), f"-{_shape(line)}"


def _line(number: int, sign: str, line: str, length: int) -> str:
    return f"{number:4} {sign} {_cut(line, length)}".rstrip()


def _parts(before: str, after: str) -> list[tuple[str, str, str]]:
    """A line as what is the same in another, what is gone and what came; nothing where they are not alike."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    inner = old[start : len(old) - end], new[start : len(new) - end]
    parts = [("".join(old[:start]), "", "")]
    for tag, i, j, k, last in SequenceMatcher(None, *inner, autojunk=False).get_opcodes():
        gone, came = "".join(inner[0][i:j]), "".join(inner[1][k:last])
        parts.append((gone, "", "") if tag == "equal" else ("", gone, came))
    parts.append(("".join(old[len(old) - end :]), "", ""))
    same = sum(len(part) for part, _, _ in parts)
    return parts if same > _ALIKE * (len(before) + len(after)) / 2 and _END not in {before, after} else []


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many tokens both begin."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def _edited(parts: Sequence[tuple[str, str, str]], around: int) -> str:
    """What changes in a line, with so many characters on both sides."""
    told, last = "", len(parts) - 1
    for index, (same, gone, came) in enumerate(parts):
        told += _elided(same, around, first=not index, last=index == last)
        told += f"[-{_cut(gone, _FULL)}-]" if gone else ""
        told += f"{{+{_cut(came, _FULL)}+}}" if came else ""
    return told


def _elided(text: str, around: int, *, first: bool, last: bool) -> str:
    """What stays the same between two changes, or before the first and behind the last."""
    head, tail = ("" if first else text[:around]), ("" if last or not around else text[-around:])
    return text if len(text) <= len(head) + len(tail) + 1 else f"{head}…{tail}"


def _cut(line: str, length: int) -> str:
    """A line, its middle left out where it is too long, and told by a checksum."""
    if len(line) <= length:
        return line
    left = line[length * 2 // 3 : -(length // 3)]
    told = f" ({len(left)} characters, {_checksum(left)}) " if length > 200 else ""
    return f"{line[: length * 2 // 3]}…{told}{line[-(length // 3) :]}"


def _shape(line: str) -> str:
    """A line without what counts or names: those that are alike have one shape."""
    return re.sub(r"\d+|\w{16,}|\"[^\"]*\"", "0", line)[:200]


def _without_repeats(found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The changes; of each no more than some, and of the others how many there are, and their checksum."""
    kinds: dict[str, list[str]] = {}
    for text, key in found:
        kinds.setdefault(key, []).append(text)
    shown = {key: islice(_shortened(texts), _TIMES + 1) for key, texts in kinds.items()}
    for _, key in found:
        yield from islice(shown[key], 1)


def _shortened(texts: Sequence[str]) -> Iterator[str]:
    yield from texts[:_TIMES]
    if more := texts[_TIMES:]:
        yield f"     … {len(more)} more like these ({_checksum('|'.join(more))})"


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode(errors='surrogatepass')):08x}"
