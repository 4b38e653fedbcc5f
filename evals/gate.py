"""Whether a run may pass: floors, and a paired comparison with the run that was accepted last."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.accepted import PLACES, Accepted, GateError
from evals.cases import Case
from evals.intervals import mcnemar, paired_difference
from evals.metrics import METRICS, SHARES
from evals.score import CaseScore

GATE = Path(__file__).with_name("gate.toml")
_SURE = 0.05
_MOST_NAMED = 10
_METRICS = {metric.name: metric for metric in METRICS}
Share = Annotated[float, Field(ge=0, le=1)]


class Floor(BaseModel):
    """The least that a metric must reach, over all cases and over those held out, and what the project aims at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: Share
    held_out: Share
    target: Share | None = None


class Regressions(BaseModel):
    """How much worse a run may be than the accepted one: newly failing cases, and the drop of any metric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    newly_failing: Annotated[int, Field(ge=0)] = 0
    drop: Share = 0.0


class Rules(BaseModel):
    """evals/gate.toml. `allowed` are cases that may newly fail, `removed` those that were taken out, each with the reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floors: Mapping[str, Floor]
    regressions: Regressions = Regressions()
    allowed: Mapping[str, str] = {}
    removed: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says. It is open when nothing broke it; `broken_by` are the cases that did; notes break nothing."""

    breaks: tuple[str, ...]
    broken_by: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the gate is open."""
        return not self.breaks


def judge(
    cases: Sequence[Case], scores: Sequence[CaseScore], summary: Mapping[str, Any], accepted: Accepted, rules: Rules
) -> Verdict:
    """Holds a run against the rules and the accepted run."""
    breaks, broken_by = _unsound(scores, summary, accepted, rules)
    lost, won = _changed(scores, accepted)
    unexcused = [case for case in lost if case not in rules.allowed]
    broken_by = dict.fromkeys(unexcused, "passed when last accepted, and fails now") | broken_by
    if len(unexcused) > rules.regressions.newly_failing:
        breaks.append(f"newly failing cases: {len(unexcused)}; allowed: {rules.regressions.newly_failing}")
        if len(unexcused) > len(won) and (chance := mcnemar(len(unexcused), len(won))) < _SURE:
            breaks.append(
                f"more is lost than won, and not by chance: {len(unexcused)} against {len(won)} (McNemar, p = {chance:.2g})"
            )
    breaks += _drops(scores, accepted, rules)
    return Verdict(
        breaks=tuple(breaks),
        broken_by=dict(sorted(broken_by.items())),
        notes=tuple(_notes(cases, scores, accepted, lost, won, rules)),
    )


def _unsound(
    scores: Sequence[CaseScore], summary: Mapping[str, Any], accepted: Accepted | None, rules: Rules
) -> tuple[list[str], dict[str, str]]:
    """What no run may have, whatever was accepted: errors, missing and stale cases, metrics below their floors."""
    errors = {score.case: f"error: {score.error}" for score in scores if score.error is not None}
    stale = {case: "; ".join(lines) for case, lines in summary["stale"].items()}
    there = {score.case for score in scores}
    missing = {
        case: "was accepted, and is missing. Put it back, or name it under [removed] in gate.toml with the reason"
        for case in (accepted.cases if accepted else ())
        if case not in there and case not in rules.removed
    }
    breaks = []
    for what, found in (("cases that end in an error", errors), ("stale cases", stale), ("missing cases", missing)):
        if found:
            breaks.append(f"{what}: {len(found)}")
    return breaks + _floors(summary, rules), {**stale, **errors, **missing}


def _floors(summary: Mapping[str, Any], rules: Rules) -> list[str]:
    breaks = []
    for name, floor in rules.floors.items():
        columns = summary["metrics"].get(name, {})
        for column, least in (("all", floor.all), ("held_out", floor.held_out)):
            measured = columns.get(column)
            if measured is None:
                breaks.append(f"{_METRICS[name].title} can't be measured: it concerns no case ({column})")
            elif measured["value"] < least:
                cases = "all cases" if column == "all" else "held-out cases"
                breaks.append(
                    f"{_METRICS[name].title} over {cases} is {measured['value']:.1%}, below its floor of {least:.1%}"
                )
    return breaks


