"""What a file note says, arranged from the snapshot of an answer. The formats only dress it."""

import hashlib
import itertools
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import JsonValue

from api.dates import readable_date
from api.pages.words import ANSWER_HEADINGS, GRAVE_NOTICES, KINDS, NATIONS, STATUSES
from api.section_view import Piece
from api.store.snapshot import PassageShown, SnapshotJson, SourceShown
from assistant.types import NoticeKind, StatementKind
from assistant.wire import CitationJson

TITLE = "Record of an answer about buying technology"
WHAT_IT_IS = (
    "This is what the procurement guidance assistant answered, with the guidance as it stood in the index at the time. The assistant "
    "quotes guidance; it gives no legal advice and takes no decision. What the council decided, and why, is for the officer to add."
)
IN_OTHER_WORDS = (
    "Sentences without quotation marks were put into words by the language model, "
    "and checked against the passages that they name."
)
HOW_TO_CHECK = (
    "Each passage is given whole, with the SHA-256 of its text in UTF-8 (lines end in one line feed; nothing follows the last letter). "
    "Whoever computes that hash over the text of a passage, and finds each quote in it, has shown that the quotes were not altered since. "
    "No part of this service is needed for it."
)
_NOTES = {
    NoticeKind.CHANGED_TERM: "Changed term",
    NoticeKind.DIGEST: "Summary",
}
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRecord:
    """A statement as it was shown: a quote or not, and the numbers of its citations."""

    text: str
    is_quote: bool
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRecord:
    """A passage whole, with the quotes marked. `facts` are label and value; `numbers` those of the citations that quote it."""

    name: str
    numbers: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A source as the index described it. `sha256` are those of its passages here; `facts` are label and value."""

    title: str
    url: str | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNote:
    """A file note, in the order in which it is read."""

    facts: tuple[tuple[str, str], ...]
    question: str
    heading: str
    notices: tuple[tuple[str, str], ...]
    statements: tuple[StatementRecord, ...]
    suggestion: str | None
    passages: tuple[PassageRecord, ...]
    sources: tuple[SourceRecord, ...]
    settings: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]
    is_phrased: bool
    asked_at: datetime


def note_of(snapshot: SnapshotJson) -> FileNote:
    """The file note of an answer."""
    answer = snapshot.answer
    names = GRAVE_NOTICES | _NOTES
    # Grave ones first, as they were shown.
    ordered = sorted(answer.notices, key=lambda notice: notice.kind not in GRAVE_NOTICES)
    return FileNote(
        facts=tuple(_facts(snapshot)),
        question=visible(answer.question.strip()),
        heading=ANSWER_HEADINGS[answer.status],
        notices=tuple((names[notice.kind], visible(notice.text)) for notice in ordered),
        statements=tuple(
            StatementRecord(text=each.text, is_quote=each.kind is StatementKind.QUOTED, citations=each.citations)
            for each in answer.statements
        ),
        suggestion=visible(answer.suggestion) if answer.suggestion else None,
        passages=tuple(_passage(snapshot, each) for each in snapshot.passages),
        sources=tuple(_source(each) for each in snapshot.sources),
        settings=tuple((name, _in_words(value)) for name, value in sorted(snapshot.settings.items())),
        checks=tuple(_checks(snapshot)),
        is_phrased=any(each.kind is not StatementKind.QUOTED for each in answer.statements),
        asked_at=snapshot.asked_at,
    )


def visible(text: str) -> str:
    """Text in which nothing hides or turns the reading order: characters that are not seen become U+FFFD. Line feeds and tabs stay.

    For what people typed. Passages and quotes are given as they are: they were cleaned when they were read, and are what is hashed.
    """
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in _CONTROL else "\N{REPLACEMENT CHARACTER}"
        for letter in text.replace("\r\n", "\n")
    )


def marked(text: str, quotes: Sequence[str]) -> tuple[Piece, ...]:
    """The text cut where quotes begin and end. Quotes that overlap are marked as one; one that does not stand in it marks nothing."""
    inside = [False] * len(text)
    for quote in quotes:
        start = text.find(quote) if quote else -1
        if start >= 0:
            inside[start : start + len(quote)] = [True] * len(quote)
    edges = [0, *(place for place in range(1, len(text)) if inside[place] != inside[place - 1]), len(text)]
    return tuple(
        Piece(text=text[start:end], marked=inside[start]) for start, end in itertools.pairwise(edges) if start < end
    )


def _facts(snapshot: SnapshotJson) -> Iterator[tuple[str, str]]:
    asked_at = snapshot.asked_at.astimezone(UTC)
    yield "Asked", f"{_day_and_time(asked_at)} UTC"
    try:
        here = asked_at.astimezone(ZoneInfo("Europe/London"))
    except ZoneInfoNotFoundError:  # A machine without time zones still writes notes; UTC says when.
        pass
    else:
        yield "UK time", f"{_day_and_time(here)} {here.tzname()}"
    yield "Outcome", snapshot.answer.status.replace("_", " ")
    yield "Answer", snapshot.answer.id
    yield "Index build", snapshot.build_id
    yield "Language model", snapshot.model or "none: every statement is a quote"
    if snapshot.prompt_sha256:
        yield "SHA-256 of its instructions", snapshot.prompt_sha256


def _day_and_time(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M:%S}"


def _passage(snapshot: SnapshotJson, passage: PassageShown) -> PassageRecord:
    cited = [each for each in snapshot.answer.citations if each.passage_id == passage.passage_id]
    source = next((each for each in snapshot.sources if each.id == passage.source_id), None)
    facts = [
        ("Source", f"{source.title} ({source.publisher})" if source else passage.source_id),
        ("Heading", " › ".join(passage.heading_path)),
        ("Page", str(passage.page) if passage.page else ""),
        ("Passage", passage.passage_id),
        ("SHA-256", passage.sha256),
    ]
    return PassageRecord(
        name=_passage_name(cited),
        numbers=tuple(each.number for each in cited),
        facts=tuple((label, value) for label, value in facts if value),
        text=passage.text,
        pieces=marked(passage.text, [each.quote for each in cited]),
    )


def _passage_name(cited: Sequence[CitationJson]) -> str:
    numbers = ", ".join(f"[{each.number}]" for each in cited)
    return f"Passage of quote{'s' if len(cited) > 1 else ''} {numbers}" if cited else "Passage"


def _source(source: SourceShown) -> SourceRecord:
    published = readable_date(source.published) if source.published else "date not known"
    facts = [
        ("Publisher", source.publisher),
        ("Published", f"{published} ({source.published_note})" if source.published_note else published),
        ("Status", STATUSES[source.status]),
        ("Note on its status", source.superseded_note or ""),
        ("Applies in", ", ".join(NATIONS[nation] for nation in source.nations)),
        ("Valid from", source.valid_from.isoformat() if source.valid_from else ""),
        ("Valid until", source.valid_to.isoformat() if source.valid_to else ""),
        ("Due for review", source.review_by.isoformat() if source.review_by else ""),
        ("Text held", KINDS[source.content]),
        ("Licence", source.licence),
        ("Id", source.id),
    ]
    return SourceRecord(
        title=source.title, url=source.url, facts=tuple((label, value) for label, value in facts if value)
    )


def _in_words(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _checks(snapshot: SnapshotJson) -> Iterator[str]:
    """What was checked when the note was written: it says so where something is wrong, whatever the store did to it."""
    texts = {passage.passage_id: passage.text for passage in snapshot.passages}
    missing = [each.number for each in snapshot.answer.citations if each.quote not in texts.get(each.passage_id, "")]
    if missing:
        yield f"NOT AS IT SHOULD BE: these quotes do not stand in their passages: {', '.join(f'[{n}]' for n in missing)}."
    else:
        yield "Every quote was found in its passage, letter for letter, when this note was written."
    wrong = [
        each.passage_id for each in snapshot.passages if hashlib.sha256(each.text.encode()).hexdigest() != each.sha256
    ]
    if wrong:
        yield f"NOT AS IT SHOULD BE: the text of these passages does not have its hash: {', '.join(wrong)}."
    else:
        yield "Every passage had its hash when this note was written."
