"""The run that was accepted last, as it is kept in the repository: the outcome of every case, and no text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

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


_ACCEPTED = TypeAdapter(Accepted)


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
        return _ACCEPTED.validate_json(path.read_bytes())
    except FileNotFoundError:
        raise GateError(
            f"No run has been accepted yet: {path} is missing. Accept one: python -m evals accept"
        ) from None
    except ValidationError as error:
        raise GateError(f"{path} can't be read. Take it from version control again.") from error


def write_accepted(accepted: Accepted, path: Path = ACCEPTED) -> None:
    """Writes it in one step, a case a line, so that version control shows which cases changed."""
    whole = _ACCEPTED.dump_python(accepted, mode="json")
    cases = whole.pop("cases")
    head = json.dumps(whole, indent=1)[:-2]
    lines = ",\n".join(f"  {json.dumps(case)}: {json.dumps(row)}" for case, row in sorted(cases.items()))
    new = path.with_name(path.name + ".new")
    new.write_text(f'{head},\n "cases": {{\n{lines}\n }}\n}}\n', encoding="utf-8")
    new.replace(path)
