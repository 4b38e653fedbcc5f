"""A passage as the model is shown it, read once so that many drafted sentences can be held against it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.analysis import terms
from assistant.gate.names import words_of
from assistant.gate.values import Value, plain, values
from assistant.types import Passage, Source

# Words that officers and guidance use for the same.
_SAME = [
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"\b(?:local|contracting) authorit(?:y|ies)\b|\bpublic bod(?:y|ies)\b", "council"),
        (r"\bbidders?\b|\btenderers?\b|\bvendors?\b|\bproviders?\b", "supplier"),
        (r"\bpounds?\b|\bsterling\b|\bGBP\b", " "),
        (r"\bper ?cent(?:age)?\b|\bpercent\b", " "),
        (r"\bSMEs?\b|\bsmall and medium-sized (?:enterprises|businesses|firms)\b", "small firms"),
        (r"\bcompan(?:y|ies)\b|\bbusiness(?:es)?\b|\benterprises?\b|\borganisations?\b", "firm"),
        (r"\bbuy(?:s|ing)?\b|\bpurchas(?:e|es|ed|ing)\b|\bbought\b", "procure"),
    )
]
# An adjacent sentence is taken along only where it says at least this share of the claim's words that the others don't.
_ALONG = 0.12
_LONGEST_WINDOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """A sentence with what introduces it: topic words, values and words, and the range of the passage that shows both."""

    start: int
    end: int
    text: str
    terms: frozenset[str]
    values: tuple[Value, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage under the number that the model knows it by. `relevance` says of each sentence how near it is to the question."""

    number: int
    passage: Passage
    sentences: tuple[ReadSentence, ...]
    relevance: tuple[float, ...]
    about: tuple[tuple[str, ...], ...]
    about_values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The range of a passage that bears a claim out best, the sentences in it, and the share of the claim's topic words it holds."""

    start: int
    end: int
    first: int
    last: int
    coverage: float


def read(number: int, passage: Passage, source: Source, relevance: Sequence[float]) -> Shown:
    """Reads a passage, with what is known of its source: its title, publisher and headings may be named, too."""
    about = [source.title, source.publisher, source.ref or "", *passage.heading_path]
    return Shown(
        number=number,
        passage=passage,
        sentences=tuple(_read_sentence(passage, place) for place in range(len(passage.sentences))),
        relevance=tuple(relevance),
        about=tuple(words_of(plain(text)) for text in about),
        about_values=tuple(value for text in [*about, source.published or ""] for value in values(text)),
    )


def topic(text: str) -> frozenset[str]:
    """The stems of a text that carry topic. Words for the same are one; numbers are compared by themselves."""
    return frozenset(term for term in terms(one_word(text)) if not any(letter.isdigit() for letter in term))


def one_word(text: str) -> str:
    """The text with one word for what officers and guidance call by several."""
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text


def weight(found: Iterable[str], weights: Mapping[str, float]) -> float:
    """What some terms weigh; a term that the corpus does not know weighs as its rarest."""
    rarest = max(weights.values(), default=1.0)
    return sum(weights.get(term, rarest) for term in found)


def best_window(claim: frozenset[str], shown: Shown, weights: Mapping[str, float]) -> Window:
    """The fewest adjacent sentences that hold most of what the claim says."""
    whole = weight(claim, weights) or 1.0
    best = Window(0, 0, 0, 0, -1.0)
    best_score = -1.0
    sentences = shown.sentences
    for first in range(len(sentences)):
        held: set[str] = set()
        for last in range(first, min(len(sentences), first + _LONGEST_WINDOW)):
            held |= sentences[last].terms
            coverage = weight(claim & held, weights) / whole
            score = coverage - _ALONG * (last - first)
            if score > best_score + 1e-9:
                start = min(each.start for each in sentences[first : last + 1])
                best_score, best = score, Window(start, sentences[last].end, first, last, coverage)
    return best


def whole_list(window: Window, shown: Shown) -> Window:
    """The window widened to the last item, where it begins with what introduces a list."""
    places = [place for place, each in enumerate(shown.passage.sentences) if each.lead_in == window.first]
    if not places or window.last < window.first + 1:
        return window
    return Window(window.start, shown.sentences[places[-1]].end, window.first, places[-1], window.coverage)


def _read_sentence(passage: Passage, place: int) -> ReadSentence:
    sentence = passage.sentences[place]
    lead = passage.sentences[sentence.lead_in] if sentence.lead_in is not None else None
    own = passage.text[sentence.start : sentence.end]
    text = plain(f"{passage.text[lead.start : lead.end]} {own}" if lead else own)
    return ReadSentence(
        start=lead.start if lead else sentence.start,
        end=sentence.end,
        text=text,
        terms=topic(text),
        values=tuple(values(text)),
        words=words_of(text),
    )
