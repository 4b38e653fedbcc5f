"""Splits a draft into sentences while it is still being written. What can still grow is held back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

# "[1]", "[1, 2]", "【1】". Anything else in brackets stays in the text, which then is not plain.
_MARKER = re.compile(r"\s*[\[【]\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\]】]")
_OPEN_MARKER = re.compile(r"\s*[\[【][\d,;\s]*$")
_BULLET = re.compile(r"^\s*(?:[-*•‣◦–]\s+|\(?\d{1,2}[.)]\s+|\(?[a-z][.)]\s+)(?=\S)")
_MARK_ONLY = re.compile(r"\s*(?:[-*•‣◦–]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s*")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_EMPHASIS = re.compile(r"(\*\*|__|\*|(?<![\w])_(?=\S)|(?<=\S)_(?![\w]))")
LONGEST_SENTENCE = 800
"""Characters. What is longer is no sentence that an officer could check, and must not be held back for ever."""


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """One sentence as drafted, without markers and marks of a list; the numbers it cites, in order."""

    text: str
    cites: tuple[int, ...]


class Draft:
    """Takes pieces of text, gives whole sentences. How the text was cut into pieces changes nothing.

    A line ends a sentence, and so does a full stop once the next sentence has begun: until then markers may follow. An
    item of a list carries the line that introduces the list.
    """

    def __init__(self) -> None:
        self._line = ""
        self._lead_in: DraftedSentence | None = None
        self._in_code = False

    def feed(self, piece: str) -> Iterator[DraftedSentence]:
        """The sentences that this piece completes."""
        for letter in piece:
            if letter in "\n\r":
                line, self._line = self._line, ""
                yield from self._sentences(line)
                continue
            self._line += letter
            if letter.isspace() or len(self._line) >= LONGEST_SENTENCE:
                yield from self._complete()

    def end(self) -> Iterator[DraftedSentence]:
        """What is left, where the draft ended as it should."""
        line, self._line = self._line, ""
        yield from self._sentences(line)

    def _complete(self) -> Iterator[DraftedSentence]:
        """The sentences at the start of an unfinished line, once a word of the one after them is there."""
        item = _BULLET.match(self._line)
        mark = item.group() if item else ""
        pieces = _segments(self._line[len(mark) :])
        if len(self._line) >= LONGEST_SENTENCE and len(pieces) == 1:
            self._line = ""
            yield DraftedSentence(pieces[0], ())
        if len(pieces) < 2 or not re.search(r"\w\s", pieces[-1]) or _MARK_ONLY.fullmatch(pieces[0]):
            return
        # What follows in the line of an item belongs to the item, too.
        self._line = mark + pieces[-1]
        for piece in pieces[:-1]:
            yield from self._sentences(mark + piece)

    def _sentences(self, line: str) -> Iterator[DraftedSentence]:
        if line.strip().startswith(("```", "~~~")):
            self._in_code = not self._in_code
            return
        if self._in_code or not line.strip():
            return
        item = _BULLET.match(line)
        text = _HEADING.sub("", line[item.end() :] if item else line)
        for piece in _segments(text):
            sentence = _read(piece)
            if not sentence.text:
                continue
            if item and self._lead_in:
                lead = self._lead_in
                sentence = DraftedSentence(f"{lead.text} {sentence.text}", sentence.cites or lead.cites)
            elif sentence.text.endswith(":"):
                self._lead_in = sentence
                continue
            elif not item:
                self._lead_in = None
            yield sentence


def _segments(text: str) -> list[str]:
    """The sentences of a text; markers at the start of one belong to the one before it."""
    pieces: list[str] = []
    for segment in sentencex.segment("en", text):
        piece = str(segment)
        while pieces and (match := _MARKER.match(piece)):
            pieces[-1] += match.group()
            piece = piece[match.end() :]
        if pieces and (_OPEN_MARKER.match(piece) or not re.search(r"\w", piece)):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return pieces


def _read(piece: str) -> DraftedSentence:
    cites = [int(number) for match in _MARKER.finditer(piece) for number in re.findall(r"\d+", match.group(1))]
    text = _EMPHASIS.sub("", _MARKER.sub("", piece))
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    return DraftedSentence(text, tuple(dict.fromkeys(cites)))
