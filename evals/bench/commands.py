"""The benchmark commands of python -m evals: the product on public question sets, beside others' pipelines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.tree import Tree

from assistant.__main__ import load_settings
from assistant.errors import GuidanceError
from evals.cases import read_cases
from evals.console import console, fail

if TYPE_CHECKING:
    from evals.bench.bench_index import Tools


def add_commands(app: typer.Typer) -> None:
    """Puts every benchmark under the command line."""
    app.command("retrieval")(retrieval_command)
    app.command("dialogue")(dialogue_command)
    app.command("reading")(reading_command)
    app.command("train-evidence")(train_evidence_command)


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


def train_evidence_command(
    reading: Annotated[Path, typer.Argument(help="A reading set, as for “reading”.")],
    dialogue: Annotated[Path, typer.Argument(help="A dialogue set, as for “dialogue”.")],
    write: Annotated[
        Path | None, typer.Option(help="File to write the model to, such as assistant/evidence.json.")
    ] = None,
) -> None:
    """Fits the evidence model anew, and shows what each threshold would do on held-out questions."""
    from evals.bench.bench_index import make_tools
    from evals.bench.train_evidence import train
    from ingest.console import reporting

    try:
        with reporting() as report:
            model = train(reading, dialogue, read_cases(), make_tools(load_settings(), report), typer.echo)
    except GuidanceError as error:
        fail(str(error))
    text = json.dumps(model, indent=1)
    if write:
        write.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


def tree(result: dict[str, Any], name: str = "result") -> Tree:
    """Nested measures for people."""
    root = Tree(name)
    for key, value in result.items():
        root.add(tree(value, key) if isinstance(value, dict) else f"{key}: {value}")
    return root
