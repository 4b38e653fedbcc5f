"""A file note in Markdown (CommonMark). Text of the question, of guidance or of the manifest is never markup."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from api.file_note.note import HOW_TO_CHECK, IN_OTHER_WORDS, TITLE, WHAT_IT_IS, FileNote, PassageRecord, SourceRecord
from api.pages.frame import web_link
from api.section_view import Piece

MEDIA_TYPE = "text/markdown; charset=utf-8"
# CommonMark 2.4: a backslash before any ASCII punctuation makes it a plain character.
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_NOT_IN_A_LINK = re.compile(r"[\s<>\\]")
_KEEP_THE_LINE = "\\"  # At its end; CommonMark 6.7.


def to_markdown(note: FileNote) -> str:
    """The note as one text."""
    return "\n".join(_lines(note)) + "\n"


def escape(text: str) -> str:
    """Text that reads as it is, whatever it holds. White space is as it was, but for lines, which become spaces."""
    return _PUNCTUATION.sub(r"\\\1", re.sub(r"\s", " ", text))


def fenced(text: str) -> str:
    """Text in a code block, byte for byte: the fence is longer than any run of backticks in it (CommonMark 4.5)."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def quotation(pieces: Iterable[Piece]) -> list[str]:
    """A block quotation that keeps the lines of a text, with what is marked in bold."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *others = piece.text.split("\n")
        lines[-1].append(Piece(text=first, marked=piece.marked))
        lines.extend([Piece(text=line, marked=piece.marked)] for line in others)
    return [f"> {line}".rstrip() for line in _kept([_line(pieces) for pieces in lines])]


def _lines(note: FileNote) -> Iterator[str]:
    yield from (f"# {TITLE}", "", WHAT_IT_IS, "", *_facts(note.facts), "")
    yield from ("## Question", "", *quotation([Piece(text=note.question, marked=False)]), "")
    yield from _answer(note)
    yield from ("## Passages quoted", "", "The words quoted are in bold." if note.passages else "None.", "")
    for passage in note.passages:
        yield from _passage(passage)
    yield from ("## Sources", "", *([] if note.sources else ["None.", ""]))
    for source in note.sources:
        yield from _source(source)
    yield from ("## Settings", "", *_facts(note.settings), "")
    yield from ("## How to check this record", "", HOW_TO_CHECK, "", *(f"- {escape(each)}" for each in note.checks))


def _answer(note: FileNote) -> Iterator[str]:
    yield from (f"## {note.heading}", "")
    if note.notices:
        yield from (*_facts(note.notices), "")
    for statement in note.statements:
        text = f"“{statement.text}”" if statement.is_quote else statement.text
        numbers = "".join(f" [{number}]" for number in statement.citations)
        first, *others = _kept([escape(line).strip() for line in f"{text}{numbers}".split("\n")])
        yield from (f"- {first}", *(f"  {line}" for line in others))
    if note.statements:
        yield ""
    if note.is_phrased:
        yield from (IN_OTHER_WORDS, "")
    if note.suggestion:
        yield from (escape(note.suggestion).strip(), "")


def _passage(passage: PassageRecord) -> Iterator[str]:
    yield from (f"### {escape(passage.name)}", "", *_facts(passage.facts), "", *quotation(passage.pieces), "")
    yield from ("Exact text:", "", fenced(passage.text), "")


def _source(source: SourceRecord) -> Iterator[str]:
    yield from (f"### {escape(source.title)}", "", *_facts(source.facts))
    link = web_link(source.url)
    if link and not _NOT_IN_A_LINK.search(link[0]):
        yield f"- **Address:** <{link[0]}>"
    else:
        yield from _facts([("Address", source.url or "none known")])
    yield ""


def _facts(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for label, value in facts:
        yield f"- **{escape(label)}:** {escape(value).strip()}"


def _kept(lines: list[str]) -> list[str]:
    """Lines that stay lines: all but the last, and those before an empty one, end in a hard break."""
    following = [*lines[1:], ""]
    return [line + _KEEP_THE_LINE if line and after else line for line, after in zip(lines, following, strict=True)]


def _line(pieces: list[Piece]) -> str:
    texts = [piece.text for piece in pieces]
    parts = [
        _bold(piece.text, before="".join(texts[:place])[-1:], after="".join(texts[place + 1 :])[:1])
        if piece.marked
        else escape(piece.text)
        for place, piece in enumerate(pieces)
    ]
    return "".join(parts).strip()


def _bold(text: str, *, before: str, after: str) -> str:
    """Bold where CommonMark 6.2 lets it begin and end; elsewhere the asterisks would be read as asterisks."""
    words = text.strip()
    if not words:
        return escape(text)
    start = text.index(words)
    leading, trailing = text[:start], text[start + len(words) :]
    opens = not _is_punctuation(words[0]) or not _is_letter(leading[-1:] or before)
    closes = not _is_punctuation(words[-1]) or not _is_letter(trailing[:1] or after)
    return f"{escape(leading)}**{escape(words)}**{escape(trailing)}" if opens and closes else escape(text)


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def _is_letter(letter: str) -> bool:
    return letter != "" and not letter.isspace() and not _is_punctuation(letter)
