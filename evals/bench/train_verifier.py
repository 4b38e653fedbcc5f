"""Fits the verifier (assistant/verify.json) and reports it on claims that it was not fitted on.

Data: RAGTruth (sentences of summaries), WiCE dev (claims), BEGIN dev (turns of dialogues). Each of the three families weighs the same,
in it each set, and in a set each label. A signal keeps the sign that it must have: more that is new never counts for a claim.
Claims that the product settles without weighing take no part in fitting, and count in what is reported. Claims about one document
stay on one side of a split. The threshold is the one whose balanced accuracy, averaged over the families,
is greatest on claims that were not fitted on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.calibration import calibration_curve
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.errors import GuidanceError
from assistant.support import read_evidence, signals
from assistant.verify import combine, settled, units
from evals.bench.grounding import ClaimSet, read_sets

FOLDS = 5
_REPEATS = 3
_PENALTY = 0.002
# The logit of what is settled without weighing: beyond that of any claim that is weighed.
_CERTAIN = 20.0
# 1: may only count for support; -1: only against it.
SIGNS = {
    "words_held": 1,
    "words_around": 1,
    "closeness": 1,
    "new_names": -1,
    "new_numbers": -1,
    "negation_added": -1,
    "negation_dropped": -1,
    "in_person": -1,
    "question": -1,
}
THRESHOLDS = np.arange(0.2, 0.805, 0.01)
DATA = (
    "RAGTruth, sentences of summaries (MIT); WiCE dev, claims (annotations ODC-BY, over Wikipedia, CC BY-SA, and Common Crawl); "
    "BEGIN dev: WoW (over CC BY 4.0), TopicalChat (CDLA-Sharing-1.0), CMU-DoG (over the Festvox licence)"
)
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All claims: signals (claims, signals), labels, weights, and the set, family, document and response of each.

    `known` is the logit of a claim that is settled without weighing, else NaN; such claims have no weight.
    """

    features: Matrix
    supported: Flags
    weights: Matrix
    known: Matrix
    sets: NDArray[np.str_]
    families: NDArray[np.str_]
    documents: NDArray[np.str_]
    responses: NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Logits of claims by models that were not fitted on them: by document, and with the whole family left out."""

    by_document: Matrix
    by_family: Matrix


def train(files: Sequence[Path], say: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, Matrix]]:
    """Returns what verify.json holds, and the curves of balanced accuracy over THRESHOLDS by set. Reports on the way.

    Raises:
        GuidanceError: a file can't be used, or there are fewer than two families.
    """
    table = make_table([each for file in files for each in read_sets(file)[:1] if not _is_responses(file)])
    if len(set(table.families)) < 2:
        raise GuidanceError(
            "Fitting needs sets of two families at least: files whose names start with different words."
        )
    held = hold_out(table)
    curves = {
        name: np.array([_balanced(table.supported[chosen], held.by_document[chosen], each) for each in THRESHOLDS])
        for name in dict.fromkeys(table.sets)
        if (chosen := table.sets == name).any()
    }
    threshold = round(float(THRESHOLDS[family_mean(curves).argmax()]), 2)
    report(table, held, threshold, say)
    parameters = fit(table.features, table.supported, table.weights)
    return {
        "intercept": round(float(parameters[0]), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(SIGNS, parameters[1:], strict=True)},
        "threshold": threshold,
        "script": "evals/bench/train_verifier.py",
        "data": f"{DATA}; fitted on {int(np.isnan(table.known).sum())} claims",
    }, curves


def _is_responses(file: Path) -> bool:
    return file.name.removesuffix(".jsonl.gz").endswith("_response")


def make_table(sets: Sequence[ClaimSet]) -> Table:
    """The signals of every claim. A family is the first word of a set's name, a document that of a group."""
    claims = [(each.name, claim) for each in sets for claim in each.claims]
    rows = [signals(" ".join(units(claim.text)), read_evidence(claim.evidence)) for _, claim in claims]
    decisions = [settled(claim.text, claim.evidence) for _, claim in claims]
    known = np.array([np.nan if each is None else (_CERTAIN if each else -_CERTAIN) for each in decisions])
    names = np.array([name for name, _ in claims])
    families = np.array([name.partition("_")[0] for name in names])
    supported = np.array([claim.supported for _, claim in claims])
    weights = np.zeros(len(claims))
    for each in sets:
        family = each.name.partition("_")[0]
        in_family = len({name for name in names if name.partition("_")[0] == family})
        for label in (True, False):
            chosen = (names == each.name) & (supported == label) & np.isnan(known)
            weights[chosen] = 1 / (in_family * chosen.sum())
    return Table(
        features=np.array([[row[name] for name in SIGNS] for row in rows]),
        supported=supported,
        weights=weights / weights.sum(),
        known=known,
        sets=names,
        families=families,
        documents=np.array([f"{name} {claim.group.partition('_')[0]}" for name, claim in claims]),
        responses=np.array([f"{name} {claim.group}" for name, claim in claims]),
    )


