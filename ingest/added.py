"""A council's own documents: added, listed and withdrawn. They live in the data folder, beside the shipped corpus.

added/<id>/original.<suffix>   the file as it came
added/<id>/document.json       what the loader read from it, so that a build reads nothing twice
added/<id>/source.json         its manifest row
withdrawn.json                 ids of shipped sources that this council has withdrawn
"""

import json
import shutil
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.errors import ManifestError, NotFoundError
from assistant.types import Source
from ingest import originals
from ingest.document import Document

T = TypeVar("T")
SOURCE = TypeAdapter(Source)
DOCUMENT = TypeAdapter(Document)


def added_folder(data: Path) -> Path:
    """Where added documents are."""
    return data / "added"


def add(data: Path, file: Path, source: Source, document: Document) -> bool:
    """Keeps a document under its source's id, replacing an earlier version whole. Returns whether there was one."""
    folder = added_folder(data) / source.id
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    shutil.copyfile(file, partial / f"original{file.suffix.lower()}")
    (partial / "document.json").write_bytes(DOCUMENT.dump_json(document))
    (partial / "source.json").write_bytes(SOURCE.dump_json(source, indent=2))
    replaced = folder.is_dir()
    if replaced:
        shutil.rmtree(folder)
    partial.rename(folder)
    return replaced


def added_sources(data: Path) -> list[Source]:
    """The sources of all added documents, by id.

    Raises:
        ManifestError: a record is damaged.
    """
    return [_read(folder / "source.json", SOURCE) for folder in _folders(data)]


def added_document(data: Path, source_id: str) -> Document:
    """What the loader read from an added document."""
    return _read(added_folder(data) / source_id / "document.json", DOCUMENT)


def withdrawn(data: Path) -> set[str]:
    """Ids of the shipped sources that are left out of builds."""
    path = data / "withdrawn.json"
    if not path.is_file():
        return set()
    try:
        return set(TypeAdapter(list[str]).validate_json(path.read_bytes()))
    except ValidationError as error:
        raise ManifestError(f"{path} is damaged. It must be a JSON list of source ids.") from error


def withdraw(data: Path, source_id: str, shipped: set[str]) -> str:
    """Takes a source out of all coming builds. Returns what was done, in words.

    Raises:
        NotFoundError: no such source.
    """
    folder = added_folder(data) / source_id
    if folder.is_dir():
        shutil.rmtree(folder)
        return f"deleted the added document {source_id}"
    if source_id not in shipped:
        raise NotFoundError(f"There is no source {source_id}. See: python -m ingest status")
    originals.forget(data, source_id)
    _write_withdrawn(data, withdrawn(data) | {source_id})
    return f"left out the shipped source {source_id}"


def restore(data: Path, source_id: str) -> None:
    """Brings a withdrawn shipped source back into coming builds.

    Raises:
        NotFoundError: it is not withdrawn.
    """
    ids = withdrawn(data)
    if source_id not in ids:
        raise NotFoundError(
            f"The source {source_id} is not among the withdrawn ones: {', '.join(sorted(ids)) or 'there are none'}."
        )
    _write_withdrawn(data, ids - {source_id})


def _write_withdrawn(data: Path, ids: set[str]) -> None:
    new = data / "withdrawn.json.new"
    new.write_text(json.dumps(sorted(ids)) + "\n", encoding="utf-8")
    new.replace(data / "withdrawn.json")


def _folders(data: Path) -> list[Path]:
    return sorted(
        folder for folder in added_folder(data).glob("*") if folder.is_dir() and not folder.name.endswith(".partial")
    )


def _read(path: Path, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ManifestError(
            f"{path} is damaged or missing. Add the document again, or delete the folder {path.parent}."
        ) from error
