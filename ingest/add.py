"""Adds one document of the council's own."""

from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import ManifestError
from assistant.types import ContentKind, LegalRegime, Nation, Source, SourceStatus
from ingest import added
from ingest.fetch.export import keep_export
from ingest.fetch.session import utc_now
from ingest.load.isolate import load_isolated
from ingest.manifest import SourceRow, describe, read_manifest, slug
from ingest.settings import IngestSettings


def add_file(
    data: Path,
    settings: IngestSettings,
    file: Path,
    *,
    publisher: str,
    title: str | None,
    id_: str | None,
    url: str | None,
    published: str | None,
    nations: tuple[Nation, ...],
) -> str:
    """Reads a file in a process of its own, and keeps it with its manifest row for the next build. Returns what was done, in words.

    Raises:
        LoadError: the file can't be read as guidance.
        ManifestError: what was said about it is not valid.
    """
    read = partial(load_isolated, seconds=settings.file_seconds, memory_mb=settings.file_memory_mb)
    shipped = {source.id: source for source in read_manifest(settings.corpus_dir)}
    if id_ in shipped:
        # The export of a page that can't be downloaded: it becomes the original of the source that it belongs to.
        return keep_export(data, shipped[id_], file, read=read, now=utc_now())
    document = read(file)
    title = title or document.title or file.stem
    source = _source(
        file,
        id=id_ or slug(f"{publisher} {title}")[:100].strip("-"),
        publisher=publisher,
        title=title,
        url=url,
        published=published,
        nations=nations or tuple(Nation),
    )
    if source.id in shipped:
        raise ManifestError(f"{file.name}: the id {source.id} belongs to a shipped source. Give another with --id.")
    replaced = added.add(data, file, source, document)
    warnings = "".join(f"\n  note: {warning}" for warning in document.warnings)
    return f"{'replaced' if replaced else 'added'} {source.id}: “{source.title}”, {len(document.sections)} sections{warnings}"


def _source(file: Path, **fields: Any) -> Source:
    """The manifest row of a council's own document: what was said about it, and what holds for all of them."""
    fixed = {
        "status": SourceStatus.CURRENT,
        "legal_regime": LegalRegime.INDEPENDENT,
        "licence": "held by the council",
        "format": file.suffix.lower().lstrip("."),
        "content": ContentKind.ORIGINAL,
    }
    try:
        return SourceRow.model_validate(fields | fixed).to_source()
    except ValidationError as error:
        raise ManifestError(f"{file.name}: {' '.join(describe(each) for each in error.errors())}") from error
