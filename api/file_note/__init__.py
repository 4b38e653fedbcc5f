"""The record of an answer for a council's file: what an auditor can check years later, without this service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from api.file_note import docx, html, markdown
from api.file_note.note import FileNote, note_of

__all__ = ["FORMATS", "FileNoteFormat", "note_of"]


class FileNoteFormat(StrEnum):
    """The formats of a file note."""

    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAs:
    """How a format is written, and what a response with it says of it."""

    write: Callable[[FileNote], str | bytes]
    media_type: str
    ending: str
    headers: Mapping[str, str] = field(default_factory=dict)


FORMATS: Mapping[FileNoteFormat, WrittenAs] = {
    FileNoteFormat.MARKDOWN: WrittenAs(write=markdown.to_markdown, media_type=markdown.MEDIA_TYPE, ending="md"),
    FileNoteFormat.HTML: WrittenAs(
        write=html.to_html,
        media_type=html.MEDIA_TYPE,
        ending="html",
        # A saved page has no header, so the page says the same of itself.
        headers={"Content-Security-Policy": f"{html.POLICY}; frame-ancestors 'none'"},
    ),
    FileNoteFormat.DOCX: WrittenAs(write=docx.to_docx, media_type=docx.MEDIA_TYPE, ending="docx"),
}
