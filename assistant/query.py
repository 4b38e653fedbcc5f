"""Understands a question: cleans it, refuses what can't be used, and finds its terms."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from assistant.analysis import terms
from assistant.currency import Term, expand
from assistant.errors import QuestionError
from assistant.index import Index
from assistant.spelling import correct
from assistant.types import Nation, Query, Question, Turn

LONGEST_QUESTION = 2000
# Weights of what a conversation adds, beside the question's own 1. Chosen with both halves of MTRAG-UN dev in view
# (docs/adr/0005-retrieval.md).
WITH_PREVIOUS_QUESTION, PREVIOUS_ANSWER = 1.0, 0.5
# Weight of what changed and abbreviated terms stand for.
MEANT = 0.5
# Below this share of known words the language is looked into. Officers' typing errors stay above it.
_KNOWN_SHARE = 0.6
_CONFIDENT = 0.9
# Words that name a nation, or its councils.
_NATION_WORDS = {
    Nation.ENGLAND: r"\b(england|english)\b",
    Nation.WALES: r"\b(wales|welsh)\b",
    Nation.SCOTLAND: r"\b(scotland|scottish|scots)\b",
    Nation.NORTHERN_IRELAND: r"\b(northern ireland|northern irish|ni council)\b",
}
# Longer questions tell a story with a question in it; their clauses are not questions of their own.
LONGEST_IN_PARTS = 40
_ASKS = (
    r"(?:what|which|who|whose|when|where|why|how|is|are|was|were|do(?!\s+(?:an?|some)\b)|does|did"
    r"|can|could|must|should|will|would|has|have)\b"
)
# Between two questions: after a question mark, or at an "and" that is followed by the first word of a question.
_BETWEEN = re.compile(
    rf"(?<=\?)\s+(?:(?:and|also)\s+)?|[,;]?\s+(?:and|also)\s+(?={_ASKS}(?!\s+(?:to|not)\b))", re.IGNORECASE
)
_LATIN = re.compile("[A-Za-z]")
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеѕіјорсхуԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν", "ABESIJKMHOPCTXYaesijopcxydqwABEZHIKMNOPTYXoav"
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


def clean(text: str) -> str:
    """NFKC, without control, format and tag characters (which can hide text from people), white space folded.

    Cyrillic and Greek letters that look like Latin ones become those in words that hold Latin letters, too (UTS 39, mixed scripts).
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in visible)
    return " ".join(word.translate(_LOOKALIKES) if _LATIN.search(word) else word for word in kept.split())


def understand(text: str, index: Index, history: Sequence[Turn] = ()) -> Question:
    """Reads a question. The words and terms of the index tell jargon from typing errors and from another language.

    `history` holds the earlier turns of the conversation, oldest first.

    Raises:
        QuestionError: `question-empty`, `question-too-long` or `question-without-words`.
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
    corrected = correct(cleaned, index.words, index.english, index.term_weights)
    nations, whole = nations_in(cleaned), tuple(queries(corrected, history, index.terms))
    parts = split(corrected)
    return Question(
        text=text,
        cleaned=cleaned,
        queries=whole,
        nations=nations,
        in_english=not is_other_language(corrected, index.term_weights),
        parts=tuple(
            Question(
                text=part,
                cleaned=part,
                # What a part leaves out, the conversation says, or else the part before it.
                queries=tuple(queries(part, history or before, index.terms)),
                nations=nations,
            )
            for part, before in zip(parts, [[], *([Turn(question=part)] for part in parts)], strict=False)
            if len(parts) > 1
        ),
    )


def split(text: str) -> list[str]:
    """The questions in a text, in order: the text itself where it holds only one, or tells a story."""
    parts = [part for part in _BETWEEN.split(text) if part]
    questions = all(part.endswith("?") or re.match(_ASKS, part, re.IGNORECASE) for part in parts[1:])
    if len(text.split()) > LONGEST_IN_PARTS or not questions or not all(terms(part) for part in parts):
        return [text]
    return parts


def nations_in(text: str) -> tuple[Nation, ...]:
    """The nations that a question names."""
    return tuple(nation for nation, words in _NATION_WORDS.items() if re.search(words, text.casefold()))


def queries(text: str, history: Sequence[Turn], known: tuple[Term, ...]) -> Iterator[Query]:
    """The question; what its changed and abbreviated terms stand for; it after the question before it; and what was answered to that.

    See docs/adr/0005-retrieval.md for what each adds.
    """
    yield Query(text=text, terms=tuple(terms(text)))
    if meant := expand(text, known):
        together = "; ".join(meant)
        yield Query(text=together, terms=tuple(terms(f"{text} {together}")), weight=MEANT, standing=True)
    if history:
        before = history[-1]
        together = f"{clean(before.question)} {text}"
        yield Query(text=together, terms=tuple(terms(together)), weight=WITH_PREVIOUS_QUESTION)
        if answer := clean(before.answer)[:LONGEST_QUESTION]:
            yield Query(text=answer, terms=tuple(terms(answer)), weight=PREVIOUS_ANSWER)


def is_other_language(cleaned: str, known_terms: Mapping[str, float]) -> bool:
    """Whether a question is confidently not in English. `known_terms` are the corpus's."""
    letters = [letter for letter in cleaned if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if latin < len(letters) / 2:
        return True
    words = cleaned.split()
    # Stop words are English words that `terms` takes out, so they count as known.
    unknown = [term for term in terms(cleaned) if term not in known_terms]
    if len(words) < 4 or len(unknown) <= (1 - _KNOWN_SHARE) * len(words):
        return False
    language, probability = _identifier().classify(cleaned.lower())
    return bool(language != "en" and probability >= _CONFIDENT)


@cache
def _identifier() -> Any:
    # Loaded only for a doubtful question: its model costs start-up time and memory.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
