"""A file note as a Word document (Office Open XML), with real headings and tables, in British English."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from api.file_note.note import HOW_TO_CHECK, IN_OTHER_WORDS, TITLE, WHAT_IT_IS, FileNote, PassageRecord

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LANGUAGE = "en-GB"
_AUTHOR = "Procurement guidance assistant"
_COLUMNS = ("Publisher", "Published", "Status")
# XML 1.0, 2.2: characters that no document may hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_docx(note: FileNote) -> bytes:
    """The note as a .docx file."""
    document = docx.Document()
    _set_up(document, note)
    document.add_heading(TITLE, level=1)
    document.add_paragraph(WHAT_IT_IS)
    _facts(document, note.facts)
    document.add_heading("Question", level=2)
    _add(document.add_paragraph(style="Quote"), note.question)
    _answer(document, note)
    document.add_heading("Passages quoted", level=2)
    document.add_paragraph("The words quoted are bold and highlighted." if note.passages else "None.")
    for passage in note.passages:
        _passage(document, passage)
    _sources(document, note)
    document.add_heading("Settings", level=2)
    _table(document, ("Setting", "Value"), note.settings)
    document.add_heading("How to check this record", level=2)
    document.add_paragraph(HOW_TO_CHECK)
    for check in note.checks:
        _add(document.add_paragraph(style="List Bullet"), check)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_up(document: Document, note: FileNote) -> None:
    properties = document.core_properties
    properties.title, properties.subject = TITLE, "Answer of the procurement guidance assistant"
    properties.author = properties.last_modified_by = _AUTHOR
    properties.comments, properties.language = "", _LANGUAGE
    # The note is the same whenever it is written, so its time is that of the answer.
    properties.created = properties.modified = note.asked_at.astimezone(UTC).replace(tzinfo=None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    normal = document.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.name, normal.font.size = "Arial", Pt(10.5)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(20)


def _answer(document: Document, note: FileNote) -> None:
    document.add_heading(note.heading, level=2)
    _facts(document, note.notices, style="List Bullet")
    for statement in note.statements:
        numbers = "".join(f" [{number}]" for number in statement.citations)
        text = f"“{statement.text}”" if statement.is_quote else statement.text
        _add(document.add_paragraph(style="List Bullet"), text + numbers)
    if note.is_phrased:
        document.add_paragraph(IN_OTHER_WORDS)
    if note.suggestion:
        _add(document.add_paragraph(), note.suggestion)


def _passage(document: Document, passage: PassageRecord) -> None:
    document.add_heading(passage.name, level=3)
    _facts(document, passage.facts)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Mm(8)
    for piece in passage.pieces:
        run = _add(paragraph, piece.text)
        if piece.marked:
            run.bold, run.font.highlight_color = True, WD_COLOR_INDEX.YELLOW


def _sources(document: Document, note: FileNote) -> None:
    document.add_heading("Sources", level=2)
    if not note.sources:
        document.add_paragraph("None.")
        return
    rows = []
    for source in note.sources:
        known = dict(source.facts)
        first = [known.pop(label, "") for label in _COLUMNS]
        more = "\n".join(f"{label}: {value}" for label, value in known.items())
        rows.append((source.title, *first, source.url or "none known", more))
    _table(document, ("Source", *_COLUMNS, "Address", "More"), rows)


def _facts(document: Document, facts: Iterable[tuple[str, str]], *, style: str | None = None) -> None:
    for label, value in facts:
        paragraph = document.add_paragraph(style=style)
        paragraph.paragraph_format.space_after = Pt(2)
        _add(paragraph, f"{label}: ").bold = True
        _add(paragraph, value)


def _table(document: Document, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for row in (header, *rows):
        cells = table.rows[0].cells if row is header else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            run = _add(cell.paragraphs[0], text)
            run.font.size, run.bold = Pt(9), row is header
    # The first row is the header: it is announced as such, and stands on every page again.
    marker = OxmlElement("w:tblHeader")
    marker.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(marker)


def _add(paragraph: Paragraph, text: str) -> Run:
    return paragraph.add_run(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
