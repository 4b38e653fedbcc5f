"""The commands `ingest fetch` and `ingest check-links`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from assistant.errors import NotFoundError
from assistant.types import Source, SourceStatus
from ingest import added, versions
from ingest.console import FAILED, console, failing_clearly, load_settings, rebuild, reporting
from ingest.fetch.address import allowed_hosts
from ingest.fetch.download import OutcomeKind, fetch
from ingest.fetch.links import LinkState, check_links
from ingest.fetch.session import Session
from ingest.fetch.visit import Limits
from ingest.load.isolate import load_isolated
from ingest.manifest import read_manifest
from ingest.settings import IngestSettings


def _chosen(data: Path, settings: IngestSettings, ids: list[str]) -> tuple[list[Source], Session]:
    """The shipped sources that were named, or all that are in use, and a session that may visit the manifest's hosts only."""
    shipped = read_manifest(settings.corpus_dir)
    unknown = sorted(set(ids) - {source.id for source in shipped})
    if unknown:
        raise NotFoundError(f"There is no shipped source {', '.join(unknown)}. See: python -m ingest status")
    left_out = added.withdrawn(data)
    in_use = [each for each in shipped if each.id not in left_out and each.status is not SourceStatus.WITHDRAWN]
    limits = Limits(
        delay=settings.fetch_delay,
        read_seconds=settings.fetch_read_seconds,
        total_seconds=settings.fetch_seconds,
        body_bytes=int(settings.fetch_megabytes * 1_000_000),
    )
    return [each for each in shipped if each.id in ids] or in_use, Session(allowed_hosts(shipped), limits)


def fetch_command(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of shipped sources; all where none is given.")
    ] = None,
    no_build: Annotated[bool, typer.Option("--no-build", help="Only fetch; build later.")] = False,
) -> None:
    """Downloads the publishers' originals, then builds with them in place of the digests. Needs a connection to the web.

    Pages that did not change are not sent again. Ends with 1 if a source was refused or failed; what was kept before stays.
    """
    with failing_clearly():
        data, settings = load_settings()
        sources, session = _chosen(data, settings, ids or [])
        read = partial(load_isolated, seconds=settings.file_seconds, memory_mb=settings.file_memory_mb)
        outcomes = []
        with versions.writing(data), reporting() as report:
            for number, source in enumerate(sources):
                report("Fetching", number, len(sources))
                outcome = fetch(source, session=session, data=data, read=read)
                outcomes.append(outcome)
                if outcome.kind is not OutcomeKind.UNCHANGED:
                    console.print(
                        f"{outcome.kind:<13} {outcome.source_id}: {outcome.detail}", markup=False, soft_wrap=True
                    )
        counts = ", ".join(
            f"{count} {kind.replace('_', ' ')}"
            for kind in OutcomeKind
            if (count := sum(outcome.kind is kind for outcome in outcomes))
        )
        console.print(f"{len(outcomes)} sources: {counts}", markup=False)
        if any(outcome.text_changed for outcome in outcomes) and not no_build:
            rebuild(data, settings)
    if any(outcome.kind in (OutcomeKind.REFUSED, OutcomeKind.FAILED) for outcome in outcomes):
        raise typer.Exit(FAILED)


def check_links_command(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of shipped sources; all where none is given.")
    ] = None,
) -> None:
    """Reports sources that moved, are gone or have changed. Nothing is downloaded. Needs a connection to the web.

    Ends with 1 if a source is gone, was refused or could not be reached.
    """
    with failing_clearly():
        data, settings = load_settings()
        sources, session = _chosen(data, settings, ids or [])
        links = []
        with reporting() as report:
            report("Checking", 0, len(sources))
            for link in check_links(sources, session=session, data=data):
                links.append(link)
                report("Checking", len(links), len(sources))
                if link.state is not LinkState.OK:
                    console.print(
                        f"{link.state:<12} {link.source_id} {link.url}: {link.detail}", markup=False, soft_wrap=True
                    )
        counts = ", ".join(
            f"{count} {state}" for state in LinkState if (count := sum(link.state is state for link in links))
        )
        console.print(f"{len(links)} addresses: {counts}", markup=False)
    if any(link.state in (LinkState.GONE, LinkState.REFUSED, LinkState.UNREACHABLE) for link in links):
        raise typer.Exit(FAILED)
