"""A run at a terminal: the metrics in their columns, the kinds, the failing cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from evals.cases import Case
from evals.console import console
from evals.metrics import COLUMNS, METRICS
from evals.runs import Run
from evals.score import CaseScore


def figure(measured: Mapping[str, Any] | None, unit: str = "share") -> str:
    """A figure with its interval: “92.1 % (90.0 to 94.2)”."""
    if not measured:
        return "-"
    scale, places, mark = (100, 1, " %") if unit == "share" else (1, 0, f" {unit}")
    value, low, high = (f"{measured[key] * scale:.{places}f}" for key in ("value", "low", "high"))
    return f"{value}{mark} ({low} to {high})"


def print_run(run: Run) -> None:
    """The metrics over all cases, over those that may be tuned on, and over those held out."""
    summary = run.summary
    console.print(
        f"run {run.info.id}, build {run.info.build_id}, {run.info.channel}, {run.info.seconds:.1f} s", markup=False
    )
    console.print(f"{summary['cases']} cases, {summary['failed']} fail, {summary['errors']} of them with an error\n")
    table = Table("metric", *(column.replace("_", " ") for column in COLUMNS), "cases", box=None)
    for metric in METRICS:
        columns = summary["metrics"][metric.name]
        if columns:
            shown = [figure(columns.get(column), metric.unit) for column in COLUMNS]
            table.add_row(metric.title, *shown, str(columns["all"]["cases"]))
    console.print(table)
    kinds = Table("passed by kind", "", "cases", box=None)
    for kind, measured in summary["slices"]["kind"].items():
        kinds.add_row(kind, figure(measured.get("passed")), str(measured["passed"]["cases"]))
    console.print(kinds)
    for case, lines in summary["stale"].items():
        console.print(f"stale: {case}: {'; '.join(lines)}", markup=False)


def print_failures(cases: Sequence[Case], scores: Sequence[CaseScore], most: int) -> None:
    """The first failing cases: what was asked, what was wrong."""
    questions = {case.id: case.question for case in cases}
    failed = [score for score in scores if not score.passed]
    if failed:
        console.print(f"\n{len(failed)} cases fail; the first {min(most, len(failed))}:")
    for score in failed[:most]:
        console.print(f"  {score.case}: {questions.get(score.case, '(not among the cases now)')}", markup=False)
        for failure in score.failures:
            console.print(f"      {failure}", markup=False)
