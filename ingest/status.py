"""What “ingest status” shows."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.adapters.build_folder import builds_folder, read_passages, read_sources
from assistant.errors import BuildError
from assistant.types import ContentKind, Source
from ingest import versions
from ingest.added import added_sources, withdrawn
from ingest.manifest import read_manifest


def report(data: Path, corpus: Path, today: date) -> RenderableType:
    """The builds, the sources of the serving one, and what is not in it."""
    serving = versions.current(data)
    if serving is None:
        raise BuildError(f"There is no index in {data} yet. Make one: python -m ingest build")
    builds = [Text("Builds, the serving one marked *", style="bold")]
    builds.extend(
        Text(
            f"{'*' if info.id == serving.id else ' '} {info.id}  {info.created}  "
            f"{info.sources} sources, {info.passages} passages, {info.model_id}"
        )
        for info in versions.complete_builds(data)
    )
    folder = builds_folder(data) / serving.id
    sources = read_sources(folder)
    counts: dict[str, int] = {}
    for passage in read_passages(folder):
        counts[passage.source_id] = counts.get(passage.source_id, 0) + 1
    table = Table(title="Sources", title_justify="left", box=None)
    for column in ("id", "publisher", "published", "status", "text", "passages", "remarks"):
        table.add_column(column, overflow="fold")
    for source in sources:
        table.add_row(
            source.id,
            source.publisher,
            source.published or "not known",
            source.status.value,
            "our summary" if source.content is ContentKind.DIGEST else "original",
            str(counts.get(source.id, 0)),
            "; ".join(remarks(source, today)),
        )
    held = {source.id for source in sources}
    coming = {source.id for source in [*read_manifest(corpus), *added_sources(data)]}
    left_out = sorted(withdrawn(data) & coming)
    notes = [Text(f"Withdrawn here: {', '.join(left_out)}")] if left_out else []
    if missing := sorted(coming - held - set(left_out)):
        notes.append(Text(f"Not in the serving build (build again, or see what failed): {', '.join(missing)}"))
    return Group(*builds, Text(), table, *notes)


def remarks(source: Source, today: date) -> Iterator[str]:
    """What an author should look at."""
    if source.review_by and source.review_by < today:
        yield f"review was due {source.review_by}"
    if source.valid_to and source.valid_to < today:
        yield f"valid until {source.valid_to}"
    if source.superseded_by:
        yield f"superseded by {', '.join(source.superseded_by)}"
