"""Opens DOCX and ODT files, which are ZIP packages of XML parts, and trusts nothing that they say of themselves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lxml import etree  # type: ignore[import-untyped]

from assistant.errors import LoadError
from ingest.load.clean import clean, word_count

Element: TypeAlias = Any
"""An lxml element: lxml ships no types."""

MOST_PARTS = 5_000
LARGEST_UNPACKED = 200_000_000
# Parsed XML takes ten times its size and more, and the process that reads it has 512 MB.
LARGEST_XML = 30_000_000
# As in Apache POI's ZipSecureFile; the XML of real documents packs 10 to 40 times.
MOST_RATIO = 100
_RATIO_MATTERS_FROM = 1_000_000
_ENCRYPTED_ENTRY = 0x1
_STEP = 65_536
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_DUBLIN_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|office)\b.*|untitled.*|document ?\d*|.*\btemplate\b.*|.*\.(?:docx?|dotx?|odt|ott|rtf|pdf))",
    re.IGNORECASE,
)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Makes a LoadError of whatever a damaged package makes a library raise."""
    try:
        yield
    except (LoadError, MemoryError):
        raise
    except Exception as error:  # zipfile and lxml raise anything on hostile files
        raise LoadError(
            f"{name}: the document is damaged or too complex, and could not be read. Save it again as DOCX, ODT or PDF."
        ) from error


def protected(name: str) -> LoadError:
    """What is said of a document that can't be opened without a password."""
    return LoadError(f"{name}: it is protected by a password. Save an unprotected copy and add that.")


CHANGES_ACCEPTED = "it has tracked changes, read as if all were accepted. Accept or reject them to be sure."


def words_hidden(words: int) -> str:
    """What is said of text that a document holds and doesn't show."""
    return f"{words} words that the document hides were left out. If they matter, show them and save."


def append_text(target: Element, text: str | None) -> None:
    """Adds text at the end of what an element holds."""
    if text and len(target):
        target[-1].tail = f"{target[-1].tail or ''}{text}"
    elif text:
        target.text = f"{target.text or ''}{text}"


class Package:
    """The parts of an office document, read within limits.

    Raises:
        LoadError: it is protected by a password, or unpacks to more than a document would.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._zip = ZipFile(BytesIO(data))
        entries = self._zip.infolist()
        if len(entries) > MOST_PARTS:
            raise self._too_large(f"is made of more than {MOST_PARTS} parts")
        if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
            raise self._too_large(f"unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB")
        if any(entry.flag_bits & _ENCRYPTED_ENTRY for entry in entries):
            raise protected(name)
        self._entries: dict[str, ZipInfo] = {entry.filename: entry for entry in entries}

    def __contains__(self, part: str) -> bool:
        return part in self._entries

    def read(self, part: str) -> bytes:
        """The bytes of a part; none where there is no such part."""
        entry = self._entries.get(part)
        if entry is None:
            return b""
        # zipfile never gives more than the size that an entry declares, so a size that lies is no way around the limits.
        if entry.file_size > LARGEST_XML:
            raise self._too_large(f"holds more than {LARGEST_XML // 1_000_000} MB of markup")
        if entry.file_size > max(_RATIO_MATTERS_FROM, MOST_RATIO * entry.compress_size):
            raise self._too_large(f"unpacks to more than {MOST_RATIO} times its size, as no document does")
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise NotImplementedError(f"{part} is packed by method {entry.compress_type}")
        return self._zip.read(entry)

    def xml(self, part: str) -> Element | None:
        """A part's root element; None where there is no such part. Nothing that it refers to is read."""
        data = self.read(part)
        if not data:
            return None
        if _declares_type(data):
            raise LoadError(
                f"{self._name}: its markup defines abbreviations (entities), as no word processor writes them. "
                "Save it again as DOCX, ODT or PDF."
            )
        return etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True, **_SAFE))

    def title(self, part: str) -> str | None:
        """The title in the document's properties, unless a word processor put it there."""
        properties = self.xml(part)
        title = None if properties is None else properties.find(f".//{_DUBLIN_CORE_TITLE}")
        text = "" if title is None else clean(title.text or "")
        return text if word_count(text) > 1 and not _NO_TITLE.fullmatch(text) else None

    def _too_large(self, what: str) -> LoadError:
        return LoadError(f"{self._name}: it {what}. Split it, or save it again as DOCX, ODT or PDF.")


class _TypeDeclared(Exception):  # noqa: N818 - ends the reading, no error
    """There is a document type declaration, the only place where XML entities are defined."""


class _TagStarted(Exception):  # noqa: N818 - ends the reading, no error
    """There is none: it would stand before the first tag."""


class _Prolog:
    """A target for lxml that reads XML up to its first tag."""

    def doctype(self, *_: object) -> None:
        raise _TypeDeclared

    def start(self, *_: object) -> None:
        raise _TagStarted

    def end(self, *_: object) -> None: ...

    def close(self) -> None: ...


def _declares_type(data: bytes) -> bool:
    parser = etree.XMLParser(target=_Prolog(), **_SAFE)
    try:
        for start in range(0, len(data), _STEP):
            parser.feed(data[start : start + _STEP])
    except _TypeDeclared:
        return True
    except _TagStarted:
        pass
    return False
