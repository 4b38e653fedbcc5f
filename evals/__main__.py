"""python -m evals: asks the cases, scores the answers, and says whether a change may pass."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from assistant.__main__ import load_settings
from assistant.assembly import open_assistant
from evals.ask import Channel, InProcess, OverHttp
from evals.bench.commands import add_commands
from evals.cases import CASES, case_places, read_cases
from evals.console import FAILED, console, failing_clearly, progress
from evals.labels import stale_labels
from evals.records import held_by
from evals.runs import Run, make_run, read_run, rescore, score_rows
from evals.show import print_failures, print_run

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="Measures the answers."
)
Cases = Annotated[Path, typer.Option(help="Folder with the YAML files of cases.")]
Tag = Annotated[str | None, typer.Option(help="Only cases with this tag.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the measures and every case's score as JSON.")]
Show = Annotated[int, typer.Option(help="How many failing cases to show.")]
RunId = Annotated[str | None, typer.Argument(help="A run in data/evals; the latest where none is named.")]


@app.callback()
def main() -> None:
    """Measures the answers. Needs no language model, no key and no network."""


@contextmanager
def channel_to(url: str | None) -> Iterator[tuple[Channel, str]]:
    """The product, and what to call the way to it: in this process over the serving build, or a running server."""
    if url is None:
        yield InProcess(open_assistant(load_settings())), "in this process"
        return
    with OverHttp(url) as server:
        server.check()
        yield server, url


@app.command("run")
def run_command(
    cases: Cases = CASES,
    tag: Tag = None,
    url: Annotated[
        str | None, typer.Option(help="Ask a running server, such as http://127.0.0.1:8000, not this process.")
    ] = None,
    as_json: AsJson = False,
    show: Show = 20,
) -> None:
    """Asks every case of the serving build, scores the answers and keeps both in data/evals."""
    with failing_clearly():
        wanted = read_cases(cases, tag)
        with channel_to(url) as (channel, name), progress("Asking", len(wanted)) as report:
            run = make_run(load_settings().data_dir, wanted, channel, name=name, tag=tag, report=report)
        _print(run, cases, as_json=as_json, show=show)


@app.command("score")
def score_command(
    run_id: RunId = None,
    cases: Cases = CASES,
    as_json: AsJson = False,
    show: Show = 20,
) -> None:
    """Scores the answers of a run anew, against the cases as they are now. Nothing is asked."""
    with failing_clearly():
        run = rescore(read_run(load_settings().data_dir, run_id), read_cases(cases))
        _print(run, cases, as_json=as_json, show=show)


@app.command("check")
def check_command(cases: Cases = CASES) -> None:
    """Holds the cases against the serving build: unknown sources, stale quotes, contradictions. Asks nothing."""
    with failing_clearly():
        placed = case_places(cases)
        found = stale_labels(placed, held_by(open_assistant(load_settings()).index))
    for line in found:
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"{len(placed)} cases checked, {len(found)} findings")
    if found:
        raise typer.Exit(FAILED)


def _print(run: Run, cases: Path, *, as_json: bool, show: int) -> None:
    if as_json:
        head = {"run": run.info.id, "build_id": run.info.build_id, "channel": run.info.channel}
        typer.echo(json.dumps(head | run.summary | {"scores": score_rows(run)}, indent=1, ensure_ascii=False))
        return
    print_run(run)
    print_failures(read_cases(cases), run.scores, show)


add_commands(app)

if __name__ == "__main__":
    app(prog_name="python -m evals")
