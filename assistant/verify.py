"""Judges whether cited passages support a claim: a calibrated probability, with no language model, no vectors and no network.

Logistic regression over the signals of assistant/support.py. Its coefficients stand in verify.json, made by
evals/bench/train_verifier.py from the data named there.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.support import SENTENCE_END, is_negated, only_announces, read_evidence, signals, words

# Texts of more sentences are judged sentence by sentence; the model was fitted on claims of up to about so many.
_JUDGED_WHOLE = 3
# Of a long text its worst sentence weighs as much as all of them. The least alone flags most long texts.
_WORST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """`probability` (0 to 1) that the evidence supports the claim, where as many claims are supported as not.

    `supported` is the decision at the shipped threshold. `signals` are what it was made from, of a long text those of its worst sentence;
    there are none where nothing had to be weighed.
    """

    probability: float
    supported: bool
    signals: dict[str, float]


def verify(claim: str, evidence: Sequence[str]) -> Support:
    """Whether the passages say what the claim says."""
    known = settled(claim, evidence)
    if known is not None:
        return Support(probability=float(known), supported=known, signals={})
    read = read_evidence(tuple(evidence))
    found = [signals(each, read) for each in units(claim)]
    logits = [logit(each) for each in found]
    probability = 1 / (1 + math.exp(-combine(logits)))
    return Support(
        probability=probability,
        supported=probability >= _model()["threshold"],
        signals=found[logits.index(min(logits))],
    )


def settled(claim: str, evidence: Sequence[str]) -> bool | None:
    """The decision where nothing has to be weighed, else None.

    Supported is what stands in a passage word for word, and what only announces, such as "Here is the answer:": it says nothing that could
    be wrong. Where there are no words, nothing is supported.
    """
    if not words(claim) or not any(words(text) for text in evidence):
        return False
    if all(only_announces(sentence) for sentence in split_sentences(claim)):
        return True
    return True if any(stands_in(claim, text) for text in evidence) else None


def stands_in(claim: str, text: str) -> bool:
    """Whether the claim stands in the text word for word; spaces and line breaks play no part.

    Part of a sentence does not count where the rest of it denies something: "not" must not be cut away.
    """
    wanted = r"\s+".join(re.escape(word) for word in claim.split())
    found = re.search(rf"(?<!\w){wanted}(?!\w)", text)
    if found is None:
        return False
    end = SENTENCE_END.search(text, found.end())
    before, after = SENTENCE_END.split(text[: found.start()])[-1], text[found.end() : end.start() if end else None]
    return not is_negated(before) and not is_negated(after)


def units(claim: str) -> list[str]:
    """What is judged on its own: the claim, or each sentence of a long text. What only announces is left out."""
    sentences = [each for each in split_sentences(claim) if not only_announces(each)]
    return sentences if len(sentences) > _JUDGED_WHOLE else [" ".join(sentences)]


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, cut at the ends of sentences and lines."""
    return [piece for piece in SENTENCE_END.split(text) if words(piece)] or [text]


def combine(logits: Sequence[float]) -> float:
    """The logit of a text from those of its sentences."""
    return _WORST_SHARE * min(logits) + (1 - _WORST_SHARE) * sum(logits) / len(logits)


def logit(found: dict[str, float]) -> float:
    """The log odds of support."""
    model = _model()
    return float(model["intercept"] + sum(model["weights"][name] * value for name, value in found.items()))


@cache
def _model() -> Any:
    return json.loads(files("assistant").joinpath("verify.json").read_text(encoding="utf-8"))