def fit(features: Matrix, supported: Flags, weights: Matrix) -> Matrix:
    """Ridge logistic regression over standardised signals, with signs. Returns the intercept and the weights of signals as they are."""
    scale = np.asarray(features.std(axis=0))
    scale[scale == 0] = 1.0
    standard, shares = features / scale, weights / weights.sum()

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        logits = standard @ parameters[1:] + parameters[0]
        error = (1 / (1 + np.exp(-logits)) - supported) * shares
        value = (shares * (np.logaddexp(0, logits) - supported * logits)).sum() + _PENALTY * (parameters[1:] ** 2).sum()
        return float(value), np.concatenate([[error.sum()], standard.T @ error + 2 * _PENALTY * parameters[1:]])

    bounds = [(None, None), *((0, None) if sign > 0 else (None, 0) for sign in SIGNS.values())]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B")
    return np.concatenate([found.x[:1], found.x[1:] / scale])


def hold_out(table: Table) -> Held:
    """Logits of every claim by models fitted without its document (the mean of some repeats), and without its family."""
    by_document, by_family = np.zeros(len(table.supported)), np.zeros(len(table.supported))
    for repeat in range(_REPEATS):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=repeat)
        for inside, outside in folds.split(table.features, groups=table.documents):
            by_document[outside] += _outside(table, inside, outside) / _REPEATS
    for family in sorted(set(table.families)):
        outside = table.families == family
        by_family[outside] = _outside(table, np.flatnonzero(~outside), np.flatnonzero(outside))
    return Held(by_document=by_document, by_family=by_family)


def _outside(table: Table, inside: NDArray[np.int_], outside: NDArray[np.int_]) -> Matrix:
    parameters = fit(table.features[inside], table.supported[inside], table.weights[inside])
    logits = table.features[outside] @ parameters[1:] + parameters[0]
    return np.where(np.isnan(table.known[outside]), logits, table.known[outside])


def family_mean(curves: dict[str, Matrix]) -> Matrix:
    """The mean of the families' curves, each the mean of its sets'."""
    families = {name.partition("_")[0] for name in curves}
    means = [
        np.mean([curve for name, curve in curves.items() if name.startswith(each)], axis=0) for each in sorted(families)
    ]
    return np.asarray(np.mean(means, axis=0))


def _balanced(supported: Flags, logits: Matrix, threshold: float) -> float:
    return float(balanced_accuracy_score(supported, 1 / (1 + np.exp(-logits)) >= threshold))


def report(table: Table, held: Held, threshold: float, say: Callable[[str], None]) -> None:
    """Figures on held-out claims, by set; of responses, put together from their sentences; and how far probabilities are off."""
    say(f"Held out, at the threshold {threshold}: AUROC and balanced accuracy by document; with the family left out")
    for name in dict.fromkeys(table.sets):
        chosen = table.sets == name
        _say_row(name, table.supported[chosen], held.by_document[chosen], held.by_family[chosen], threshold, say)
        responses = [np.flatnonzero(table.responses == each) for each in dict.fromkeys(table.responses[chosen])]
        supported = np.array([table.supported[each].all() for each in responses])
        if len(responses) < chosen.sum() and len(set(supported)) == 2:
            parts = [
                np.array([combine_known(logits[each], table.known[each]) for each in responses])
                for logits in (held.by_document, held.by_family)
            ]
            _say_row(f"{name}/responses", supported, parts[0], parts[1], threshold, say)
    probabilities = 1 / (1 + np.exp(-held.by_document))
    # Each claim as often as its weight says: the mixture that the probabilities are calibrated to.
    drawn = np.random.default_rng(0).choice(len(probabilities), size=50_000, p=table.weights)
    true, said = calibration_curve(table.supported[drawn], probabilities[drawn], n_bins=10, strategy="quantile")
    off = float(np.abs(true - said).mean())
    say(f"Expected calibration error over tenths, families and labels weighing the same: {off:.3f}")


def combine_known(logits: Matrix, known: Matrix) -> float:
    """The logit of a response from its sentences'; those that are settled are left out, as the product does with what only announces."""
    weighed = logits[np.isnan(known)]
    return combine(weighed.tolist()) if len(weighed) else _CERTAIN


def _say_row(
    name: str, supported: Flags, by_document: Matrix, by_family: Matrix, threshold: float, say: Callable[[str], None]
) -> None:
    say(
        f"{name:36} {len(supported):5} {roc_auc_score(supported, by_document):.3f} {_balanced(supported, by_document, threshold):.3f}   "
        f"{roc_auc_score(supported, by_family):.3f} {_balanced(supported, by_family, threshold):.3f}"
    )
