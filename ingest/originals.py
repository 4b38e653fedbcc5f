"""The publishers' originals, as they were fetched. They live in the data folder and never leave it.

originals/<source id>/original.<suffix>   the file as it came
originals/<source id>/document.json       what the loader read from it
originals/<source id>/fetch.json          where and when it came from
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.errors import LoadError, NotFoundError
from assistant.types import Source
from ingest.document import Document
from ingest.manifest import Identifier

T = TypeVar("T")
_PARTIAL = ".partial"
_REPLACED = ".replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Where an original came from. Dates are ISO 8601, UTC; `checked_at` is when the site last confirmed it.

    `url` is what the manifest said then, `final_url` where redirects ended; both are None for a file that a person exported.
    `sha256` is of the file as it came; `etag` and `last_modified` are the site's own marks of the version.
    """

    url: str | None
    final_url: str | None
    sha256: str
    etag: str | None
    last_modified: str | None
    fetched_at: str
    checked_at: str


class Kept(NamedTuple):
    """An original with what was read from it."""

    original: Original
    document: Document


_ORIGINAL = TypeAdapter(Original)
_DOCUMENT = TypeAdapter(Document)
_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


def keep(data: Path, source_id: str, file: Path, original: Original, document: Document) -> None:
    """Keeps a file under its source's id, replacing an earlier one whole. The earlier one stands until the new one is complete."""
    folder = _folder(data, source_id)
    partial, replaced = folder.with_name(folder.name + _PARTIAL), folder.with_name(folder.name + _REPLACED)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    shutil.copyfile(file, partial / f"original{file.suffix.lower()}")
    (partial / "document.json").write_bytes(_DOCUMENT.dump_json(document))
    (partial / "fetch.json").write_bytes(_ORIGINAL.dump_json(original, indent=2))
    if folder.is_dir():
        shutil.rmtree(replaced, ignore_errors=True)
        folder.rename(replaced)
    partial.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


def update(data: Path, source_id: str, original: Original) -> None:
    """Replaces the record of an original whose file is the same as before, in one step."""
    folder = _current(data, source_id)
    new = folder / "fetch.json.new"
    new.write_bytes(_ORIGINAL.dump_json(original, indent=2))
    new.replace(folder / "fetch.json")


def record(data: Path, source_id: str) -> Original | None:
    """Where the original that is kept for a source came from; None where there is none.

    Raises:
        LoadError: there is one, but its record is damaged.
    """
    folder = _current(data, source_id)
    return _read(folder / "fetch.json", _ORIGINAL, source_id) if folder.is_dir() else None


def kept(data: Path, source: Source) -> Kept | None:
    """The original of a source; None where there is none that belongs to the source as the manifest has it now.

    An original from an address that the manifest no longer gives may be another document, so it does not count.

    Raises:
        LoadError: there is one, but it is damaged.
    """
    original = record(data, source.id)
    if original is None or (original.url and source.url not in (original.url, original.final_url)):
        return None
    return Kept(original, _read(_current(data, source.id) / "document.json", _DOCUMENT, source.id))


def original_document(data: Path, source: Source) -> Document | None:
    """What was read from the original of a source, for a build; None and LoadError as in `kept`."""
    found = kept(data, source)
    return found.document if found else None


def forget(data: Path, source_id: str) -> bool:
    """Deletes the original of a source with all that was read from it. Returns whether there was one."""
    folder = _folder(data, source_id)
    had_one = _current(data, source_id).is_dir()
    for name in (folder.name, folder.name + _PARTIAL, folder.name + _REPLACED):
        shutil.rmtree(folder.with_name(name), ignore_errors=True)
    return had_one


def _folder(data: Path, source_id: str) -> Path:
    # The id becomes a path, and may come from a command line.
    try:
        return data / "originals" / _IDENTIFIER.validate_python(source_id)
    except ValidationError:
        raise NotFoundError(f"There is no source {source_id!r}. See: python -m ingest status") from None


def _current(data: Path, source_id: str) -> Path:
    """The folder to read from. Where a run was killed between the two renames of `keep`, that is the replaced one."""
    folder = _folder(data, source_id)
    replaced = folder.with_name(folder.name + _REPLACED)
    return replaced if replaced.is_dir() and not folder.is_dir() else folder


def _read(path: Path, adapter: TypeAdapter[T], source_id: str) -> T:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise LoadError(
            f"{path} is damaged or missing. Fetch it again: python -m ingest fetch {source_id}. "
            f"Or delete the folder {path.parent}."
        ) from error
