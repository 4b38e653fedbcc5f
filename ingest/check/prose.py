"""Rules on the sentences of a digest: each is quoted by itself, to people in a hurry."""

import re
from collections.abc import Iterator

from ingest.check.digest import Digest
from ingest.check.finding import Finding, Rule
from ingest.sentences import sentence_spans

MOST_WORDS = 40
# Automated Readability Index, a grade of school. Over the 130 digests of November 2026, before any was rewritten for it, it ran from 8.4 to
# 15.6 with a median of 12.1, and ten lay above 14.0, the 92nd percentile: these read harder than their neighbours on the same matters.
# Names of laws and bodies count as they are read, so the grades lie about two above those of the Flesch-Kincaid formula, which textstat
# can't compute without a dictionary from the web.
HIGHEST_GRADE = 14.0
_NAMELESS = frozenset("it they this these those that such he she its their here there".split())
_THINGS = (
    "article authors? blog digest document guidance guide note page paper playbook publication report strategy "
    "survey toolkit"
)
# "The report by X" and "the survey that Y ran" go on to say which one; "The report says" does not.
_NAMING = (
    "about at behind by called dated for from held in issued named of on published that to used which who with written"
)
_NAMELESS_PHRASE = re.compile(rf"[Tt]he (?:{'|'.join(_THINGS.split())})\b(?! (?:{'|'.join(_NAMING.split())})\b)")


def check_subjects(digest: Digest) -> Iterator[Finding]:
    """No sentence or item begins with a word that points elsewhere: quoted by itself it would name nothing."""
    for unit in digest.running_text:
        words = re.findall(r"[^\W\d_]+", unit.text)
        # "IT" is a matter, "It" points elsewhere.
        first = words[0] if words else ""
        nameless = first.casefold() in _NAMELESS and first != "IT"
        if nameless or _NAMELESS_PHRASE.match(unit.text):
            message = f"'{_start(unit.text)}' names nothing when it is quoted by itself. Begin with the name of what it is about."
            yield digest.finding(unit.line, Rule.SUBJECT, message)


def check_lengths(digest: Digest) -> Iterator[Finding]:
    """No sentence is longer than a reader can hold."""
    for unit in digest.running_text:
        for start, end in sentence_spans(unit.text):
            sentence = unit.text[start:end]
            words = len(sentence.split())
            if words > MOST_WORDS:
                message = f"'{_start(sentence)}' has {words} words. Say it in sentences of at most {MOST_WORDS}, one fact in each."
                yield digest.finding(unit.line, Rule.LENGTH, message)


def check_reading_age(digest: Digest) -> Iterator[Finding]:
    """The digest as a whole reads no harder than its neighbours."""
    grade = reading_grade([sentence.text for sentence in digest.sentences])
    if grade > HIGHEST_GRADE:
        message = (
            f"it reads at grade {grade:.1f}; {HIGHEST_GRADE:.1f} is the limit. Use shorter sentences and shorter words."
        )
        yield digest.finding(1, Rule.READING_AGE, message)


def reading_grade(sentences: list[str]) -> float:
    """The Automated Readability Index of some sentences, to one decimal place."""
    # Imported late: textstat brings NLTK along, which takes a second.
    from textstat import automated_readability_index  # type: ignore[import-untyped]

    # textstat ends a sentence at every full stop, also in "£1.5bn": ours are found already.
    plain = " ".join(re.sub(r"[.!?]", "", sentence) + "." for sentence in sentences)
    return round(float(automated_readability_index(plain)), 1)


def _start(text: str) -> str:
    words = text.split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")