def _changed(scores: Sequence[CaseScore], accepted: Accepted) -> tuple[list[str], list[str]]:
    """The cases that passed and fail now, and those that failed and pass now."""
    pairs = [(score, accepted.cases[score.case]) for score in scores if score.case in accepted.cases]
    lost = [score.case for score, before in pairs if before.passed and not score.passed]
    return lost, [score.case for score, before in pairs if score.passed and not before.passed]


def _drops(scores: Sequence[CaseScore], accepted: Accepted, rules: Rules) -> list[str]:
    """The metrics that are worse over the cases that both runs have: the whole 95 % interval of the paired difference lies below."""
    breaks = []
    for metric in SHARES:
        pairs = [
            (accepted.cases[score.case].values[metric.key], score.values[metric.key])
            for score in scores
            if score.case in accepted.cases
            and metric.key in score.values
            and metric.key in accepted.cases[score.case].values
        ]
        if pairs and any(abs(now - before) > 10**-PLACES for before, now in pairs):
            before, now = zip(*pairs, strict=True)
            low, high = paired_difference(before, now)
            if high < -rules.regressions.drop:
                breaks.append(f"{metric.title} fell by {-low:.1%} to {-high:.1%} over the same {len(pairs)} cases")
    return breaks


def _notes(
    cases: Sequence[Case],
    scores: Sequence[CaseScore],
    accepted: Accepted,
    lost: Sequence[str],
    won: Sequence[str],
    rules: Rules,
) -> list[str]:
    changed = [c.id for c in cases if c.id in accepted.cases and accepted.cases[c.id].digest != c.digest]
    new = [score for score in scores if score.case not in accepted.cases]
    failing = sum(not score.passed and score.case in accepted.cases for score in scores) - len(lost)
    allowed = [f"{case}: {rules.allowed[case]}" for case in lost if case in rules.allowed]
    found: list[tuple[str, int, Sequence[str]]] = [
        ("newly passing cases", len(won), won),
        ("cases that failed when last accepted and still do", failing, ()),
        ("cases that ask or expect something else than when accepted", len(changed), changed),
        ("new cases that pass", sum(score.passed for score in new), [score.case for score in new if score.passed]),
        ("new cases that fail", sum(not score.passed for score in new), [s.case for s in new if not s.passed]),
        ("newly failing cases that are allowed", len(allowed), allowed),
    ]
    return [f"{what}: {count}{_named(cases)}" for what, count, cases in found if count]


def _named(cases: Sequence[str]) -> str:
    return f" ({', '.join(cases[:_MOST_NAMED])}{', …' if len(cases) > _MOST_NAMED else ''})" if cases else ""


def reasons_not_to_accept(
    scores: Sequence[CaseScore], summary: Mapping[str, Any], before: Accepted | None, rules: Rules
) -> list[str]:
    """Accepting takes newly failing cases as they are; it never takes errors, missing or stale cases, or a metric below its floor."""
    breaks, cases = _unsound(scores, summary, before, rules)
    return breaks + [f"{case}: {reason}" for case, reason in cases.items()]


def read_rules(path: Path = GATE) -> Rules:
    """The rules.

    Raises:
        GateError: the file is missing or not valid.
    """
    try:
        rules = Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GateError(f"{path} can't be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise GateError(f"{path.name}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}.") from error
    unknown = sorted(set(rules.floors) - {metric.name for metric in SHARES})
    if unknown:
        raise GateError(
            f"{path.name}: there is no share {', '.join(unknown)}. Metrics: {', '.join(each.name for each in SHARES)}."
        )
    return rules
