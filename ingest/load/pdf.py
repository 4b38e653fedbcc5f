"""PDF: text with its page numbers, read by pypdf. Modules of the same prefix make lines, headings and blocks of it."""

import re
import struct
import zlib
from collections.abc import Sequence
from io import BytesIO

import pypdf
from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import Destination

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.clean import clean, word_count
from ingest.load.pdf_blocks import write_sections
from ingest.load.pdf_columns import read_by_column
from ingest.load.pdf_furniture import without_furniture
from ingest.load.pdf_headings import body_size, split_runs, take_title
from ingest.load.pdf_joining import Joining
from ingest.load.pdf_lines import Line, page_lines
from ingest.load.quiet import quiet

# pypdf's own limits stop a bomb only after 300 to 400 MB. No page of text needs these.
_LIMITS = pypdf.Configuration(
    maximum_declared_stream_length=40_000_000,
    array_based_stream_maximum_output_length=40_000_000,
    zlib_maximum_output_length=40_000_000,
    lzw_maximum_output_length=40_000_000,
    run_length_maximum_output_length=40_000_000,
    stream_decoding_work_maximum_length=120_000_000,
    stream_parsing_work_maximum_count=1_000_000,
    jbig2dec_binary=None,  # no other program is run on a stranger's file
)
# What pypdf lets through on damaged files, beside its own errors.
_DAMAGE = (
    *(PyPdfError, DependencyError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError),
    *(RuntimeError, OSError, EOFError, struct.error, zlib.error),
)
_SMALL = 0.92
_NOTES_BELOW = 0.45
_FEWEST_WORDS_ON_PAGE = 3
_CONTENT_OF_EMPTY_PAGE = 1000
_MOST_UNREADABLE = 0.2
_DAMAGED = "the PDF is damaged or too complex, and could not be read. Get a new copy, or print it to PDF again."
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document ?\d*|.*\.(?:docx?|pdf|indd|qxp|pptx?|rtf|tmp)"
    r"|slide \d+|powerpoint presentation)",
    re.IGNORECASE,
)


def load_pdf(name: str, data: bytes) -> Document:
    """Reads a PDF.

    Raises:
        LoadError: it is damaged, protected by a password, or has no text layer.
    """
    try:
        with quiet("pypdf"), pypdf.apply_configuration(_LIMITS):
            return _load(name, data)
    except (LoadError, MemoryError):
        raise
    except FileNotDecryptedError as error:
        raise LoadError(f"{name}: it is protected by a password. Save an unprotected copy and add that.") from error
    except Exception as error:  # pypdf lets errors of every kind through on damaged files
        raise LoadError(f"{name}: {_DAMAGED}") from error


def _load(name: str, data: bytes) -> Document:
    reader = PdfReader(BytesIO(data))
    drawn, failed = _drawn_lines(reader)
    garbled = [number for number, lines in enumerate(drawn, 1) if _is_garbled(lines)]
    readable = [[] if number in garbled else lines for number, lines in enumerate(drawn, 1)]
    pages = [read_by_column(lines) for lines in without_furniture(readable)]
    bare = [
        number
        for number, lines in enumerate(pages, 1)
        if number not in {*failed, *garbled} and _lacks_text(reader, number, lines)
    ]
    if not any(_words(lines) for lines in pages):
        raise LoadError(_no_text(name, failed, garbled, bare))
    size = body_size([line for lines in pages for line in lines])
    split = [_split_notes(lines, size) for lines in pages]
    runs = split_runs([body for body, _ in split], _bookmarks(reader))
    title, runs = take_title(runs)
    joining = Joining([line for lines in pages for line in lines])
    return Document(
        title=title or _metadata_title(reader),
        sections=write_sections(runs, [notes for _, notes in split], joining),
        warnings=tuple(_warnings(name, failed, garbled, bare)),
    )


