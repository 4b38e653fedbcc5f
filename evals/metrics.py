"""The metrics, each with its interval, and the slices. Formulas and blind spots are in docs/evals.md."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.cases import Case
from evals.intervals import bootstrap, bootstrap_percentile
from evals.records import Held
from evals.score import CaseScore

COLUMNS: Mapping[str, Callable[[CaseScore], bool]] = {
    "all": lambda score: True,
    "tuning": lambda score: not score.held_out,
    "held_out": lambda score: score.held_out,
}
SLICED = ("passed", "status_accuracy", "source_recall", "fact_coverage")
NONE_NAMED = "none named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure over all cases that it concerns: the mean of their values, or a percentile.

    `values` names the value of CaseScore; `unit` is “share”, “words” or “ms”.
    """

    name: str
    title: str
    values: str = ""
    unit: str = "share"
    percentile: float | None = None

    @property
    def key(self) -> str:
        """The name of the value that it is made of."""
        return self.values or self.name


METRICS = (
    Metric(name="passed", title="Cases passed"),
    Metric(name="status_accuracy", title="Status accuracy"),
    Metric(name="answer_recall", title="Answered when it must"),
    Metric(name="refusal_precision", title="Refusal precision"),
    Metric(name="refusal_recall", title="Refusal recall"),
    Metric(name="source_recall", title="Source recall"),
    Metric(name="source_precision", title="Source precision"),
    Metric(name="passage_recall", title="Passage recall"),
    Metric(name="mrr", title="Mean reciprocal rank"),
    Metric(name="citation_precision", title="Citation precision"),
    Metric(name="citation_recall", title="Citation recall"),
    Metric(name="verbatim_rate", title="Verbatim rate"),
    Metric(name="groundedness", title="Groundedness"),
    Metric(name="fact_coverage", title="Fact coverage"),
    Metric(name="forbidden_facts_avoided", title="Forbidden facts avoided"),
    Metric(name="notice_precision", title="Notice precision"),
    Metric(name="notice_recall", title="Notice recall"),
    Metric(name="old_text_warned", title="Old text warned about"),
    Metric(name="follow_up_accuracy", title="Follow-up accuracy"),
    Metric(name="answer_words", title="Answer length", unit="words"),
    Metric(name="latency_ms", title="Latency, median", unit="ms", percentile=50),
    Metric(name="latency_ms_p95", title="Latency, 95th percentile", unit="ms", percentile=95, values="latency_ms"),
)
SHARES = tuple(metric for metric in METRICS if metric.unit == "share")


def summarise(cases: Sequence[Case], scores: Sequence[CaseScore], held: Held) -> dict[str, Any]:
    """Everything that is measured, as JSON: metrics by column, slices, the confusion matrix."""
    return {
        "cases": len(scores),
        "failed": sum(not score.passed for score in scores),
        "errors": sum(score.error is not None for score in scores),
        "metrics": {
            metric.name: {
                column: measured
                for column, belongs in COLUMNS.items()
                if (measured := measure(metric, [score for score in scores if belongs(score)]))
            }
            for metric in METRICS
        },
        "confusion": confusion(cases, scores),
        "slices": slices(cases, scores, held),
    }


def measure(metric: Metric, scores: Iterable[CaseScore]) -> dict[str, Any] | None:
    """The figure with its 95 % interval and the number of cases behind it; None where it concerns no case."""
    values = [score.values[metric.key] for score in scores if metric.key in score.values]
    if not values:
        return None
    if metric.percentile is None:
        value, interval = float(np.mean(values)), bootstrap(values)
    else:
        value = float(np.percentile(values, metric.percentile))
        interval = bootstrap_percentile(values, metric.percentile)
    return {"value": round(value, 4), "low": interval[0], "high": interval[1], "cases": len(values)}


def confusion(cases: Sequence[Case], scores: Sequence[CaseScore]) -> dict[str, dict[str, int]]:
    """How often each expected status (the first that a case lists) got which status."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    first = {case.id: case.status[0].value for case in cases}
    for score in scores:
        table[first[score.case]][score.status] += 1
    return {expected: dict(sorted(got.items())) for expected, got in sorted(table.items())}


def slices(cases: Sequence[Case], scores: Sequence[CaseScore], held: Held) -> dict[str, dict[str, Any]]:
    """A few metrics by publisher, kind, nation and tag. A case stands in every slice that it belongs to."""
    by_case = {case.id: case for case in cases}
    members: dict[str, dict[str, list[CaseScore]]] = {
        name: defaultdict(list) for name in ("publisher", "kind", "nation", "tag")
    }
    for score in scores:
        case = by_case[score.case]
        for publisher in publishers(case, held):
            members["publisher"][publisher].append(score)
        members["kind"][case.kind].append(score)
        members["nation"][case.nation or NONE_NAMED].append(score)
        for tag in dict.fromkeys(case.tags):
            members["tag"][tag].append(score)
    chosen = [metric for metric in METRICS if metric.name in SLICED]
    return {
        name: {
            label: {metric.name: measured for metric in chosen if (measured := measure(metric, group))}
            for label, group in sorted(groups.items())
        }
        for name, groups in members.items()
    }


def publishers(case: Case, held: Held) -> list[str]:
    """The publishers of the sources that a case names."""
    named = [held.sources[source] for source in (*case.sources, *case.sources_all) if source in held.sources]
    return sorted({source.publisher for source in named}) or [NONE_NAMED]
