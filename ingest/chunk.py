"""Cuts a document into passages along its structure.

A passage stays within one section (and so one page), holds whole sentences, keeps list items with the sentence that introduces them
and table rows with their caption. CHUNKER_VERSION changes whenever the passages of an unchanged document would.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.analysis import embedding_text
from assistant.types import Passage, Sentence, Source
from ingest.document import Block, BlockKind, Document, Section
from ingest.sentences import sentence_spans

CHUNKER_VERSION = 3
# Characters. About 180 tokens of English, so that title, headings and text fit the 256 that the model reads.
LONGEST_PASSAGE = 800
_BULLET = "- "
# Sentences that a passage must have before it gives one away.
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """What may not be cut: a sentence, a list item or a table row.

    `lead_in` is the text that introduces an item; `starts_block` says that a new line comes before the unit.
    """

    text: str
    starts_block: bool
    is_item: bool = False
    lead_in: str | None = None


def passages(document: Document, source: Source) -> list[Passage]:
    """The passages of a document in reading order. Text that stands twice in one source becomes one passage, at its first place."""
    found: dict[str, Passage] = {}
    for section in document.sections:
        for units in pack(list(section_units(section))):
            text, sentences = render(units)
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            passage_id = f"{source.id}:{digest}"
            if passage_id not in found:
                found[passage_id] = Passage(
                    id=passage_id,
                    source_id=source.id,
                    text=text,
                    heading_path=section.heading_path,
                    page=section.page,
                    position=len(found),
                    sentences=sentences,
                )
    return list(found.values())


def sentence_embedding_texts(passage: Passage, source: Source) -> list[str]:
    """What is embedded for each sentence of a passage: an item of a list is read with its lead-in.

    The only sentence of a passage is read with title and headings, like the passage: without them it would match worse
    than the passage that it is.
    """
    if len(passage.sentences) == 1:
        return [embedding_text(passage, source)]
    texts = []
    for sentence in passage.sentences:
        text = passage.text[sentence.start : sentence.end]
        if sentence.lead_in is not None:
            lead_in = passage.sentences[sentence.lead_in]
            text = f"{passage.text[lead_in.start : lead_in.end]} {text}"
        texts.append(text)
    return texts


def section_units(section: Section) -> Iterator[Unit]:
    """The units of a section. The sentence before a list or table introduces its items."""
    last_sentence: str | None = None
    for block in section.blocks:
        if block.kind is BlockKind.PARAGRAPH:
            for unit in paragraph_units(block):
                last_sentence = unit.text
                yield unit
        else:
            for item in block.items:
                yield Unit(item, starts_block=True, is_item=True, lead_in=last_sentence)


def paragraph_units(block: Block) -> Iterator[Unit]:
    """The sentences of a paragraph; one that is too long for any passage is cut, at a clause where it can be."""
    for item in block.items:
        for place, (start, end) in enumerate(sentence_spans(item)):
            sentence = item[start:end]
            pieces = [sentence] if len(sentence) <= LONGEST_PASSAGE else _splitter().split_text(sentence)
            for piece_place, piece in enumerate(pieces):
                yield Unit(piece, starts_block=place == 0 and piece_place == 0)


def _splitter() -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        chunk_size=LONGEST_PASSAGE, chunk_overlap=0, separators=["; ", ": ", ", ", " ", ""], keep_separator="end"
    )


def pack(units: list[Unit]) -> list[list[Unit]]:
    """Fills passages in order. A last sentence that would be left alone, and hard to find, takes the one before it along."""
    filled = list(_fill(units))
    if len(filled) > 1 and len(filled[-1]) == 1 and len(filled[-2]) > _ENOUGH and not filled[-2][-1].is_item:
        filled[-1].insert(0, filled[-2].pop())
    return filled


def _fill(units: list[Unit]) -> Iterator[list[Unit]]:
    """Fills passages to their limit.

    A lead-in moves along with the first of its items, and stands again before items that go on in a new passage.
    """
    packed: list[Unit] = []
    for place, unit in enumerate(units):
        introduces = place + 1 < len(units) and units[place + 1].is_item and not unit.is_item
        reserve = len(units[place + 1].text) + len(_BULLET) + 1 if introduces else 0
        if packed and _size(packed) + len(unit.text) + 3 + reserve > LONGEST_PASSAGE:
            yield packed
            repeat = unit.is_item and unit.lead_in is not None and len(unit.lead_in) < LONGEST_PASSAGE / 2
            packed = [Unit(unit.lead_in or "", starts_block=True)] if repeat else []
        packed.append(unit)
    if packed:
        yield packed


def _size(units: list[Unit]) -> int:
    return sum(len(unit.text) + 3 for unit in units)


def render(units: list[Unit]) -> tuple[str, tuple[Sentence, ...]]:
    """The text of a passage, with the offsets of its sentences."""
    text, sentences = "", []
    lead_ins: dict[str, int] = {}
    for unit in units:
        if text:
            text += "\n" if unit.starts_block else " "
        text += _BULLET if unit.is_item else ""
        lead_in = lead_ins.get(unit.lead_in) if unit.lead_in is not None else None
        sentences.append(Sentence(start=len(text), end=len(text) + len(unit.text), lead_in=lead_in))
        text += unit.text
        if not unit.is_item:
            lead_ins[unit.text] = len(sentences) - 1
    return text, tuple(sentences)
