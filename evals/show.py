"""A run at a terminal: the metrics in their columns, the kinds, the failing cases."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from evals.cases import Case
from evals.console import console
from evals.gaps import Gap
from evals.gate import Verdict
from evals.impact import Change, side_by_side
from evals.metrics import COLUMNS, METRICS
from evals.runs import Run
from evals.score import CaseScore
from evals.selftest import Selftest

_MOST_CASES = 50


def figure(measured: Mapping[str, Any] | None, unit: str = "share") -> str:
    """A figure with its interval: “92.1 % (90.0 to 94.2)”."""
    if not measured:
        return "-"
    scale, places, mark = (100, 1, " %") if unit == "share" else (1, 0, f" {unit}")
    value, low, high = (f"{measured[key] * scale:.{places}f}" for key in ("value", "low", "high"))
    if low == high:
        return f"{value}{mark}"
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
        console.print(f"{case}: {'; '.join(lines)}", markup=False)


def print_failures(cases: Sequence[Case], scores: Sequence[CaseScore], most: int) -> None:
    """The first failing cases: what was asked, what was wrong. Held-out ones are only counted: nobody may tune on them."""
    questions = {case.id: case.question for case in cases}
    failed = [score for score in scores if not score.passed]
    shown = [score for score in failed if not score.held_out][:most]
    if shown:
        held_out = sum(score.held_out for score in failed)
        console.print(f"\n{len(failed)} cases fail, {held_out} of them held out. The first {len(shown)} of the others:")
    for score in shown:
        console.print(f"  {score.case}: {questions.get(score.case, '(not among the cases now)')}", markup=False)
        for failure in score.failures:
            console.print(f"      {failure}", markup=False)


def print_verdict(verdict: Verdict, cases: Sequence[Case], scores: Sequence[CaseScore]) -> None:
    """What the gate says: the rules that are broken, the cases that broke them and why, then what else changed."""
    questions = {case.id: case.question for case in cases}
    failures = {score.case: score.failures for score in scores}
    console.print("The gate is open." if verdict.passed else "The gate is closed:")
    for each in verdict.breaks:
        console.print(f"  - {each}", markup=False)
    for case, reason in list(verdict.broken_by.items())[:_MOST_CASES]:
        console.print(f"  {case}: {questions.get(case, '')}\n    {reason}", markup=False)
        for failure in failures.get(case, ()):
            console.print(f"      {failure}", markup=False)
    if len(verdict.broken_by) > _MOST_CASES:
        console.print(f"  … and {len(verdict.broken_by) - _MOST_CASES} more cases")
    for note in verdict.notes:
        console.print(note, markup=False)


def print_selftest(outcome: Selftest) -> None:
    """Each mutation with the metrics that fell and what the gate said."""
    for line in outcome.sound:
        console.print(f"the undamaged answers close the gate: {line}", markup=False)
    for each in outcome.noticed:
        console.print(f"{'noticed' if each.passed else 'NOT NOTICED'}: {each.name}: {each.what}", markup=False)
        fallen = [f"{name} {before:.1%} → {after:.1%}" for name, (before, after) in each.metrics.items()]
        console.print(f"    metrics: {'; '.join(fallen) or 'none'}", markup=False)
        console.print(f"    gate: {each.gate[0] if each.gate else 'open'}", markup=False)


def print_changes(found: Sequence[Change], asked: int, builds: tuple[str, str], *, most: int) -> None:
    """The changed answers, what differs side by side."""
    console.print(f"{builds[0]} → {builds[1]}: {len(found)} of {asked} answers change", markup=False)
    for change in found[:most]:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0), expand=True)
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        for left, right in side_by_side(change):
            table.add_row(Text(left), Text(right))
        console.print(f"\n{change.case}: {change.question} ({', '.join(change.what)})", markup=False)
        console.print(table)
    if len(found) > most:
        console.print(f"… and {len(found) - most} more: --show {len(found)}")


def print_gaps(found: Sequence[Gap]) -> None:
    """The writing list, the topic with the most questions first."""
    console.print(f"{sum(len(gap.questions) for gap in found)} questions without an answer, {len(found)} topics")
    for gap in found:
        real = f", {gap.real} of officers" if gap.real else ""
        console.print(f"\n{gap.topic} ({len(gap.questions)}{real})", markup=False)
        for question in gap.questions:
            console.print(f"  - {question}", markup=False)
        if gap.nearest:
            console.print(f"  nearest: {'; '.join(gap.nearest)}", markup=False)
