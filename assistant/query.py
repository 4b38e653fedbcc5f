"""Understands a question: cleans it, refuses what can't be used, and finds its terms."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from assistant.analysis import terms
from assistant.errors import QuestionError
from assistant.types import Question

LONGEST_QUESTION = 2000
# Below this share of known words the language is looked into. Officers' typing errors stay above it.
_KNOWN_SHARE = 0.6
_CONFIDENT = 0.9
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


def clean(text: str) -> str:
    """NFKC, without control, format and tag characters (which can hide text from people), white space folded."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in visible)
    return " ".join(kept.split())


def understand(text: str, known_terms: Mapping[str, float]) -> Question:
    """Reads a question. `known_terms` are the terms of the index, which tell jargon from another language.

    Raises:
        QuestionError: `question-empty`, `question-too-long`, `question-without-words` or `question-not-english`.
    """
    cleaned = clean(text)
    if not cleaned:
        raise QuestionError("question-empty", "The question is empty. Type a question about buying technology.")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            "question-too-long",
            f"The question has {len(cleaned):,} characters; at most {LONGEST_QUESTION:,} can be read. Ask about one thing at a time.",
        )
    if not any(letter.isalpha() for letter in cleaned):
        raise QuestionError("question-without-words", "The question holds no words. Ask it in words, in English.")
    found = terms(cleaned)
    if is_other_language(cleaned, found, known_terms):
        raise QuestionError(
            "question-not-english",
            "The question does not seem to be in English. The guidance held is in English: please ask in English.",
        )
    return Question(text=text, cleaned=cleaned, terms=tuple(found))


def is_other_language(cleaned: str, found: list[str], known_terms: Mapping[str, float]) -> bool:
    """Whether a question is confidently not in English."""
    letters = [letter for letter in cleaned if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if latin < len(letters) / 2:
        return True
    words = cleaned.split()
    known = sum(term in known_terms for term in found)
    # Stop words are English words that `terms` has taken out, so they count as known.
    unknown = len(found) - known
    if len(words) < 4 or not found or unknown <= (1 - _KNOWN_SHARE) * len(words):
        return False
    language, probability = _identifier().classify(cleaned.lower())
    return bool(language != "en" and probability >= _CONFIDENT)


@cache
def _identifier() -> Any:
    # Loaded only for a doubtful question: its model costs start-up time and memory.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    return LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
