"""Scenario files -> scenarios, with all problems of all files. The only module that looks for files.

A path is a file, of any name, or a folder, of which all `*.yaml` and `*.yml` files are read, sorted by path;
names that begin with a dot are passed over. A file found by two paths is read once. A path that is missing, a
folder without scenario files and a file without any document are problems; an empty document beside others is
passed over, since a trailing `---` makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from mockserver.scenario.model import Scenario
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, ProblemError, counted, quoted, render_all
from mockserver.scenario.read_scenario import Document, read_document
from mockserver.scenario.reading import Reading
from mockserver.scenario.yaml_nodes import Composed, compose, decode

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
    """One file, read."""

    name: str
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


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
    known = _names(protocols, faults)
    problems: list[Problem] = []
    files = [_read_file(path, known) for path in _distinct(_scenario_files(paths, problems))]
    return _gathered(files, problems)


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


def _scenario_files(paths: Iterable[str | Path], problems: list[Problem]) -> Iterator[Path]:
    for given in paths:
        try:
            yield from _files_at(Path(given))
        except (OSError, ProblemError) as error:
            problems.append(_file_problem(str(given), error))


def _files_at(path: Path) -> Sequence[Path]:
    if not path.exists():
        raise ProblemError(_whole(str(path)), "there is no such file or folder", "see the path for a slip")
    if not path.is_dir():
        return [path]
    found = sorted(_walk(path, frozenset()), key=lambda file: file.relative_to(path).parts)
    if not found:
        mend = "a folder is searched for *.yaml and *.yml; names that begin with a dot are passed over"
        raise ProblemError(_whole(str(path)), "there is no scenario file in this folder", mend)
    return found


def _walk(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """All scenario files below; a link back to a folder above is not followed."""
    real = folder.resolve()
    if real in above:
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _walk(path, above | {real})
        elif path.suffix in SUFFIXES:
            yield path


def _distinct(paths: Iterable[Path]) -> Iterable[Path]:
    distinct: dict[Path, Path] = {}
    for path in paths:
        distinct.setdefault(path.resolve(), path)
    return distinct.values()


# ---------------------------------------------------------------------------------------------- reading


def _read_file(path: Path, names: _Names) -> _File:
    name = str(path)
    try:
        return _read_text(decode(_content(path), name), name, names, path.parent)
    except (OSError, ProblemError) as error:
        return _File(name, (), (_file_problem(name, error),))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise ProblemError(_whole(str(path)), "this is neither a file nor a folder", "name a regular file")
    size = path.stat().st_size
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
    return _File(name, tuple(documents), tuple(sorted(problems, key=_position)))


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
