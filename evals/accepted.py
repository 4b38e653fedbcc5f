"""The run that was accepted last, as it is kept in the repository: the outcome of every case, and no text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import GuidanceError
from evals.cases import Case
from evals.metrics import SHARES
from evals.runs import RunInfo
from evals.score import CaseScore

ACCEPTED = Path(__file__).with_name("accepted.json")
PLACES = 3
"""Decimals of a kept value. Smaller differences are none."""


class GateError(GuidanceError):
    """The gate can't judge, or a run can't be accepted. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCase:
    """One case in the accepted run. `digest` is Case.digest, so that a changed expectation shows."""

    digest: str
    passed: bool
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The run that was accepted last: what it was, and the outcome of every case. It holds no text."""

    build_id: str
    corpus_digest: str | None
    created: str
    version: str
    cases: Mapping[str, AcceptedCase]


class _File(BaseModel):
    """As it stands in the repository: of each case the digest, whether it passed, and its values in the order of `metrics`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build_id: str
    corpus_digest: str | None
    created: str
    version: str
    metrics: tuple[str, ...]
    cases: dict[str, tuple[str, bool, tuple[float | None, ...]]]


def accept(info: RunInfo, cases: Sequence[Case], scores: Sequence[CaseScore]) -> Accepted:
    """What is kept of a run."""
    digests = {case.id: case.digest for case in cases}
    return Accepted(
        build_id=info.build_id,
        corpus_digest=info.corpus_digest,
        created=info.created,
        version=info.version,
        cases={
            score.case: AcceptedCase(
                digest=digests[score.case],
                passed=score.passed,
                values={
                    metric.key: round(score.values[metric.key], PLACES)
                    for metric in SHARES
                    if metric.key in score.values
                },
            )
            for score in scores
        },
    )


def read_accepted(path: Path = ACCEPTED) -> Accepted:
    """The run that was accepted last.

    Raises:
        GateError: there is none, or it can't be read.
    """
    try:
        kept = _File.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise GateError(
            f"No run has been accepted yet: {path.name} is missing. Accept one: python -m evals accept"
        ) from None
    except ValidationError as error:
        raise GateError(f"{path.name} can't be read. Take it from version control again.") from error
    return Accepted(
        build_id=kept.build_id,
        corpus_digest=kept.corpus_digest,
        created=kept.created,
        version=kept.version,
        cases={
            case: AcceptedCase(
                digest=digest,
                passed=passed,
                values={name: value for name, value in zip(kept.metrics, row, strict=True) if value is not None},
            )
            for case, (digest, passed, row) in kept.cases.items()
        },
    )


def write_accepted(accepted: Accepted, path: Path = ACCEPTED) -> None:
    """Writes it in one step, a case a line, so that version control shows which cases changed."""
    metrics = [metric.key for metric in SHARES]
    head = {
        "build_id": accepted.build_id,
        "corpus_digest": accepted.corpus_digest,
        "created": accepted.created,
        "version": accepted.version,
        "metrics": metrics,
    }
    rows = {
        case: [kept.digest, kept.passed, [_number(kept.values.get(name)) for name in metrics]]
        for case, kept in sorted(accepted.cases.items())
    }
    lines = ",\n".join(f"  {json.dumps(case)}: {json.dumps(row, separators=(',', ':'))}" for case, row in rows.items())
    new = path.with_name(path.name + ".new")
    new.write_text(f'{json.dumps(head, indent=1)[:-2]},\n "cases": {{\n{lines}\n }}\n}}\n', encoding="utf-8")
    new.replace(path)


def _number(value: float | None) -> float | None:
    return int(value) if value is not None and value.is_integer() else value
