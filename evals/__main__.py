"""python -m evals run."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.__main__ import load_settings
from assistant.assembly import open_assistant
from assistant.errors import GuidanceError
from evals.cases import CASES, Case, read_cases
from evals.run import run, summarise
from evals.score import Score

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="Measures the answers."
)
console = Console(highlight=False)
FAILED = 1


@app.callback()
def main() -> None:
    """Measures the answers. Needs no language model, no key and no network."""


@app.command("run")
def run_command(
    cases: Annotated[Path, typer.Option(help="Folder with the YAML files of cases.")] = CASES,
    tag: Annotated[str | None, typer.Option(help="Only cases with this tag.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the measures and every case's score as JSON.")] = False,
    show: Annotated[int, typer.Option(help="How many failing cases to show.")] = 20,
) -> None:
    """Asks every case of the serving build and scores the answers."""
    try:
        wanted = read_cases(cases, tag)
        assistant = open_assistant(load_settings())
        with Progress(console=Console(stderr=True), transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("Asking", total=len(wanted))
            results = run(assistant, wanted, lambda done: progress.update(task, completed=done))
    except GuidanceError as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(error))
        raise typer.Exit(FAILED) from None
    summary = summarise(results)
    if as_json:
        scores = [each.as_dict() for _, _, each in results]
        typer.echo(
            json.dumps({"build_id": assistant.index.info.id, **summary, "scores": scores}, indent=1, ensure_ascii=False)
        )
        return
    print_summary(summary)
    print_failures(results, show)


def print_summary(summary: dict[str, Any]) -> None:
    """The measures, and the share of passed cases by kind."""
    table = Table(box=None, show_header=False)
    for name, value in summary.items():
        if name != "passed_by_kind":
            table.add_row(
                name.replace("_", " "),
                "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value),
            )
    console.print(table)
    kinds = Table(title="passed by kind", title_justify="left", box=None, show_header=False)
    for kind, value in summary["passed_by_kind"].items():
        kinds.add_row(kind, f"{value:.3f}")
    console.print(kinds)


def print_failures(results: list[tuple[Case, dict[str, Any], Score]], most: int) -> None:
    """The first failing cases: what was asked, what was wrong."""
    failed = [(case, score) for case, _, score in results if not score.passed]
    if failed:
        console.print(f"\n{len(failed)} cases fail; the first {min(most, len(failed))}:")
    for case, score in failed[:most]:
        console.print(f"  {case.id}: {case.question}", markup=False)
        for failure in score.failures:
            console.print(f"      {failure}", markup=False)


if __name__ == "__main__":
    app(prog_name="python -m evals")
