"""The report of a run: one HTML page that needs nothing else, and a summary in Markdown for a pull request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from evals.accepted import Accepted
from evals.cases import Case
from evals.gate import Rules, Verdict
from evals.metrics import COLUMNS, METRICS, SHARES
from evals.records import Held, Record
from evals.runs import RunInfo
from evals.score import CaseScore
from evals.show import figure

_WIDEST_BAR = 300
_BINS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A run with everything that a report tells of it. `accepted` and `verdict` are None where no run was accepted yet."""

    info: RunInfo
    cases: Sequence[Case]
    records: Sequence[Record]
    held: Held
    scores: Sequence[CaseScore]
    summary: Mapping[str, Any]
    rules: Rules
    accepted: Accepted | None
    verdict: Verdict | None


def html(judged: Judged) -> str:
    """The page. Every value is escaped; there are no scripts, and nothing is loaded from anywhere."""
    environment = Environment(
        loader=PackageLoader("evals"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["figure"] = figure
    return environment.get_template("report.html").render(
        info=judged.info,
        summary=judged.summary,
        verdict=judged.verdict,
        columns=list(COLUMNS),
        metrics=_metric_rows(judged),
        plot=_interval_plot(judged.summary),
        latency=_histogram([score.values["latency_ms"] for score in judged.scores if "latency_ms" in score.values]),
        statuses=sorted({got for row in judged.summary["confusion"].values() for got in row}),
        failing=_failing(judged),
        coverage=judged.summary["coverage"],
    )


def markdown(judged: Judged, *, most: int = 20) -> str:
    """The summary: the gate, the metrics, the cases that newly fail."""
    summary, verdict = judged.summary, judged.verdict
    lines = [f"## Evaluation of build `{judged.info.build_id}`", ""]
    if verdict is None:
        lines += ["No run has been accepted yet, so there is nothing to compare with.", ""]
    elif verdict.passed:
        lines += ["**The gate is open.**", ""]
    else:
        lines += ["**The gate is closed.**", "", *(f"- {each}" for each in verdict.breaks), ""]
        lines += ["<details><summary>Cases that closed it</summary>", ""]
        lines += [f"- `{case}`: {_plain(reason)}" for case, reason in list(verdict.broken_by.items())[:most]]
        lines += ["", "</details>", ""]
    if verdict:
        lines += [*(f"- {_plain(note)}" for note in verdict.notes), ""]
    lines += [f"{summary['cases']} cases, {summary['failed']} fail, {summary['errors']} of them with an error.", ""]
    lines += ["| metric | all | tuning | held out | floor | target |", "|---|---|---|---|---|---|"]
    for row in _metric_rows(judged):
        lines.append("| " + " | ".join([row["title"], *row["columns"], row["floor"], row["target"]]) + " |")
    return "\n".join(lines) + "\n"


def _metric_rows(judged: Judged) -> list[dict[str, Any]]:
    rows = []
    for metric in METRICS:
        columns = judged.summary["metrics"][metric.name]
        if not columns:
            continue
        floor = judged.rules.floors.get(metric.name)
        rows.append(
            {
                "title": metric.title,
                "columns": [figure(columns.get(column), metric.unit) for column in COLUMNS],
                "cases": columns["all"]["cases"],
                "floor": f"{floor.all:.0%}" if floor else "",
                "target": f"{floor.target:.0%}" if floor and floor.target is not None else "",
            }
        )
    return rows


def _interval_plot(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Dots and whiskers of the shares, in units of the drawing: 0 to _WIDEST_BAR."""
    rows = []
    for metric in SHARES:
        columns = summary["metrics"][metric.name]
        marks = [
            {key: round(columns[name][key] * _WIDEST_BAR, 1) for key in ("value", "low", "high")} | {"column": name}
            for name in ("all", "held_out")
            if name in columns
        ]
        if marks:
            rows.append({"title": metric.title, "marks": marks})
    return rows


def _histogram(milliseconds: Sequence[float]) -> list[dict[str, Any]]:
    """How many answers took how long; the slowest hundredth is in the last bar."""
    if not milliseconds:
        return []
    edges = np.linspace(0, max(float(np.percentile(milliseconds, 99)), 1.0), _BINS)
    counts, _ = np.histogram(np.minimum(milliseconds, edges[-1]), bins=edges)
    most = int(counts.max())
    return [
        {"from": round(float(low)), "to": round(float(high)), "count": int(count), "height": round(100 * count / most)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _failing(judged: Judged) -> list[dict[str, Any]]:
    """The failing cases, those first that passed when last accepted."""
    cases = {case.id: case for case in judged.cases}
    answers = {record.case: record.answer for record in judged.records}
    before = judged.accepted.cases if judged.accepted else {}
    rows = [
        {
            "case": cases[score.case],
            "score": score,
            "answer": answers.get(score.case),
            "state": _state(score.case, before),
            "expected": _expected(cases[score.case]),
        }
        for score in judged.scores
        if not score.passed
    ]
    order = {"newly failing": 0, "new case": 1, "known": 2}
    return sorted(rows, key=lambda row: (order[row["state"]], row["case"].id))


def _state(case: str, before: Mapping[str, Any]) -> str:
    if case not in before:
        return "new case" if before else "known"
    return "newly failing" if before[case].passed else "known"


def _expected(case: Case) -> list[tuple[str, str]]:
    names = ("status", "sources", "sources_all", "shows", "headings", "never", "notices")
    return [
        (name.replace("_", " "), "; ".join(" or ".join(each) if isinstance(each, tuple) else each for each in values))
        for name in names
        if (values := getattr(case, name))
    ]


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
