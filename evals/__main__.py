"""python -m evals run|retrieval|dialogue|reading|speed|train-evidence|train-guard|train-scope."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.tree import Tree

from assistant.__main__ import load_settings
from assistant.assembly import open_assistant
from assistant.errors import GuidanceError
from evals.cases import CASES, Case, read_cases
from evals.run import run, summarise
from evals.score import Score
from ingest.console import reporting

if TYPE_CHECKING:
    from evals.bench.bench_index import Tools

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
        _fail(str(error))
    summary = summarise(results)
    if as_json:
        scores = [each.as_dict() for _, _, each in results]
        typer.echo(
            json.dumps({"build_id": assistant.index.info.id, **summary, "scores": scores}, indent=1, ensure_ascii=False)
        )
        return
    print_summary(summary)
    print_failures(results, show)


def benchmark(measure: Callable[["Tools"], dict[str, Any]], *, as_json: bool) -> None:
    """Runs one benchmark with a progress bar for the index that it may have to make, and prints what it measured."""
    from evals.bench.bench_index import make_tools

    try:
        with reporting() as report:
            result = measure(make_tools(load_settings(), report))
    except GuidanceError as error:
        _fail(str(error))
    except FileNotFoundError as error:
        _fail(f"There is no {error.filename}. Give a set of the format that --help names.")
    typer.echo(json.dumps(result, indent=1)) if as_json else console.print(tree(result))


@app.command("retrieval")
def retrieval_command(
    folder: Annotated[
        Path, typer.Argument(help="Folder in BEIR's format: corpus.jsonl, queries.jsonl, qrels/test.tsv.")
    ],
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Also vanilla LangChain, BM25 and their rank fusion.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures retrieval (nDCG, recall, reciprocal rank) on a public question set."""
    from evals.bench.retrieval import measure_retrieval

    benchmark(lambda tools: measure_retrieval(folder, tools, baselines=baselines), as_json=as_json)


@app.command("dialogue")
def dialogue_command(
    folder: Annotated[Path, typer.Argument(help="Folder in BEIR's format, its queries with metadata.history.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures retrieval for follow-up questions, and how answerability is told."""
    from evals.bench.retrieval import measure_dialogue

    benchmark(lambda tools: measure_dialogue(folder, tools), as_json=as_json)


@app.command("reading")
def reading_command(
    file: Annotated[
        Path, typer.Argument(help="Gzip JSON lines of _id, question, passages, answer (null: not answered).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures quotes against human answers, and refusal where a passage does not answer."""
    from evals.bench.reading import measure_reading

    benchmark(lambda tools: measure_reading(file, tools), as_json=as_json)


@app.command("train-evidence")
def train_evidence_command(
    reading: Annotated[Path, typer.Argument(help="A reading set, as for “reading”.")],
    dialogue: Annotated[Path, typer.Argument(help="A dialogue set, as for “dialogue”.")],
    write: Annotated[
        Path | None, typer.Option(help="File to write the model to, such as assistant/evidence.json.")
    ] = None,
    figure: Annotated[Path | None, typer.Option(help="SVG file for the curves that choose the threshold.")] = None,
) -> None:
    """Fits the evidence model anew, and shows what each threshold would do on held-out questions."""
    from evals.bench.bench_index import make_tools
    from evals.bench.train_evidence import train

    try:
        with reporting() as report:
            tools = make_tools(load_settings(), report)
            model = train(reading, dialogue, read_cases(), tools, typer.echo, figure=figure)
    except GuidanceError as error:
        _fail(str(error))
    text = json.dumps(model, indent=1)
    if write:
        write.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


@app.command("speed")
def speed_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: ours, vanilla, ratio, growth, bars.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Less of everything: to see that it works.")] = False,
    growth: Annotated[bool, typer.Option(help="Also how it grows with the number of passages.")] = True,
    plots: Annotated[Path | None, typer.Option(help="Folder to write the plots to, as SVG.")] = None,
) -> None:
    """Measures latency, throughput, start, memory and building beside the vanilla LangChain pipeline, in this run.

    Nothing else should be running. Takes some minutes; with --quick less than one.
    """
    from evals.bench.speed import FULL, QUICK, measure_speed
    from evals.bench.speed_plots import write_plots
    from ingest.console import errors, load_settings

    try:
        data, settings = load_settings()
        result = measure_speed(data, settings.corpus_dir, QUICK if quick else FULL, errors.print, growth=growth)
        if plots:
            write_plots(result, plots)
    except GuidanceError as error:
        _fail(str(error))
    typer.echo(json.dumps(result, indent=1)) if as_json else console.print(tree(result, "speed"))


@app.command("train-guard")
def train_guard_command(
    lookalikes: Annotated[
        Path | None, typer.Option(help="A folder with NotInject's JSON files: harmless questions to be reported on.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="File to write the model to, such as assistant/guard/intent.json.")
    ] = None,
) -> None:
    """Fits the guard's intent model anew, and shows what it does on held-out questions."""
    from evals.bench.bench_index import make_tools
    from evals.bench.train_guard import train

    try:
        with reporting() as report:
            embedder = make_tools(load_settings(), report).embedder
        model = train(read_cases(), embedder, lookalikes, typer.echo)
    except GuidanceError as error:
        _fail(str(error))
    if write:
        write.write_text(one_line_lists(model) + "\n", encoding="utf-8")


def one_line_lists(model: dict[str, Any]) -> str:
    """JSON with an item a line, yet each list of numbers on one line: a vector's weights are nothing to read."""
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), json.dumps(model, indent=1))


def tree(result: dict[str, Any], name: str = "result") -> Tree:
    """Nested measures for people."""
    root = Tree(name)
    for key, value in result.items():
        root.add(tree(value, key) if isinstance(value, dict) else f"{key}: {value}")
    return root


def _fail(message: str) -> NoReturn:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(message)
    raise typer.Exit(FAILED) from None


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


@app.command("train-scope")
def train_scope_command(
    write: Annotated[
        Path | None, typer.Option(help="File to write the model to, such as assistant/scope.json.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="File to draw the thresholds' curve to, such as docs/figures/scope.svg.")
    ] = None,
) -> None:
    """Fits the scope model anew, and shows what it does to questions that it was not fitted on."""
    from assistant.adapters.onnx_embedding import OnnxEmbedder
    from assistant.adapters.onnx_model import model_folder
    from assistant.scope import Model
    from evals.bench.scope_report import Judges, report_cases, report_curve, report_held_out
    from evals.bench.train_scope import as_text, read_questions, train

    settings = load_settings()
    try:
        assistant = open_assistant(settings)
        folder = model_folder(settings.data_dir / "models", assistant.index.info.model_weights_sha256)
        embedder, samples = OnnxEmbedder(folder, threads=settings.threads), read_questions()
        model, curve = train(samples, embedder, typer.echo)
        judges = Judges(
            assistant=assistant,
            embedder=embedder,
            model=Model.of(model),
            evidence_threshold=settings.evidence_threshold,
        )
        report_curve(curve, model["thresholds"], typer.echo)
        report_held_out(samples, judges, typer.echo)
        report_cases(read_cases(), judges, typer.echo)
    except GuidanceError as error:
        _fail(str(error))
    if write:
        write.write_text(as_text(model), encoding="utf-8")
    if figure:
        from evals.bench.scope_figure import draw

        draw(curve, model["thresholds"], figure)


if __name__ == "__main__":
    app(prog_name="python -m evals")