def _drawn_lines(reader: PdfReader) -> tuple[list[list[Line]], list[int]]:
    """The lines of each page, and the numbers of pages that could not be read."""
    pages: list[list[Line]] = []
    failed: list[int] = []
    for index in range(len(reader.pages)):
        try:
            pages.append(page_lines(reader.pages[index], index + 1))
        except FileNotDecryptedError:
            raise
        except _DAMAGE:  # one damaged page leaves the others readable
            failed.append(index + 1)
            pages.append([])
    return pages, failed


def _words(lines: Sequence[Line]) -> int:
    return sum(word_count(line.text) for line in lines)


def _is_garbled(lines: Sequence[Line]) -> bool:
    """Whether a page's fonts don't name their characters, so that its text comes out as signs without meaning."""
    text = "".join(fragment.text for line in lines for fragment in line.fragments if not fragment.symbol)
    strange = sum(
        1 for character in text if character == "\ufffd" or "\ue000" <= character <= "\uf8ff" or character < "\t"
    )
    return strange > _MOST_UNREADABLE * len(text)


def _lacks_text(reader: PdfReader, number: int, lines: Sequence[Line]) -> bool:
    """Whether a page shows something, but no text. An empty page is not a loss."""
    return _words(lines) < _FEWEST_WORDS_ON_PAGE and _shows_something(reader.pages[number - 1])


def _shows_something(page: PageObject) -> bool:
    try:
        contents = page.get_contents()
        drawn = len(contents.get_data()) if contents else 0
        return drawn > _CONTENT_OF_EMPTY_PAGE or bool(len(page.images))
    except _DAMAGE:  # an image that can't be listed is there all the same
        return True


def _no_text(name: str, failed: Sequence[int], garbled: Sequence[int], bare: Sequence[int]) -> str:
    if garbled:
        return f"{name}: its fonts don't name their characters. Run text recognition (OCR) and add the result."
    if bare:
        return f"{name}: it has no text layer (a scan). Run text recognition (OCR) and add the result."
    if failed:
        return f"{name}: {_DAMAGED}"
    return f"{name}: it holds no text. Check that it is the right file."


def _warnings(name: str, failed: Sequence[int], garbled: Sequence[int], bare: Sequence[int]) -> list[str]:
    reasons = (
        (bare, "no text layer: run text recognition (OCR) if they matter"),
        (garbled, "fonts that don't name their characters: run text recognition (OCR) if they matter"),
        (failed, "damage and could not be read"),
    )
    return [f"{name}: {_page_list(numbers)} left out, with {reason}." for numbers, reason in reasons if numbers]


def _page_list(numbers: Sequence[int]) -> str:
    word = "page" if len(numbers) == 1 else "pages"
    return f"{word} {', '.join(map(str, numbers))}"


def _split_notes(lines: Sequence[Line], size: float) -> tuple[list[Line], list[Line]]:
    """A page's lines, and the small ones at its foot: footnotes would part a sentence that runs on to the next page."""
    start = len(lines)
    while (
        start and lines[start - 1].size <= _SMALL * size and lines[start - 1].y < _NOTES_BELOW * lines[start - 1].height
    ):
        start -= 1
    return (list(lines[:start]), list(lines[start:])) if start else (list(lines), [])


def _metadata_title(reader: PdfReader) -> str | None:
    try:
        title = clean(str(reader.metadata.title or "")) if reader.metadata else ""
    except _DAMAGE:
        return None
    return title if word_count(title) > 1 and not _NO_TITLE.fullmatch(title) else None


def _bookmarks(reader: PdfReader) -> dict[tuple[int, str], int]:
    """Depth of each bookmark by page and title. Bookmarks are an extra: damaged ones are left out."""
    found: dict[tuple[int, str], int] = {}
    try:
        _collect(reader, reader.outline, 1, found)
    except _DAMAGE:
        return found
    return found


def _collect(reader: PdfReader, entries: Sequence[object], depth: int, found: dict[tuple[int, str], int]) -> None:
    for entry in entries:
        if isinstance(entry, list):
            _collect(reader, entry, depth + 1, found)
        elif isinstance(entry, Destination):
            number = reader.get_destination_page_number(entry)
            if number is not None:
                found[number + 1, clean(str(entry.title)).casefold()] = depth
