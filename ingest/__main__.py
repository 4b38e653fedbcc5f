"""python -m ingest build|add|fetch|check|check-links|preview|status|verify|rollback|withdraw|restore."""

import sys

from ingest.unchanged import tell_unchanged

# First of all: what follows takes most of a second to import.
if __name__ == "__main__" and sys.argv[1:] == ["build"] and tell_unchanged():
    sys.exit(0)

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.adapters.build_folder import builds_folder, read_current
from assistant.errors import GuidanceError, SettingsError
from assistant.types import Nation
from ingest import added, status, versions
from ingest.add import add_file
from ingest.check import check
from ingest.console import FAILED, console, errors, failing_clearly, load_settings, rebuild, reporting
from ingest.content import gather
from ingest.corpus import read_corpus
from ingest.fetch.commands import check_links_command, fetch_command
from ingest.manifest import read_manifest
from ingest.preview import preview, render
from ingest.settings import IngestSettings
from ingest.verify import verify

SAMPLES = Path("../shared/samples")
app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Turns guidance into a search index. Nothing changes for readers until a new build has been made and verified.",
)


@app.command("check")
def check_command(
    samples: Annotated[
        Path,
        typer.Option(help="Folder with texts of others, which no digest may copy from; left out where it is missing."),
    ] = SAMPLES,
) -> None:
    """Checks the digests and lists of the corpus by the house rules. Reads only; needs no build.

    Ends with 1 if there is a finding. Every rule is in docs/authors.md.
    """
    with failing_clearly():
        _, settings = load_settings()
        findings = check(settings.corpus_dir, samples)
        checked = sum(1 for _ in (settings.corpus_dir / "digests").rglob("*.md"))
    for finding in findings:
        console.print(str(finding), markup=False, soft_wrap=True)
    if not samples.is_dir():
        console.print(f"there is no folder {samples}: copying from other texts was not checked", markup=False)
    console.print(f"{checked} digests checked, {len(findings)} findings", markup=False)
    if findings:
        raise typer.Exit(FAILED)


@app.command("preview")
def preview_command() -> None:
    """Shows what a build would change, passage by passage, against the serving build. Changes nothing."""
    with failing_clearly():
        data, settings = load_settings()
        corpus = read_corpus(settings.corpus_dir, data)
        console.print(render(preview(data, gather(corpus), corpus.failed)))


@app.command("build")
def build_command() -> None:
    """Builds the corpus into a new index, verifies it, and makes it serve.

    Only text that changed is embedded. Ends with 1 where a document could not be read; the others are built all the same.
    """
    with failing_clearly():
        rebuild(*load_settings())


@app.command("add")
def add_command(
    files: Annotated[list[Path], typer.Argument(help="PDF, DOCX, ODT, HTML, Markdown or text files.")],
    publisher: Annotated[str, typer.Option(help="Who issued the document, such as your council's name.")],
    title: Annotated[str | None, typer.Option(help="Its title; read from the file where it is not given.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="Its id; made from publisher and title where it is not given.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Where it is published, for links.")] = None,
    published: Annotated[str | None, typer.Option(help="YYYY, YYYY-MM or YYYY-MM-DD.")] = None,
    nation: Annotated[
        list[Nation] | None, typer.Option(help="Where it applies; all nations where it is not given.")
    ] = None,
    no_build: Annotated[bool, typer.Option("--no-build", help="Only keep the documents; build later.")] = False,
) -> None:
    """Adds a council's own documents, then builds. A document with the same id is replaced.

    A file that can't be read is named and stops no other. Ends with 1 if there was one.
    """
    failed = 0
    with failing_clearly():
        data, settings = load_settings()
        if len(files) > 1 and (title or id_):
            raise SettingsError("--title and --id name one document: add the files one by one.")
        for file in files:
            try:
                with versions.writing(data):
                    done = add_file(
                        data,
                        settings,
                        file,
                        publisher=publisher,
                        title=title,
                        id_=id_,
                        url=url,
                        published=published,
                        nations=tuple(nation or ()),
                    )
                console.print(done, markup=False)
            except GuidanceError as error:
                failed += 1
                errors.print(f"failed: {error}")
        if failed < len(files) and not no_build:
            rebuild(data, settings)
    if failed:
        raise typer.Exit(FAILED)


app.command("fetch")(fetch_command)
app.command("check-links")(check_links_command)


@app.command("status")
def status_command() -> None:
    """Shows the builds, and every source with its state."""
    with failing_clearly():
        data, settings = load_settings()
        console.print(status.report(data, settings.corpus_dir, date.today()))


@app.command("verify")
def verify_command() -> None:
    """Checks that every passage of the serving build is stored and found by search."""
    with failing_clearly():
        data, _ = load_settings()
        build_id = read_current(data)
        with reporting() as report:
            checked = verify(builds_folder(data) / build_id, report)
        console.print(f"build {build_id} is whole: {checked} passages are stored and find themselves", markup=False)


@app.command("rollback")
def rollback_command() -> None:
    """Makes the build before the serving one serve again."""
    with failing_clearly():
        data, _ = load_settings()
        with versions.writing(data):
            info = versions.rollback(data)
        console.print(f"build {info.id} of {info.created} serves again", markup=False)


def _change_sources(data: Path, settings: IngestSettings, change: Callable[[], None]) -> None:
    with versions.writing(data):
        change()
    rebuild(data, settings)


@app.command("withdraw")
def withdraw_command(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="The source's id, as in “ingest status”.")],
) -> None:
    """Takes a source out, builds without it, and deletes every other build that holds its text."""
    with failing_clearly():
        data, settings = load_settings()
        shipped = {source.id for source in read_manifest(settings.corpus_dir)}
        failed: typer.Exit | None = None
        try:
            _change_sources(
                data, settings, lambda: console.print(added.withdraw(data, source_id, shipped), markup=False)
            )
        except typer.Exit as ended:
            # Another document could not be read. That keeps no trace of this one.
            failed = ended
        with versions.writing(data):
            erased = versions.erase(data, source_id)
        console.print(f"deleted {len(erased)} earlier builds that held it", markup=False)
        if failed:
            raise failed


@app.command("restore")
def restore_command(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a withdrawn shipped source.")],
) -> None:
    """Brings back a shipped source that was withdrawn, and builds."""
    with failing_clearly():
        data, settings = load_settings()
        _change_sources(data, settings, lambda: added.restore(data, source_id))


if __name__ == "__main__":
    app(prog_name="python -m ingest")
