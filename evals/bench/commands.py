"""The benchmark commands of python -m evals: the product on public question sets, beside others' pipelines."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.tree import Tree

from assistant.__main__ import load_settings
from assistant.assembly import open_assistant
from assistant.errors import GuidanceError
from evals.cases import read_cases
from evals.console import console, errors, fail

if TYPE_CHECKING:
    from evals.bench.bench_index import Tools


def add_commands(app: typer.Typer) -> None:
    """Puts every benchmark under the command line."""
    app.command("retrieval")(retrieval_command)
    app.command("dialogue")(dialogue_command)
    app.command("reading")(reading_command)
    app.command("grounding")(grounding_command)
    app.command("speed")(speed_command)
    app.command("train-evidence")(train_evidence_command)
    app.command("train-guard")(train_guard_command)
    app.command("train-scope")(train_scope_command)
    app.command("train-verifier")(train_verifier_command)


def benchmark(measure: Callable[["Tools"], dict[str, Any]], *, as_json: bool) -> None:
    """Runs one benchmark with a progress bar for the index that it may have to make, and prints what it measured."""
    from evals.bench.bench_index import make_tools
    from ingest.console import reporting

    try:
        with reporting() as report:
            result = measure(make_tools(load_settings(), report))
    except GuidanceError as error:
        fail(str(error))
    except FileNotFoundError as error:
        fail(f"There is no {error.filename}. Give a set of the format that --help names.")
    typer.echo(json.dumps(result, indent=1)) if as_json else console.print(tree(result))


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


def dialogue_command(
    folder: Annotated[Path, typer.Argument(help="Folder in BEIR's format, its queries with metadata.history.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures retrieval for follow-up questions, and how answerability is told."""
    from evals.bench.retrieval import measure_dialogue

    benchmark(lambda tools: measure_dialogue(folder, tools), as_json=as_json)


def reading_command(
    file: Annotated[
        Path, typer.Argument(help="Gzip JSON lines of _id, question, passages, answer (null: not answered).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures quotes against human answers, and refusal where a passage does not answer."""
    from evals.bench.reading import measure_reading

    benchmark(lambda tools: measure_reading(file, tools), as_json=as_json)


def grounding_command(
    files: Annotated[
        list[Path], typer.Argument(help="Gzip JSON lines of id, group, claim, evidence, label (1: supported) and meta.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measures the verifier on claims that people have labelled as supported by their evidence or not."""
    from evals.bench.grounding import ClaimsError, measure_grounding

    try:
        result = measure_grounding(files)
    except ClaimsError as error:
        errors.print(str(error))
        raise typer.Exit(2) from None
    typer.echo(json.dumps(result, indent=1)) if as_json else console.print(tree(result, "grounding"))


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
        fail(str(error))
    typer.echo(json.dumps(result, indent=1)) if as_json else console.print(tree(result, "speed"))


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
    from ingest.console import reporting

    try:
        with reporting() as report:
            tools = make_tools(load_settings(), report)
            model = train(reading, dialogue, read_cases(), tools, typer.echo, figure=figure)
    except GuidanceError as error:
        fail(str(error))
    text = json.dumps(model, indent=1)
    if write:
        write.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


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
    from ingest.console import reporting

    try:
        with reporting() as report:
            embedder = make_tools(load_settings(), report).embedder
        model = train(read_cases(), embedder, lookalikes, typer.echo)
    except GuidanceError as error:
        fail(str(error))
    if write:
        write.write_text(one_line_lists(model) + "\n", encoding="utf-8")


def one_line_lists(model: dict[str, Any]) -> str:
    """JSON with an item a line, yet each list of numbers on one line: a vector's weights are nothing to read."""
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), json.dumps(model, indent=1))


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
        fail(str(error))
    if write:
        write.write_text(as_text(model), encoding="utf-8")
    if figure:
        from evals.bench.scope_figure import draw

        draw(curve, model["thresholds"], figure)


def train_verifier_command(
    files: Annotated[list[Path], typer.Argument(help="Sets as for “grounding”.")],
    write: Annotated[
        Path | None, typer.Option(help="File to write the model to, such as assistant/verify.json.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="File to draw the thresholds' curves to, such as docs/figures/verifier.svg.")
    ] = None,
) -> None:
    """Fits the verifier anew, and shows what it does on claims that it was not fitted on."""
    from evals.bench.train_verifier import train

    try:
        model, curves = train(files, typer.echo)
    except GuidanceError as error:
        fail(str(error))
    if write:
        write.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    if figure:
        from evals.bench.verifier_figure import draw

        draw(curves, model["threshold"], figure)


def tree(result: dict[str, Any], name: str = "result") -> Tree:
    """Nested measures for people."""
    root = Tree(name)
    for key, value in result.items():
        root.add(tree(value, key) if isinstance(value, dict) else f"{key}: {value}")
    return root
