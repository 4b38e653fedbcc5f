"""Loaders: one file format each, all giving an ingest.document.Document."""

from importlib import import_module
from pathlib import Path

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.clean import clean, word_count

LARGEST_FILE = 25_000_000
FEWEST_WORDS = 40

_FORMATS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".txt": "text",
}
_OLD_OFFICE = frozenset({".doc", ".ppt", ".xls"})
_PDF_MARK = b"%PDF-"
_ZIP_MARK = b"PK\x03\x04"
# An OLE container: an Office file from before 2007, or one of today that is encrypted.
_OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML_MARKS = (b"<!doctype html", b"<html")
_HEAD = 1024


def load(path: Path) -> Document:
    """Reads a guidance document: Markdown, HTML, PDF, DOCX, ODT or plain text, by its name and content.

    Raises:
        LoadError: it can't be read as guidance. The message says what is wrong and what to do.
    """
    # The name ends up in messages and logs, and may hold anything.
    name = clean(path.name)
    data = _read(path, name)
    suffix = path.suffix.lower()
    if suffix in _OLD_OFFICE:
        raise _old_office(name)
    if suffix not in _FORMATS:
        raise LoadError(f"{name}: this is not a format that can be read. Save it as PDF, DOCX, ODT, HTML or Markdown.")
    document = _load_as(_format_of(name, suffix, data), name, data)
    words = sum(word_count(item) for section in document.sections for block in section.blocks for item in block.items)
    if words < FEWEST_WORDS:
        raise LoadError(
            f"{name}: it holds almost no running text ({words} words). Add the guidance itself, not a cover or a form."
        )
    return document


def _read(path: Path, name: str) -> bytes:
    try:
        if not path.exists():
            raise LoadError(f"{name}: there is no such file. Check the name and the folder.")
        if not path.is_file():
            raise LoadError(f"{name}: this is not a file. Give the name of one document.")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise LoadError(f"{name}: the file can't be opened. Check its name and its permissions.") from error
    if len(data) > LARGEST_FILE:
        raise LoadError(
            f"{name}: it is larger than {LARGEST_FILE // 1_000_000} MB. Split it, or save it with smaller images."
        )
    if not data.strip():
        raise LoadError(f"{name}: the file is empty. Add it again.")
    return data


def _format_of(name: str, suffix: str, data: bytes) -> str:
    """The format by suffix, unless the content shows another one."""
    head = data[:_HEAD]
    is_pdf = _PDF_MARK in head
    if suffix == ".pdf" and not is_pdf:
        raise LoadError(
            f"{name}: this is not a PDF, whatever its name says. Save it as PDF again, or give it its own suffix."
        )
    if suffix != ".pdf" and head.startswith(_PDF_MARK):
        raise LoadError(f"{name}: this is a PDF. Rename it to end in .pdf.")
    if suffix in (".docx", ".odt") and not head.startswith(_ZIP_MARK):
        raise _no_package(name, suffix, data)
    if _FORMATS[suffix] == "text" and head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_MARKS):
        return "html"
    return _FORMATS[suffix]


def _no_package(name: str, suffix: str, data: bytes) -> LoadError:
    """What is said of a file that is named like a DOCX or ODT, and isn't one."""
    if not data.startswith(_OLE_MARK):
        return LoadError(
            f"{name}: this is not a file of the kind {suffix}, whatever its name says. Save it again as DOCX, ODT or PDF."
        )
    if _OLE_ENCRYPTED in data:
        return LoadError(f"{name}: it is protected by a password. Save an unprotected copy and add that.")
    return _old_office(name)


def _old_office(name: str) -> LoadError:
    return LoadError(f"{name}: this is in an Office format from before 2007. Save it as DOCX, ODT or PDF.")


def _load_as(kind: str, name: str, data: bytes) -> Document:
    # Parsing libraries are slow to import and large: only the one that is needed is.
    loader = getattr(import_module(f"ingest.load.{kind}"), f"load_{kind}")
    document: Document = loader(name, data)
    return document
