"""What the commands of ingestion share: settings, progress bars, clear failures, and the summary of a build."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from assistant.__main__ import load_settings as load_assistant_settings
from assistant.adapters.build_folder import read_current
from assistant.errors import GuidanceError, SettingsError
from assistant.settings import reject_unknown
from ingest import unchanged
from ingest.build import Summary, build
from ingest.make import Report
from ingest.settings import PREFIX, IngestSettings

FAILED = 1
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def load_settings() -> tuple[Path, IngestSettings]:
    """The data folder and the settings of ingestion, from the environment.

    Raises:
        SettingsError: one is unknown or not valid.
    """
    reject_unknown(PREFIX, IngestSettings.model_fields)
    try:
        return load_assistant_settings().data_dir, IngestSettings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()} is not valid: {first['msg']}.") from error


@contextmanager
def reporting() -> Iterator[Report]:
    """A progress bar a step; on a pipe, a line when a long step begins, so that a log shows what takes its time."""
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=total)
                if not console.is_terminal and done < total:
                    errors.print(f"{step} {total} …" if total > 1 else f"{step} …")
            progress.update(tasks[step], completed=done, total=total)

        yield report


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turns an error that a person is meant to read into one message and a non-zero exit."""
    try:
        yield
    except GuidanceError as error:
        errors.print(str(error))
        raise typer.Exit(FAILED) from None


def print_summary(summary: Summary) -> None:
    """What a build did, for people."""
    for label, ids in (("created", summary.created), ("updated", summary.updated), ("withdrawn", summary.withdrawn)):
        if 0 < len(ids) <= 10:
            console.print(f"  {label}: {', '.join(ids)}", markup=False)
    for line in outcome(summary, f"{summary.seconds:.1f} s"):
        console.print(line, markup=False)
    for caution in summary.cautions:
        errors.print(f"caution: {caution}")
    for source_id, reason in summary.failed.items():
        errors.print(f"failed: {source_id}: {reason}")


def outcome(summary: Summary, seconds: str) -> list[str]:
    """The lines on what has changed, what was left out, and which build serves."""
    verb = "now serves" if summary.switched else "still serves: nothing had changed"
    return [
        f"{len(summary.created)} created, {len(summary.updated)} updated, {len(summary.unchanged)} unchanged, "
        f"{len(summary.withdrawn)} withdrawn, {len(summary.failed)} failed; {summary.passages} passages, "
        f"{summary.embedded} texts embedded, {seconds}",
        *(f"  {line}" for line in summary.near_duplicates),
        f"build {summary.build_id} {verb}",
    ]


def rebuild(data: Path, settings: IngestSettings) -> None:
    """Builds, and prints what that did. Ends with 1 where a document could not be read."""
    before = unchanged.inputs(data, settings.corpus_dir)
    with reporting() as report:
        summary = build(data, settings, report)
    print_summary(summary)
    if summary.failed or summary.cautions or read_current(data) != summary.build_id:
        # What has to be said again, or has changed in the meantime, is not told from the outside.
        unchanged.forget(data)
    else:
        unchanged.remember(data, before, outcome(if_repeated(summary), unchanged.SECONDS))
    if summary.failed:
        raise typer.Exit(FAILED)


def if_repeated(summary: Summary) -> Summary:
    """What the same build would do once more: nothing."""
    same = (*summary.unchanged, *summary.created, *summary.updated)
    return replace(summary, switched=False, created=(), updated=(), unchanged=same, withdrawn=(), embedded=0)
