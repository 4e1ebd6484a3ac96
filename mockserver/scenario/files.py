"""Scenario files -> scenarios, with all problems of all files. The only module that looks for files.

A path is a file, of any name, or a folder, of which all `*.yaml` and `*.yml` files are read, sorted by path;
names that begin with a dot are passed over. A file found by two paths is read once. A path that is missing, a
folder without scenario files and a file without any document are problems; an empty document beside others is
passed over, since a trailing `---` makes one.

A `Library` is files that are loaded again and again: what has not changed is not read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from hashlib import blake2b
from pathlib import Path, PurePath
from stat import S_ISREG

from mockserver.scenario.model import Scenario
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, ProblemError, counted, quoted, render_all
from mockserver.scenario.read_scenario import Document, read_document
from mockserver.scenario.reading import Reading
from mockserver.scenario.stamps import Stamp, stamp_of
from mockserver.scenario.yaml_nodes import Composed, compose, decode
from mockserver.values import dataclass

SUFFIXES = (".yaml", ".yml")
LARGEST_FILE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded. With any problem the scenarios are not all, and not fit to be served."""

    scenarios: tuple[Scenario, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file, read. `stamp` and `beside` are how it and the files that it names looked before; `digest` is
    of its content.
    """

    name: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    stamp: Stamp = None
    beside: Mapping[str, Stamp] = field(default_factory=dict)
    digest: bytes = b""

    def has_changed(self, stamp: Stamp) -> bool:
        return stamp != self.stamp or any(stamp_of(path) != known for path, known in self.beside.items())

    def still_says(self, digest: bytes) -> bool:
        """Whether another reading would give the same. What is beside may have changed."""
        return digest == self.digest and not self.beside


@dataclass(frozen=True, slots=True)
class _Names:
    """What scenarios may name that stands outside of them; any fault, where `faults` are not known."""

    protocols: tuple[str, ...]
    faults: tuple[str, ...] | None

    def reading(self, folder: Path | None) -> Reading:
        return Reading(self.protocols, folder, self.faults)


def _names(protocols: Iterable[str], faults: Iterable[str] | None) -> _Names:
    return _Names(tuple(protocols), None if faults is None else tuple(faults))


def load(
    paths: Iterable[str | Path], protocols: Iterable[str], faults: Iterable[str] | None = None
) -> Loaded:
    """The scenarios of files and folders, in order. They may name these protocols and faults; any fault,
    where these are not known.
    """
    return Library(paths, protocols, faults).load()


@dataclass(frozen=True, slots=True)
class Look:
    """What can be seen of files without reading them: two looks are equal unless something has changed."""

    stamps: Mapping[str, Stamp]
    problems: tuple[Problem, ...]


class Library:
    """Scenario files and folders that are loaded again and again. `seen` is how they looked when they were
    loaded last. One thread at a time may load or look.
    """

    def __init__(
        self, paths: Iterable[str | Path], protocols: Iterable[str], faults: Iterable[str] | None = None
    ) -> None:
        self._paths = tuple(paths)
        self._known = _names(protocols, faults)
        self._files: dict[str, _File] = {}
        self._trusts_looks = True
        self.seen = Look({}, ())

    def load(self) -> Loaded:
        """As `load` does; files that have not changed since the last time are not read again, and what was
        read stays what it was where its file says the same.
        """
        found = self._found()
        self._files = {path: self._file(path, found.stamps[path]) for path in _distinct(found.stamps)}
        self.seen = Look({**self._beside(), **found.stamps}, found.problems)
        self._trusts_looks = True
        return _gathered(list(self._files.values()), found.problems)

    def distrust(self) -> None:
        """Read all files again when they are loaded next, whether or not a change is to be seen."""
        self._trusts_looks = False

    def look(self) -> Look:
        """How the files look now: the scenario files that are there, and what they named when loaded."""
        found = self._found()
        beside = {path: stamp_of(path) for path in self._beside()}
        return Look({**beside, **found.stamps}, found.problems)

    def _found(self) -> Look:
        problems: list[Problem] = []
        stamps = {path: stamp_of(path) for path in _scenario_files(self._paths, problems)}
        return Look(stamps, tuple(problems))

    def _beside(self) -> dict[str, Stamp]:
        return {path: stamp for file in self._files.values() for path, stamp in file.beside.items()}

    def _file(self, path: str, stamp: Stamp) -> _File:
        kept = self._files.get(path)
        if kept and self._trusts_looks and not kept.has_changed(stamp):
            return kept
        return _read_file(Path(path), self._known, stamp, kept)


def load_text(
    text: str,
    name: str,
    protocols: Iterable[str],
    folder: Path | None = None,
    faults: Iterable[str] | None = None,
) -> Loaded:
    """The scenarios of a text, as `load` reads them. Its name stands in messages and, without suffix, for a
    missing `scenario:`; pictures are looked for in `folder`.
    """
    return _gathered([_read_text(text.removeprefix("\ufeff"), name, _names(protocols, faults), folder)], [])


def report(loaded: Loaded, warnings: Sequence[Problem] = ()) -> str:
    """All problems and warnings and their number, or one line that there are none."""
    told = (*loaded.problems, *warnings)
    count = f"{_count(loaded, warnings)}."
    return f"{render_all(told)}\n{count}" if told else count


def _count(loaded: Loaded, warnings: Sequence[Problem]) -> str:
    warned = f", {counted(len(warnings), 'warning')}" if warnings else ""
    if not loaded.problems:
        files = counted(len(loaded.files), "file")
        return f"{counted(len(loaded.scenarios), 'scenario')} in {files}, no problems{warned}"
    broken = {problem.place.file for problem in loaded.problems}
    return f"{counted(len(loaded.problems), 'problem')} in {counted(len(broken), 'file')}{warned}"


# ---------------------------------------------------------------------------------------------- finding


def _scenario_files(paths: Iterable[str | Path], problems: list[Problem]) -> Iterator[str]:
    for given in paths:
        try:
            yield from _files_at(Path(given))
        except (OSError, ProblemError) as error:
            problems.append(_file_problem(str(given), error))


def _files_at(path: Path) -> Sequence[str]:
    if not path.exists():
        raise ProblemError(_whole(str(path)), "there is no such file or folder", "see the path for a slip")
    if not path.is_dir():
        return [str(path)]
    found = list(_walk(str(path), frozenset()))
    if not found:
        mend = "a folder is searched for *.yaml and *.yml; names that begin with a dot are passed over"
        raise ProblemError(_whole(str(path)), "there is no scenario file in this folder", mend)
    return found


def _walk(folder: str, above: frozenset[str]) -> Iterator[str]:
    """All scenario files below; a link back to a folder above is not followed. Without a `Path` for each file
    a look at thousands of them is cheap.
    """
    real = os.path.realpath(folder)
    if real in above:
        return
    with os.scandir(folder) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=_name)
    for entry in found:
        path = entry.name if folder == os.curdir else f"{folder.removesuffix(os.sep)}{os.sep}{entry.name}"
        if _is_folder(entry):
            yield from _walk(path, above | {real})
        elif entry.name.endswith(SUFFIXES):
            yield path


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round and round
        return False


def _distinct(paths: Iterable[str]) -> Iterable[str]:
    distinct: dict[str, str] = {}
    for path in paths:
        distinct.setdefault(os.path.realpath(path), path)
    return distinct.values()


# ---------------------------------------------------------------------------------------------- reading


def _read_file(path: Path, names: _Names, stamp: Stamp, before: _File | None) -> _File:
    name = str(path)
    try:
        content = _content(path, stamp)
        digest = blake2b(content).digest()
        if before and before.still_says(digest):
            return replace(before, stamp=stamp)
        read = _read_text(decode(content, name), name, names, path.parent)
    except (OSError, ProblemError) as error:
        return _File(name, (), (_file_problem(name, error),), stamp)
    return replace(read, stamp=stamp, digest=digest)


def _content(path: Path, stamp: Stamp) -> bytes:
    _, size, mode = stamp or (0, 0, 0)
    if not S_ISREG(mode):
        raise ProblemError(_whole(str(path)), "this is neither a file nor a folder", "name a regular file")
    if size > LARGEST_FILE:
        what = f"a file of {counted(size, 'byte')} is too large for a scenario"
        raise ProblemError(_whole(str(path)), what, f"the limit is {LARGEST_FILE:,}; split it")
    return path.read_bytes()


def _read_text(text: str, name: str, names: _Names, folder: Path | None) -> _File:
    composed = compose(text, name)
    reading = names.reading(folder)
    default: str | None = PurePath(name).stem
    documents: list[Document] = []
    for node in composed.documents:
        documents += read_document(node, default, reading)
        default = None
    problems = {*composed.problems, *reading.problems, *_nothing(composed, name)}
    told = tuple(sorted(problems, key=_position))
    return _File(name, tuple(documents), told, beside=reading.beside)


def _nothing(composed: Composed, name: str) -> Iterator[Problem]:
    if not composed.documents and not composed.problems:
        yield Problem(_whole(name), "there is no scenario in this file", "write one, or remove the file")


def _position(problem: Problem) -> tuple[int, int, str]:
    return problem.place.line, problem.place.column, problem.what


def _whole(file: str) -> Place:
    return Place(file, 0, 0)


def _file_problem(name: str, error: OSError | ProblemError) -> Problem:
    if isinstance(error, ProblemError):
        return error.problem
    return Problem(_whole(str(error.filename or name)), f"it cannot be read: {error.strerror}")


# -------------------------------------------------------------------------------------------- gathering


def _gathered(files: Sequence[_File], problems: Iterable[Problem]) -> Loaded:
    documents = [document for file in files for document in file.documents]
    found = [*problems]
    names: dict[str, Document] = {}
    for file in files:
        found += sorted((*file.problems, *_taken_names(file, names)), key=_position)
    scenarios = tuple(document.scenario for document in documents if document.scenario)
    return Loaded(scenarios, tuple(found), tuple(file.name for file in files))


def _taken_names(file: _File, names: dict[str, Document]) -> Iterator[Problem]:
    """The names that are taken already; `names` are those of the files before and grow."""
    for document in file.documents:
        if not document.name:
            continue
        first = names.setdefault(document.name, document)
        if first is not document:
            what = f"the name {quoted(document.name)} is taken by {first.place}"
            yield Problem(document.place, what, "give one of the two another name")
