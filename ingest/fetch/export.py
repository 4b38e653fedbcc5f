"""Takes a file that a person exported or saved, where a program can't fetch the original: Notion pages, for one."""

import hashlib
from datetime import datetime
from pathlib import Path

from assistant.types import Source
from ingest import originals
from ingest.fetch.download import Read
from ingest.originals import Original


def keep_export(data: Path, source: Source, file: Path, *, read: Read, now: datetime) -> str:
    """Keeps an exported file as the original of a shipped source. Returns what was done, in words.

    The caller holds the right to write to the data folder (ingest.versions.writing).

    Raises:
        LoadError: the file can't be read as guidance; an earlier original stays.
    """
    document = read(file)
    moment = now.isoformat(timespec="seconds")
    original = Original(
        url=None,
        final_url=None,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        etag=None,
        last_modified=None,
        fetched_at=moment,
        checked_at=moment,
    )
    originals.keep(data, source.id, file, original, document)
    warnings = "".join(f"\n  note: {warning}" for warning in document.warnings)
    return f"kept as the original of {source.id}: “{document.title or source.title}”, {len(document.sections)} sections{warnings}"
