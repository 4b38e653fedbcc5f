"""The suite as an inspect_ai task: its logs and viewer, our solver and scorer. No model takes part."""

import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Metric as InspectMetric
from inspect_ai.scorer import SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from assistant.errors import GuidanceError
from evals.ask import Channel
from evals.cases import Case
from evals.records import Held, Record
from evals.score import score

# Two cores are what the suite is measured on. Answers don't depend on it: a question is answered from one immutable build.
_AT_ONCE = 2
_COLUMNS = ("passed", "status_accuracy", "source_recall", "fact_coverage", "notice_recall", "groundedness")
"""What the log's viewer shows as columns. All values are in the score's metadata."""


class RunError(GuidanceError):
    """A run did not end as it should. The message says what to do."""


def answer_cases(
    cases: Sequence[Case], channel: Channel, log_folder: Path, report: Callable[[int], None], details: dict[str, Any]
) -> list[Record]:
    """Asks every case, as an inspect task with our scores in its log. `report` is called with how many are done.

    Raises:
        RunError: the run was broken off.
    """
    records: dict[str, Record] = {}
    by_id = {case.id: case for case in cases}
    task = Task(
        name="guidance",
        dataset=MemoryDataset([_sample(case) for case in cases], name="cases"),
        solver=_product_solver(by_id, channel, records, report)(),
        scorer=_case_scorer(by_id, records, channel.held())(),
        metadata=details,
    )
    with warnings.catch_warnings():
        # inspect leaves streams in memory to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        [log] = inspect_eval(
            task,
            model=None,
            max_samples=_AT_ONCE,
            fail_on_error=False,
            display="none",
            log_dir=str(log_folder),
            log_level="warning",
            log_realtime=False,
            log_buffer=len(cases) + 1,
            score_display=False,
            ctl_server=False,
        )
    if log.status != "success":
        reason = log.error.message if log.error else "it was stopped"
        raise RunError(f"The run was broken off ({log.status}: {reason}). Nothing was kept; start it again.")
    # A sample that inspect lost has no record, which the score counts as a failure.
    return [records[case.id] for case in cases if case.id in records]


def _sample(case: Case) -> Sample:
    expected = [f"status: {' or '.join(case.status)}"]
    for name in ("sources", "sources_all", "shows", "headings", "never", "notices"):
        if values := getattr(case, name):
            expected.append(f"{name}: " + "; ".join(str(value) for value in values))
    return Sample(
        id=case.id,
        input="\n".join([*(f"(before) {turn}" for turn in case.history), case.question]),
        target="\n".join(expected),
        metadata={"kind": case.kind, "tags": list(case.tags), "held_out": case.held_out, "why": case.why},
    )


def _readable(record: Record) -> str:
    """An answer as the log's viewer shows it."""
    if record.answer is None:
        return f"error: {record.error}"
    answer = record.answer
    lines = [f"status: {answer['status']}"]
    lines += [f"- {statement['text']} {statement['citations']}" for statement in answer["statements"]]
    lines += [f"[{each['number']}] {each['publisher']}: {each['title']}" for each in answer["citations"]]
    lines += [f"{notice['kind']}: {notice['text']}" for notice in answer["notices"]]
    return "\n".join([*lines, answer["suggestion"] or ""])


@metric
def concerned() -> InspectMetric:
    """The mean over the cases that a metric concerns; the others have no value for it."""

    def mean(scores: list[SampleScore]) -> float:
        values = [float(each.score.value) for each in scores if isinstance(each.score.value, int | float)]
        kept = [value for value in values if value == value]
        return sum(kept) / len(kept) if kept else 0.0

    return mean


def _product_solver(
    cases: Mapping[str, Case], channel: Channel, records: dict[str, Record], report: Callable[[int], None]
) -> Callable[[], Solver]:
    """The product, asked through a channel. What it says goes into the log; the record is what is scored.

    The solver itself has no parameters: inspect would write their values into every sample of the log.
    """
    counting = threading.Lock()

    def ask(case: Case) -> Record:
        record = channel.ask(case)
        with counting:
            records[case.id] = record
            report(len(records))
        return record

    @solver(name="product")
    def product() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            record = await anyio.to_thread.run_sync(partial(ask, cases[str(state.sample_id)]))
            state.output = ModelOutput.from_content("guidance-assistant", _readable(record))
            state.metadata["milliseconds"] = record.milliseconds
            state.completed = True
            return state

        return solve

    return product


def _case_scorer(cases: Mapping[str, Case], records: Mapping[str, Record], held: Held) -> Callable[[], Scorer]:
    """Our score of a case; NaN where a metric does not concern it. Without parameters, as the solver."""

    @scorer(metrics={name: [concerned()] for name in _COLUMNS}, name="case")
    def case_scorer() -> Scorer:
        async def score_sample(state: TaskState, target: Target) -> Score:
            case_id = str(state.sample_id)
            found = score(cases[case_id], records.get(case_id), held)
            return Score(
                value={name: found.values.get(name, float("nan")) for name in _COLUMNS},
                answer=found.status,
                explanation="\n".join(found.failures) or "passed",
                metadata=dict(found.values),
            )

        return score_sample

    return case_scorer
