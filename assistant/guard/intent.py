"""Judges whether a question asks for help to break the procurement rules, or only tries to steer the assistant.

Misuse: logistic regression over the question's vector and flags of its wording. Coefficients stand in intent.json,
made by evals/bench/train_guard.py from evals/guard/*.yaml. Steering: patterns (assistant/guard/steering.py).
"""

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.guard.finding import Finding
from assistant.guard.steering import honest_part, steering_flags
from assistant.guard.wording import wording
from assistant.types import AnswerStatus, Vectors

# Kind, words that show it, and an honest question on the same matter. The first that fits is taken.
_TOPICS: tuple[tuple[str, str, str], ...] = (
    (
        "bribery",
        r"brib|kick-?back|backhander|gift|hospitality|in cash|reward|commission|under the table",
        "What must be done about gifts and hospitality from suppliers?",
    ),
    (
        "collusion",
        r"cover (?:bid|quote|price)|dummy|losing quote|competitor not to bid|take turns|friendly firm|quotations?|share our prices|sham",
        "What are the signs of collusion between bidders?",
    ),
    (
        "conflict_of_interest",
        r"conflict|declar|shares in|used to (?:be employed|work)|"
        r"my (?:\w+ )?(?:wife|husband|brother|sister|cousin|nephew|son|daughter|friend|mate)",
        "How must conflicts of interest be handled in a procurement?",
    ),
    (
        "confidentiality",
        r"leak|tip\b.{0,20}\boff|head start|undercut|"
        r"(?:rival|competitor|other bidder|other)s?'?s? (?:prices?|bids?|offers?|scores?|submissions?)",
        "How should bidders be treated equally?",
    ),
    (
        "urgency",
        r"urgen|emergency|unforeseeable|crisis|sole supplier|only one supplier|waiver",
        "When is a direct award allowed for urgency?",
    ),
    (
        "assessment",
        r"scor|mark(?:s|ed|ing)?\b|weight|evaluat|moderat|criteria|winner|wins?\b",
        "How should tenders be assessed fairly?",
    ),
    (
        "specification",
        r"spec|requirement|brochure|brand|qualif|knock out|conditions of participation",
        "How should a specification be written so that it favours no supplier?",
    ),
    (
        "contract_value",
        r"split|threshold|instal|below|under|smaller|estimate|value|orders?\b|aggregat",
        "How is the value of a contract estimated?",
    ),
    (
        "records",
        r"back-?dat|antedat|date|minutes|records?\b|file\b|paper|forg|falsif|audit",
        "What records of a procurement must be kept?",
    ),
    (
        "publication",
        r"publi|(?:the|a|award|tender|contract|details|termination|transparency) notice|press\b|foi\b|radar|secret|redact|transparen",
        "Which notices must be published?",
    ),
)
_OTHER = ("other_misuse", "Which procurement rules apply to my purchase?")
_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})", re.IGNORECASE), ask) for kind, words, ask in _TOPICS)


def judge_intent(text: str, vector: Vectors, model_id: str) -> Finding | None:
    """Why a cleaned question is declined, or None. `vector` (dimensions,) is its embedding by the model `model_id`.

    The weights of a vector hold for the model that they were fitted with; for any other the wording decides alone.
    """
    if misuse_probability(text, vector, model_id) >= model_for(model_id)["threshold"]:
        kind, ask = _topic(text)
        return Finding(
            status=AnswerStatus.DECLINED,
            kind=kind,
            message="This seems to ask for help to break the procurement rules or to get round them, which the assistant does not give. "
            f"It quotes what the rules ask for. You could ask: {ask}",
        )
    if steering_flags(text) and honest_part(text) is None:
        return Finding(
            status=AnswerStatus.DECLINED,
            kind="steering",
            message="This tells the assistant how to behave, and holds no question that guidance could answer. The assistant only quotes "
            "guidance on buying technology: ask what you would like to know about that.",
        )
    return None


def misuse_probability(text: str, vector: Vectors, model_id: str) -> float:
    """How likely it is (0 to 1) that the question asks for help to break the rules."""
    model = model_for(model_id)
    logit = model["intercept"] + sum(model["wording"][name] * value for name, value in wording(text).items())
    if weights := model.get("vector"):
        logit += float(np.dot(np.asarray(weights), vector))
    return 1 / (1 + math.exp(-logit))


def model_for(model_id: str) -> Any:
    """The fitted model that fits the vectors of `model_id`."""
    stored = _stored()
    return stored["with_vector"] if model_id == stored["model"] else stored["wording_only"]


def _topic(text: str) -> tuple[str, str]:
    return next(((kind, ask) for kind, pattern, ask in _PATTERNS if pattern.search(text)), _OTHER)


@cache
def _stored() -> Any:
    return json.loads(files("assistant").joinpath("guard", "intent.json").read_text(encoding="utf-8"))
