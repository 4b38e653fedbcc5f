"""Proves that the suite notices damage: each mutation must show in a metric, beyond its interval, and close the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.accepted import accept
from evals.cases import Case
from evals.gate import Rules, judge
from evals.labels import stale_cases
from evals.metrics import SHARES, measure
from evals.mutations import MUTATIONS, Scene
from evals.records import Held
from evals.runs import RunInfo
from evals.score import CaseScore, score_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What became of one mutation. `metrics` are those that fell below their interval, with the value before and after."""

    name: str
    what: str
    metrics: Mapping[str, tuple[float, float]]
    gate: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether a metric and the gate noticed it."""
        return bool(self.metrics) and bool(self.gate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selftest:
    """The outcome. `sound` is what the gate says of the undamaged answers, compared with themselves: nothing, if it works."""

    sound: tuple[str, ...]
    noticed: tuple[Noticed, ...]

    @property
    def passed(self) -> bool:
        """Whether every mutation was noticed, and health was not taken for damage."""
        return not self.sound and all(each.passed for each in self.noticed)


def selftest(info: RunInfo, scene: Scene, rules: Rules) -> Selftest:
    """Damages the answers of a run in every way, and looks who notices. The run itself stands for the accepted one.

    Damage must close the gate by comparison alone: how low a floor stands today proves nothing.
    """
    without_floors = rules.model_copy(update={"floors": {}})
    before = score_all(scene.cases, scene.records, scene.held)
    healthy = _summary(scene.cases, before, scene.held)
    accepted = accept(info, scene.cases, before)
    noticed = []
    for name, mutation in MUTATIONS.items():
        after = score_all(scene.cases, mutation.damage(scene), scene.held)
        damaged = _summary(scene.cases, after, scene.held)
        noticed.append(
            Noticed(
                name=name,
                what=mutation.what,
                metrics=_fallen(healthy["metrics"], damaged["metrics"]),
                gate=judge(scene.cases, after, damaged, accepted, without_floors).breaks,
            )
        )
    return Selftest(
        sound=judge(scene.cases, before, healthy, accepted, rules).breaks,
        noticed=tuple(noticed),
    )


def _summary(cases: Sequence[Case], scores: Sequence[CaseScore], held: Held) -> dict[str, Any]:
    """What the gate looks at; slices would take longer than all the rest."""
    metrics = {
        metric.name: {
            column: measured
            for column, belongs in (("all", scores), ("held_out", [each for each in scores if each.held_out]))
            if (measured := measure(metric, belongs))
        }
        for metric in SHARES
    }
    return {"metrics": metrics, "stale": stale_cases(cases, held)}


def _fallen(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """The metrics whose value over all cases lies below the interval that it had."""
    return {
        name: (columns["all"]["value"], after[name]["all"]["value"])
        for name, columns in before.items()
        if "all" in columns and "all" in after[name] and after[name]["all"]["value"] < columns["all"]["low"]
    }
