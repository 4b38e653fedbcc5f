"""`evals grounding`: the product's verifier on public sets of claims with evidence and a human label."""

import gzip
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.errors import GuidanceError
from assistant.verify import split_sentences, verify

FALSE_FLAGS = 0.05
_SUFFIX = ".jsonl.gz"


class ClaimsError(GuidanceError):
    """A file of claims can't be used. The message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim of a public set. `group` holds what must not be parted in cross-validation; `types` are the kinds of error it has."""

    group: str
    text: str
    evidence: tuple[str, ...]
    supported: bool
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSet:
    """Claims of one kind: one set of a file, at one level."""

    name: str
    claims: list[Claim]


def read_sets(file: Path) -> list[ClaimSet]:
    """The set of a file as it is given; where its rows are responses or their sentences, the other level too.

    Rows are gzip JSON lines of `id`, `group`, `claim`, `evidence`, `label` (1: supported) and `meta`. A response's `meta.spans` mark
    what is not supported: [start, end, type, ...]. A sentence's `group` is its response, and `meta.types` names its errors.

    Raises:
        ClaimsError: the file is missing, empty, or not of this format.
    """
    rows = _read_rows(file)
    name = file.name.removesuffix(_SUFFIX)
    sets = [ClaimSet(name=name, claims=[_claim(row) for row in rows])]
    if all("spans" in row["meta"] for row in rows):
        sets.append(ClaimSet(name=f"{name}/sentences", claims=[each for row in rows for each in _sentences(row)]))
    elif all("types" in row["meta"] for row in rows):
        sets.append(ClaimSet(name=f"{name}/responses", claims=_responses(rows)))
    # At the other level every claim may have the same label, which leaves nothing to measure.
    return [each for each in sets if len({claim.supported for claim in each.claims}) == 2]


def _read_rows(file: Path) -> list[dict[str, Any]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
    except FileNotFoundError:
        raise ClaimsError(f"There is no file {file}. Give a set of claims as --help describes it.") from None
    except (OSError, EOFError, ValueError) as error:
        raise ClaimsError(f"{file} can't be read as gzip JSON lines ({error}).") from error
    if not rows:
        raise ClaimsError(f"{file} holds no claims.")
    for number, row in enumerate(rows, 1):
        if problem := _problem(row):
            raise ClaimsError(f"{file}, line {number}: {problem}.")
    if len({row["label"] for row in rows}) == 1:
        raise ClaimsError(f"{file} holds only one label. Measuring needs supported and unsupported claims.")
    return rows


def _problem(row: Any) -> str | None:
    if not isinstance(row, dict):
        return "a row is an object"
    if not (isinstance(row.get("claim"), str) and row["claim"].strip()):
        return "“claim” is text that is not empty"
    evidence = row.get("evidence")
    if not (isinstance(evidence, list) and evidence and all(isinstance(text, str) for text in evidence)):
        return "“evidence” is a list of texts"
    if row.get("label") not in (0, 1):
        return "“label” is 1 (supported) or 0"
    if not isinstance(row.get("meta", {}), dict):
        return "“meta” is an object"
    row.setdefault("meta", {})
    row["group"] = str(row.get("group", _name_of(row)))
    return None


def _name_of(row: dict[str, Any]) -> str:
    """What stands for the group of a row that names none: its id, or its text."""
    return str(row.get("id", row["claim"]))


def _claim(row: dict[str, Any]) -> Claim:
    found = row["meta"].get("types") or [span[2] for span in row["meta"].get("spans") or []]
    return Claim(
        group=row["group"],
        text=row["claim"],
        evidence=tuple(row["evidence"]),
        supported=row["label"] == 1,
        types=tuple(dict.fromkeys(str(each) for each in found)),
    )


def _sentences(row: dict[str, Any]) -> list[Claim]:
    claims, place = [], 0
    for sentence in split_sentences(row["claim"]):
        start = row["claim"].index(sentence, place)
        place = start + len(sentence)
        wrong = [span for span in row["meta"]["spans"] or [] if span[0] < place and span[1] > start]
        claims.append(
            Claim(
                group=row["group"],
                text=sentence,
                evidence=tuple(row["evidence"]),
                supported=not wrong,
                types=tuple(dict.fromkeys(str(span[2]) for span in wrong)),
            )
        )
    return claims


def _responses(rows: Sequence[dict[str, Any]]) -> list[Claim]:
    grouped: dict[str, list[Claim]] = defaultdict(list)
    for row in rows:
        grouped[row["group"]].append(_claim(row))
    return [
        Claim(
            group=group,
            text="\n".join(each.text for each in sentences),
            evidence=sentences[0].evidence,
            supported=all(each.supported for each in sentences),
            types=tuple(dict.fromkeys(kind for each in sentences for kind in each.types)),
        )
        for group, sentences in grouped.items()
    ]


def measure_grounding(files: Sequence[Path]) -> dict[str, Any]:
    """The measures of every set of every file, by name."""
    return {each.name: measure_set(each.claims) for file in files for each in read_sets(file)}


def measure_set(claims: Sequence[Claim]) -> dict[str, Any]:
    """Its measures; for each type of error, how many claims have it and how many of those are found."""
    judged = [verify(claim.text, claim.evidence) for claim in claims]
    supported = np.array([claim.supported for claim in claims])
    probabilities = np.array([each.probability for each in judged])
    passed = np.array([each.supported for each in judged])
    measured: dict[str, Any] = {"n": len(claims)} | measures(supported, probabilities, passed)
    types = sorted({kind for claim in claims for kind in claim.types})
    if types:
        cut = float(np.quantile(probabilities[supported], FALSE_FLAGS))
        measured["by_type"] = {
            kind: _of_type(np.array([kind in claim.types for claim in claims]), probabilities, passed, cut)
            for kind in types
        }
    return measured


def measures(
    supported: NDArray[np.bool_], probabilities: NDArray[np.float64], passed: NDArray[np.bool_]
) -> dict[str, float]:
    """The three measures, as fractions. `supported` is what people say, `passed` what was decided."""
    cut = np.quantile(probabilities[supported], FALSE_FLAGS)
    found = {
        "auroc": roc_auc_score(supported, probabilities),
        "balanced_accuracy": balanced_accuracy_score(supported, passed),
        "unsupported_recall_at_5": (probabilities[~supported] < cut).mean(),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def _of_type(
    has_type: NDArray[np.bool_], probabilities: NDArray[np.float64], passed: NDArray[np.bool_], cut: float
) -> dict[str, float]:
    return {
        "n": int(has_type.sum()),
        "recall": round(float((~passed[has_type]).mean()), 4),
        "recall_at_5": round(float((probabilities[has_type] < cut).mean()), 4),
    }
