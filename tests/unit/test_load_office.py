"""DOCX and ODT: the same document from both, the limits that both have, and what is said of a file that can't be read."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile

import pytest
from office_files import (
    KINDS,
    RELATIONS,
    W_STRICT,
    blocks,
    docx,
    odt,
    open_cell,
    open_h,
    open_list,
    open_p,
    open_row,
    open_style,
    word_p,
    zipped,
)

from assistant.errors import LoadError
from ingest.document import Block, BlockKind, Document, Section
from ingest.load import load, office
from ingest.load.docx import load_docx
from ingest.load.odt import load_odt

_WORDS = "Councils must plan for exit before they publish a tender notice and keep the plan up to date. " * 4


_WORD_TABLE = (
    "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>"
).format(
    *(f"<w:tc>{word_p(text)}</w:tc>" for text in ("Stage", "Cost", "Owner")),
    f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{word_p("Plan")}</w:tc>',
    *(f"<w:tc>{word_p(text)}</w:tc>" for text in ("£10", "Legal")),
    "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>",
    *(f"<w:tc>{word_p(text)}</w:tc>" for text in ("£20", "IT")),
)


_WORD_GUIDE = "".join(
    [
        word_p("Buying technology", "Titel"),
        word_p("For councils", "Sub"),
        word_p("Exit", "H1"),
        word_p("Planning", "H2"),
        word_p("The plan covers:"),
        word_p("data", level=0),
        word_p("people, such as:", level=0),
        word_p("users", level=1),
        word_p("staff", level=1),
        word_p("Costs", "Council"),
        _WORD_TABLE,
        word_p("The end."),
    ]
)


_OPEN_GUIDE = "".join(
    [
        open_p("Buying technology", "P1"),
        open_p("For councils", "Subtitle"),
        open_h(1, "Exit"),
        open_h(2, "Planning"),
        open_p("The plan covers:"),
        open_list(open_p("data"), open_p("people, such as:") + open_list(open_p("users"), open_p("staff"))),
        open_h(1, "Costs"),
        "<table:table><table:table-column/><table:table-header-rows>",
        open_row(open_cell("Stage"), open_cell("Cost"), open_cell("Owner")),
        "</table:table-header-rows>",
        open_row(open_cell("Plan", 'table:number-rows-spanned="2"'), open_cell("£10"), open_cell("Legal")),
        open_row("<table:covered-table-cell/>", open_cell("£20"), open_cell("IT")),
        "</table:table>",
        open_p("The end."),
    ]
)


_OPEN_STYLES = open_style("Title") + open_style("Subtitle", parent="Title")


@pytest.mark.parametrize(
    "document",
    [
        lambda: load_docx("a.docx", docx(_WORD_GUIDE)),
        lambda: load_docx("a.docx", docx(_WORD_GUIDE, w=W_STRICT)),
        lambda: load_odt("a.odt", odt(_OPEN_GUIDE, styles=_OPEN_STYLES, automatic=open_style("P1", parent="Title"))),
    ],
    ids=["docx", "strict docx", "odt"],
)
def test_both_formats_give_the_same_document(document: Callable[[], Document]) -> None:
    assert document() == Document(
        title="Buying technology",
        sections=(
            Section(heading_path=(), page=None, blocks=(Block(kind=BlockKind.PARAGRAPH, items=("For councils",)),)),
            Section(
                heading_path=("Exit", "Planning"),
                page=None,
                blocks=(
                    Block(kind=BlockKind.PARAGRAPH, items=("The plan covers:",)),
                    Block(kind=BlockKind.LIST, items=("data", "people, such as: users", "people, such as: staff")),
                ),
            ),
            Section(
                heading_path=("Costs",),
                page=None,
                blocks=(
                    Block(kind=BlockKind.TABLE, items=("Plan: Cost £10; Owner Legal", "Plan: Cost £20; Owner IT")),
                    Block(kind=BlockKind.PARAGRAPH, items=("The end.",)),
                ),
            ),
        ),
    )


def test_the_loader_is_picked_by_suffix_and_content(tmp_path: Path) -> None:
    for name, data in (("A.DOCX", docx(word_p(_WORDS))), ("a.odt", odt(open_p(_WORDS)))):
        path = tmp_path / name
        path.write_bytes(data)
        assert blocks(load(path)) == [("paragraph", (_WORDS.strip(),))]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Exit guide", "Exit guide"), ("Guide", None), ("Council template v2", None), ("Microsoft Word - a.doc", None)],
)
def test_the_title_in_the_properties_is_the_last_resort(title: str, expected: str | None) -> None:
    assert load_docx("a.docx", docx(word_p("Text."), core=f"<dc:title>{title}</dc:title>")).title == expected
    assert load_odt("a.odt", odt(open_p("Text."), title=title)).title == expected
    assert load_odt("a.odt", odt(open_h(1, "Only one") + open_p("Text."), title=title)).title == "Only one"


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


_BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def _with_entities(data: bytes, part: str) -> bytes:
    with ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return zipped(parts | {part: _BILLION.encode() + parts[part]})


def _encrypted_entry() -> bytes:
    """A DOCX whose directory says that its entries are encrypted."""
    data = bytearray(docx(word_p("Text.")))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8 : at + 10] = struct.pack("<H", 1)
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", _OLE, "this is in an Office format from before 2007. Save it as DOCX, ODT or PDF."),
        ("a.ppt", b"x", "this is in an Office format from before 2007. Save it as DOCX, ODT or PDF."),
        ("a.xls", _OLE, "this is in an Office format from before 2007. Save it as DOCX, ODT or PDF."),
        ("a.docx", _OLE, "this is in an Office format from before 2007. Save it as DOCX, ODT or PDF."),
        (
            "a.docx",
            _OLE + "EncryptedPackage".encode("utf-16-le"),
            "it is protected by a password. Save an unprotected copy and add that.",
        ),
        ("a.docx", b"{\\rtf1 text}", "this is not a file of the kind .docx, whatever its name says. Save it again"),
        ("a.odt", b"<html>", "this is not a file of the kind .odt, whatever its name says. Save it again"),
        ("a.docx", b"%PDF-1.7", "this is a PDF. Rename it to end in .pdf."),
        ("a.docx", b"PK\x03\x04 and no more", "the document is damaged or too complex"),
        ("a.docx", docx(word_p(_WORDS))[:-40], "the document is damaged or too complex"),
        ("a.docx", docx(word_p(_WORDS)[:-3]), "the document is damaged or too complex"),
        ("a.docx", docx('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="x"/>'), "the document is damaged"),
        ("a.docx", docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "the document is damaged or too complex"),
        ("a.odt", zipped({"content.xml": "<x/>"}, ZIP_BZIP2), "the document is damaged or too complex"),
        ("a.docx", odt(open_p(_WORDS)), "this is not a Word document, whatever its name says. Save it again as DOCX"),
        ("a.odt", docx(word_p(_WORDS)), "this is not a text document, whatever its name says. Save it again as DOCX"),
        ("a.docx", zipped({"xl/workbook.xml": "<x/>"}), "this is not a Word document, whatever its name says."),
        ("a.docx", _encrypted_entry(), "it is protected by a password. Save an unprotected copy and add that."),
        ("a.odt", odt("", manifest="<encryption-data/>"), "it is protected by a password."),
        ("a.docx", _with_entities(docx(word_p(_WORDS)), "word/document.xml"), "its markup defines abbreviations"),
        ("a.docx", _with_entities(docx(word_p(_WORDS)), "word/styles.xml"), "its markup defines abbreviations"),
        ("a.odt", _with_entities(odt(open_p(_WORDS)), "content.xml"), "its markup defines abbreviations"),
        ("a.odt", odt(open_p("Few words.")), "it holds almost no running text (2 words)"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_can_not_be_read_is_told(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(LoadError) as error:
        load(path)
    assert str(error.value).startswith(f"{name}: {reason}")
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("MOST_PARTS", 3, "it is made of more than 3 parts. Split it"),
        ("LARGEST_UNPACKED", 1_000, "it unpacks to more than 0 MB. Split it"),
        ("LARGEST_XML", 1_000, "it holds more than 0 MB of markup. Split it"),
        ("_RATIO_MATTERS_FROM", 1_000, "it unpacks to more than 100 times its size"),
    ],
)
def test_each_limit_holds_for_both_formats(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    word, open_document = docx(word_p("a" * 500_000)), odt(open_p("a" * 500_000))
    load_docx("a.docx", word)
    load_odt("a.odt", open_document)
    monkeypatch.setattr(office, limit, value)
    with pytest.raises(LoadError, match=f"^a.docx: {reason}"):
        load_docx("a.docx", word)
    with pytest.raises(LoadError, match=f"^a.odt: {reason}"):
        load_odt("a.odt", open_document)


def test_a_size_that_lies_gains_nothing() -> None:
    data = bytearray(odt(open_p("a" * 500_000)))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"content.xml"))
    data[at + 24 : at + 28] = struct.pack("<I", 400)
    with pytest.raises(LoadError, match="damaged"):
        load_odt("a.odt", bytes(data))


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    relations = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="s" Type="{KINDS}/styles" TargetMode="External" '
        f'Target="{secret.as_uri()}"/><Relationship Id="i" Type="{KINDS}/image" TargetMode="External" '
        f'Target="{secret.as_uri()}"/></Relationships>'
    )
    body = word_p("Text.") + '<w:p><w:r><w:drawing><a:blip r:link="i"/></w:drawing></w:r></w:p>'
    with ZipFile(BytesIO(docx(body))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    data = zipped(parts | {"word/_rels/document.xml.rels": relations})
    assert blocks(load_docx("a.docx", data)) == [("paragraph", ("Text.",))]
    outside = (
        f'<draw:frame><draw:image xmlns:x="http://www.w3.org/1999/xlink" x:href="{secret.as_uri()}"/></draw:frame>'
    )
    assert blocks(load_odt("a.odt", odt(open_p(f"Text.{outside}")))) == [("paragraph", ("Text.",))]
