"""A passage as the model is shown it, read once so that many drafted sentences can be held against it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.analysis import terms
from assistant.gate.names import words_of
from assistant.gate.values import Value, missing, plain, values
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
_POINTS_BACK = re.compile(r"(?:It|They|This|These|That|Those|Such|Both|Its|Their|Each|Neither|He|She|Here|There)\b")
# An adjacent sentence is taken along only where it says at least this share of the claim's words that the others don't.
_ALONG = 0.12
_LONGEST_WINDOW = 3
# About the inverse document frequency of a term that one of a thousand passages holds.
_UNKNOWN = 7.0
# What holding all values of a claim is worth, beside 1 for all its topic words.
_VALUES = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """A sentence with what introduces it: topic words, values and words, and the range of the passage that shows both.

    `context` are its topic words with those of its source and headings, and of the sentence before where it begins with "It" or "This".
    """

    start: int
    end: int
    text: str
    terms: frozenset[str]
    context: frozenset[str]
    values: tuple[Value, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A passage under the number that the model knows it by. `relevance` says of each sentence how near it is to the question."""

    number: int
    passage: Passage
    sentences: tuple[ReadSentence, ...]
    relevance: tuple[float, ...]
    values_together: tuple[tuple[Value, ...], ...]
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
    around = topic(" ".join(about))
    sentences = tuple(_read_sentence(passage, place, around) for place in range(len(passage.sentences)))
    lists = {each.lead_in for each in passage.sentences if each.lead_in is not None}
    return Shown(
        number=number,
        passage=passage,
        sentences=sentences,
        values_together=(
            *(each.values for each in sentences),
            *(
                tuple(
                    value
                    for place, each in enumerate(sentences)
                    if passage.sentences[place].lead_in == lead
                    for value in each.values
                )
                for lead in sorted(lists)
            ),
        ),
        relevance=tuple(relevance),
        about=tuple(words_of(plain(text)) for text in about),
        about_values=tuple(value for text in [*about, (source.published or "")[:4]] for value in values(text)),
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
    """What some terms weigh; one that the corpus does not know weighs as a rare one."""
    return sum(weights.get(term, _UNKNOWN) for term in found)


def best_window(claim: frozenset[str], claimed: Sequence[Value], shown: Shown, weights: Mapping[str, float]) -> Window:
    """The fewest adjacent sentences that hold most of what the claim says, its topic words and its values."""
    whole = weight(claim, weights) or 1.0
    best = Window(0, 0, 0, 0, -1.0)
    best_score = -1.0
    sentences = shown.sentences
    for first in range(len(sentences)):
        held: set[str] = set()
        held_values: list[Value] = []
        for last in range(first, min(len(sentences), first + _LONGEST_WINDOW)):
            held |= sentences[last].terms
            held_values += sentences[last].values
            coverage = weight(claim & held, weights) / whole
            found = 1 - len(missing(claimed, held_values)) / max(1, len(claimed))
            score = coverage + _VALUES * found - _ALONG * (last - first)
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


def foreign(claim: frozenset[str], shown: Shown, elsewhere: frozenset[str], weights: Mapping[str, float]) -> float:
    """The share of a claim's topic words that are said elsewhere, not where most of it is said: high where two facts became one."""
    units = [each.context for each in shown.sentences]
    for lead in {each.lead_in for each in shown.passage.sentences if each.lead_in is not None}:
        items = [unit for unit, each in zip(units, shown.passage.sentences, strict=True) if each.lead_in == lead]
        units.append(frozenset().union(*items))
    best = max(units, key=lambda unit: weight(claim & unit, weights), default=frozenset())
    return weight((claim & elsewhere) - best, weights) / (weight(claim, weights) or 1.0)


def _read_sentence(passage: Passage, place: int, around: frozenset[str]) -> ReadSentence:
    sentence = passage.sentences[place]
    lead = passage.sentences[sentence.lead_in] if sentence.lead_in is not None else None
    own = passage.text[sentence.start : sentence.end]
    text = plain(f"{passage.text[lead.start : lead.end]} {own}" if lead else own)
    said = topic(text)
    before = passage.sentences[place - 1] if place and _POINTS_BACK.match(own) else None
    return ReadSentence(
        start=lead.start if lead else sentence.start,
        end=sentence.end,
        text=text,
        terms=said,
        context=said | around | (topic(passage.text[before.start : before.end]) if before else frozenset()),
        values=tuple(values(text)),
        words=words_of(text),
    )
