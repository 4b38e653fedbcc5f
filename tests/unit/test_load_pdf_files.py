"""PDF: titles, scans, passwords and damage. Every file is made here."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from test_load_pdf import BODY, PARAGRAPH, Draw, draw_lines, draw_text, load_pages, make_pdf, outline, paragraphs

from assistant.errors import LoadError
from ingest.load.pdf import load_pdf


def test_bookmarks_give_headings_where_type_gives_none() -> None:
    def page(name: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.bookmarkPage(name)
            canvas.addOutlineEntry(name, name, 0)
            draw_lines(canvas, draw_lines(canvas, 740, [name]), BODY)

        return draw

    document = load_pages(page("Introduction"), page("Exit"), title="untitled")
    assert document.title is None
    assert outline(document) == [(("Introduction",), 1), (("Exit",), 2)]


@pytest.mark.parametrize(
    ("given", "title"), [("Exit for councils", "Exit for councils"), ("Microsoft Word - a.doc", None), ("a.indd", None)]
)
def test_the_title_of_the_file_is_used_if_it_is_one(given: str, title: str | None) -> None:
    assert load_pages(lambda canvas: draw_text(canvas, BODY), title=given).title == title


def _scan(canvas: Canvas) -> None:
    image = Image.effect_noise((60, 80), 90).convert("RGB")
    canvas.drawImage(ImageReader(image), 50, 50, 400, 600)


def test_a_scan_is_refused() -> None:
    with pytest.raises(LoadError, match=r"^a\.pdf: it has no text layer \(a scan\)\. Run text recognition \(OCR\)"):
        load_pages(_scan, _scan)


def test_an_empty_pdf_is_refused() -> None:
    with pytest.raises(LoadError, match="it holds no text"):
        load_pages(lambda _: None)


def test_scanned_pages_among_others_are_named() -> None:
    document = load_pages(lambda canvas: draw_text(canvas, BODY), _scan, lambda _: None, _scan)
    assert paragraphs(document) == [(1, PARAGRAPH)]
    assert document.warnings == (
        "a.pdf: pages 2, 4 left out, with no text layer: run text recognition (OCR) if they matter.",
    )


def _encrypted(user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(make_pdf(lambda canvas: draw_text(canvas, BODY)))))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_encryption_without_a_password_opens() -> None:
    assert paragraphs(load_pdf("a.pdf", _encrypted(""))) == [(1, PARAGRAPH)]


def test_a_password_is_told() -> None:
    with pytest.raises(LoadError, match=r"^a\.pdf: it is protected by a password\. Save an unprotected copy"):
        load_pdf("a.pdf", _encrypted("secret"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"%PDF-1.7\nnothing more",
        lambda data: data[: len(data) // 3],
        lambda data: data.replace(b"/Pages", b"/Pugs_"),
        lambda data: b"%PDF-1.7\n" + bytes(range(256)) * 20,
    ],
)
def test_a_broken_file_gives_one_sentence(damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(LoadError, match=r"^a\.pdf: "):
        load_pdf("a.pdf", damage(make_pdf(lambda canvas: draw_text(canvas, BODY))))
    assert caplog.records == []


def test_a_damaged_page_leaves_the_others() -> None:
    reader = PdfReader(
        BytesIO(make_pdf(lambda canvas: draw_text(canvas, BODY), lambda canvas: draw_text(canvas, BODY)))
    )
    writer = PdfWriter(clone_from=reader)
    writer.pages[1][NameObject("/Rotate")] = NameObject("/Sideways")
    buffer = BytesIO()
    writer.write(buffer)
    document = load_pdf("a.pdf", buffer.getvalue())
    assert paragraphs(document) == [(1, PARAGRAPH)]
    assert document.warnings == ("a.pdf: page 2 left out, with damage and could not be read.",)
