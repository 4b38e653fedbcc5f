"""`evals speed`: the product beside the vanilla LangChain pipeline on the same text in the same run.

Whatever is timed is a real process that runs the product's own commands. The sides take turns, so that a busy machine hurts both; a
measure is the median of its rounds.
"""

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.adapters.build_folder import builds_folder, read_current, read_info
from evals.bench.speed_growth import measure_growth
from evals.bench.speed_http import measure_http
from evals.bench.speed_processes import Side, ours, run, vanilla, worker
from evals.bench.speed_statistics import Bar, latency, ratios, rounded
from evals.cases import read_cases
from ingest.corpus import read_corpus
from ingest.document import Document
from ingest.embed import locate

_BLOCK = 10
_WARM_UP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: repeats of builds, of starts and of the questions, whether the model's export is timed, how many questions,
    clients at once, seconds of load, sizes to grow to.
    """

    build_rounds: int
    start_rounds: int
    question_rounds: int
    first_build: bool
    questions: int
    clients: tuple[int, ...]
    load_seconds: float
    sizes: tuple[int, ...]


FULL = Plan(
    build_rounds=1,
    start_rounds=3,
    question_rounds=3,
    first_build=True,
    questions=100,
    clients=(1, 8, 32),
    load_seconds=8,
    sizes=(1_000, 10_000, 100_000),
)
QUICK = Plan(
    build_rounds=1,
    start_rounds=1,
    question_rounds=1,
    first_build=False,
    questions=10,
    clients=(1, 8),
    load_seconds=1,
    sizes=(200, 400),
)


def measure_speed(
    data: Path, corpus: Path, plan: Plan, tell: Callable[[str], None], *, growth: bool = True
) -> dict[str, Any]:
    """Everything that `evals speed` prints. `data` is where the exported model is taken from, if it is there; nothing in it changes.

    Raises:
        GuidanceError: a process failed, or the corpus can't be read.
    """
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        work, model = Path(folder), locate(None)
        rows = texts(corpus, data)
        text = work / "text.jsonl"
        text.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
        own = work / "ours"
        sides = (ours(own, corpus), vanilla(work / "vanilla", model, text))
        found: dict[str, dict[str, Any]] = {side.name: {} for side in sides}
        measure_builds(sides, own, work / "vanilla", data / "models", plan, found, tell)
        questions = answerable_questions(plan.questions)
        measure_starts(sides, questions[0], plan, found, tell)
        measure_answers(sides, questions, plan, found, tell)
        for side in sides:
            tell(f"load: {side.name}")
            found[side.name] |= measure_http(side, plan.clients, plan.load_seconds, questions)
            found[side.name]["answers_per_second"] = found[side.name]["clients"]["8"]["answers_per_second"]
        result = {
            "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
            "text": {"documents": len(rows), "characters": sum(len(row["text"]) for row in rows), **counts(own)},
            **found,
            "ratio": ratios(found["ours"], found["vanilla"]),
        }
        if growth:
            result["growth"] = measure_growth(
                own, work, model, plan.sizes, questions[:20], tell, rounds=plan.question_rounds
            )
        return result | {"bars": {bar.name: bar._asdict() | {"met": bar.met} for bar in bars(result)}}


def texts(corpus: Path, data: Path) -> list[dict[str, str]]:
    """The text of every document of the corpus: what the vanilla pipeline is given."""
    return [
        {"_id": source.id, "title": source.title, "text": plain(document)}
        for source, document in read_corpus(corpus, data).documents
    ]


def plain(document: Document) -> str:
    """Headings, paragraphs and items, one below the other."""
    lines: list[str] = []
    for section in document.sections:
        lines.append(" > ".join(section.heading_path))
        lines.extend("\n".join(block.items) for block in section.blocks)
    return "\n\n".join(line for line in lines if line)


def answerable_questions(count: int) -> list[str]:
    """The first questions of the cases that must be answered and need no conversation."""
    return [case.question for case in read_cases() if case.must_answer and not case.history][:count]


def counts(data: Path) -> dict[str, int]:
    """How many passages and sentences the product made of the text."""
    info = read_info(builds_folder(data) / read_current(data))
    return {"passages": info.passages, "sentences": info.sentences}


def measure_builds(
    sides: Sequence[Side],
    own: Path,
    other: Path,
    models: Path,
    plan: Plan,
    found: dict[str, dict[str, Any]],
    tell: Callable[[str], None],
) -> None:
    """Builds from nothing, in turns, and rebuilds where nothing has changed.

    A build finds the model exported, as the vanilla pipeline finds its weights on the disk: that is done once for a version of the model.
    `first_build` is one that exports. The vanilla pipeline can't tell that nothing has changed: its rebuild is a build.
    """
    mine, theirs = sides
    if plan.first_build or not models.is_dir():
        tell("build: ours, with the model's export")
        found["ours"]["first_build"] = rounded(run(mine, mine.build))
    else:
        shutil.copytree(models, own / "models")
    spent: dict[str, list[float]] = {"ours": [], "vanilla": []}
    for place in range(plan.build_rounds):
        for made in ("builds", "cache", "current"):
            _delete(own / made)
        _delete(other)
        for side in sides:
            tell(f"build: {side.name}, {place + 1} of {plan.build_rounds}")
            spent[side.name].append(run(side, side.build))
    for side in sides:
        found[side.name]["build_time"] = rounded(median(spent[side.name]))
    tell("build: nothing has changed")
    unchanged = [run(mine, mine.build) for _ in range(plan.start_rounds)]
    found["ours"]["unchanged_rebuild"] = rounded(median(unchanged))
    found["vanilla"]["unchanged_rebuild"] = found[theirs.name]["build_time"]


def measure_starts(
    sides: Sequence[Side], question: str, plan: Plan, found: dict[str, dict[str, Any]], tell: Callable[[str], None]
) -> None:
    """Cold start: a process that imports, opens the index, answers one question (ours) or retrieves for it (vanilla), and ends."""
    spent: dict[str, list[float]] = {side.name: [] for side in sides}
    for place in range(plan.start_rounds):
        for side in sides:
            tell(f"cold start: {side.name}, {place + 1} of {plan.start_rounds}")
            spent[side.name].append(run(side, side.ask, question))
    for side in sides:
        found[side.name]["cold_start"] = rounded(median(spent[side.name]))


def measure_answers(
    sides: Sequence[Side],
    questions: Sequence[str],
    plan: Plan,
    found: dict[str, dict[str, Any]],
    tell: Callable[[str], None],
) -> None:
    """Latency of whole answers (ours) and of retrieval alone (vanilla), block by block in turns; then what each process keeps in memory."""
    mine, theirs = sides
    spent: dict[str, list[float]] = {side.name: [] for side in sides}
    tell("latency and memory")
    with worker(mine) as own, worker(theirs) as other:
        processes = {mine.name: own, theirs.name: other}
        for process in processes.values():
            process.ask(questions[:_WARM_UP])
        for _ in range(plan.question_rounds):
            for start in range(0, len(questions), _BLOCK):
                for name, process in processes.items():
                    spent[name].extend(process.ask(questions[start : start + _BLOCK]))
        for name, process in processes.items():
            steady, peak = process.memory()
            found[name] |= {**latency(spent[name]), "memory": rounded(steady)}
            if peak is not None:
                found[name]["memory_peak"] = rounded(peak)


def bars(result: dict[str, Any]) -> list[Bar]:
    """What the product promises of its speed, each with what was measured."""
    own, ratio = result["ours"], result["ratio"]
    eight = own["clients"]["8"]
    longer = result.get("growth", {}).get("growth", {}).get("ours", {}).get("latency_p50")
    full = own.get("first_build", own["build_time"])
    return [
        Bar("whole answer, median, against vanilla's retrieval alone", ratio["latency_p50"], most=1.0),
        Bar("cold start against vanilla", ratio["cold_start"], most=0.35),
        Bar("resident memory against vanilla", ratio["memory"], most=0.5),
        Bar("build time against vanilla", ratio["build_time"], most=1.0),
        Bar("unchanged rebuild against a build", rounded(own["unchanged_rebuild"] / own["build_time"]), most=0.02),
        Bar("unchanged rebuild against a first build", rounded(own["unchanged_rebuild"] / full), most=0.02),
        Bar("answers a second at 8 clients", eight["answers_per_second"], least=60),
        Bar("95th percentile at 8 clients, ms", eight["latency_p95"], most=150),
        Bar("median at the last size against the first", longer, most=3.0),
    ]


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
