"""DOCX and ODT: every file is made here, part by part."""

import struct
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

from assistant.errors import LoadError
from ingest.document import Block, BlockKind, Document, Section
from ingest.load import load, office
from ingest.load.docx import load_docx
from ingest.load.odt import load_odt

_WORDS = "Councils must plan for exit before they publish a tender notice and keep the plan up to date. " * 4

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
_OASIS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
    }.items()
)

_WORD_STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Subtitle"/><w:basedOn w:val="Titel"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Council"><w:name w:val="Council head"/><w:basedOn w:val="H1"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="TOCHeading"><w:name w:val="TOC Heading"/><w:basedOn w:val="H1"/></w:style>
<w:style w:type="paragraph" w:styleId="Bullet"><w:name w:val="List Bullet"/>
  <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Point"><w:name w:val="Council point"/><w:basedOn w:val="Bullet"/></w:style>
<w:style w:type="paragraph" w:styleId="Sunk"><w:name w:val="Sunk"/><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Sunk"/></w:style>
<w:style w:type="paragraph" w:styleId="Label"><w:name w:val="Label"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Unseen"><w:name w:val="Unseen"/><w:rPr><w:vanish/></w:rPr></w:style>
"""
_WORD_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="bullet"/></w:lvl>' for level in range(9))
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def _zip(parts: Mapping[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


def _docx(body: str, *, w: str = _W, **extra: str) -> bytes:
    """A DOCX with a body; `extra` are further parts by the name of their file without its suffix."""
    spaces = (
        f'xmlns:w="{w}" xmlns:r="{_KINDS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wps="urn:wps" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" Type="{_KINDS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f'<w:styles xmlns:w="{w}">{_WORD_STYLES}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{w}">{_WORD_NUMBERING}</w:numbering>',
        "docProps/core.xml": f"<properties {_DC}>{extra.pop('core', '')}</properties>",
    }
    return _zip(parts | {f"word/{name}.xml": f"<w:{name} {spaces}>{text}</w:{name}>" for name, text in extra.items()})


def _w(text: str, style: str = "", *, level: int | None = None, run: str = "", more: str = "") -> str:
    """A Word paragraph: in a style, at a list level, with properties of its one run, and with further content."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if level is not None:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{_run(text, run)}{more}</w:p>"


def _run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _odt(body: str, *, styles: str = "", automatic: str = "", title: str = "", **parts: str) -> bytes:
    return _zip(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {_OASIS}><office:automatic-styles>{automatic}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
            "styles.xml": f"<office:document-styles {_OASIS}><office:styles>{styles}</office:styles>"
            "<office:master-styles><style:master-page><style:header><text:p>Header</text:p></style:header>"
            "</style:master-page></office:master-styles></office:document-styles>",
            "meta.xml": f"<office:document-meta {_OASIS} {_DC}><dc:title>{title}</dc:title></office:document-meta>",
            "META-INF/manifest.xml": f"<manifest>{parts.get('manifest', '')}</manifest>",
        }
    )


def _style(name: str, properties: str = "", *, family: str = "paragraph", parent: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">'
        f"<style:text-properties {properties}/></style:style>"
    )


def _h(level: int, text: str) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def _p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def _ul(*items: str) -> str:
    return f"<text:list>{''.join(f'<text:list-item>{item}</text:list-item>' for item in items)}</text:list>"


def _blocks(document: Document) -> list[tuple[str, tuple[str, ...]]]:
    return [(block.kind.value, block.items) for section in document.sections for block in section.blocks]


def _paths(document: Document) -> list[tuple[str, ...]]:
    return [section.heading_path for section in document.sections]


_WORD_TABLE = (
    "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>"
).format(
    *(f"<w:tc>{_w(text)}</w:tc>" for text in ("Stage", "Cost", "Owner")),
    f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{_w("Plan")}</w:tc>',
    *(f"<w:tc>{_w(text)}</w:tc>" for text in ("£10", "Legal")),
    "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>",
    *(f"<w:tc>{_w(text)}</w:tc>" for text in ("£20", "IT")),
)
_WORD_GUIDE = "".join(
    [
        _w("Buying technology", "Titel"),
        _w("For councils", "Sub"),
        _w("Exit", "H1"),
        _w("Planning", "H2"),
        _w("The plan covers:"),
        _w("data", level=0),
        _w("people, such as:", level=0),
        _w("users", level=1),
        _w("staff", level=1),
        _w("Costs", "Council"),
        _WORD_TABLE,
        _w("The end."),
    ]
)


def _cells(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{_p(text)}</table:table-cell>"


_OPEN_GUIDE = "".join(
    [
        _p("Buying technology", "P1"),
        _p("For councils", "Subtitle"),
        _h(1, "Exit"),
        _h(2, "Planning"),
        _p("The plan covers:"),
        _ul(_p("data"), _p("people, such as:") + _ul(_p("users"), _p("staff"))),
        _h(1, "Costs"),
        "<table:table><table:table-column/><table:table-header-rows>",
        _cells(_cell("Stage"), _cell("Cost"), _cell("Owner")),
        "</table:table-header-rows>",
        _cells(_cell("Plan", 'table:number-rows-spanned="2"'), _cell("£10"), _cell("Legal")),
        _cells("<table:covered-table-cell/>", _cell("£20"), _cell("IT")),
        "</table:table>",
        _p("The end."),
    ]
)
_OPEN_STYLES = _style("Title") + _style("Subtitle", parent="Title")


@pytest.mark.parametrize(
    "document",
    [
        lambda: load_docx("a.docx", _docx(_WORD_GUIDE)),
        lambda: load_docx("a.docx", _docx(_WORD_GUIDE, w=_W_STRICT)),
        lambda: load_odt("a.odt", _odt(_OPEN_GUIDE, styles=_OPEN_STYLES, automatic=_style("P1", parent="Title"))),
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
    for name, data in (("A.DOCX", _docx(_w(_WORDS))), ("a.odt", _odt(_p(_WORDS)))):
        path = tmp_path / name
        path.write_bytes(data)
        assert _blocks(load(path)) == [("paragraph", (_WORDS.strip(),))]


def test_what_word_does_not_print_as_text_is_left_out() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{_w('Contents')}{_w('Exit 2')}</w:sdtContent></w:sdt>"
    )
    body = (
        contents
        + _w("Contents", "TOCHeading")
        + _w("Exit 2", "TOC1")
        + _w("Kept", more='<w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:commentReference w:id="1"/></w:r>')
        + '<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>'
    )
    note = '<w:footnote w:id="1">' + _w("A note") + "</w:footnote>"
    document = load_docx("a.docx", _docx(body, footnotes=note, comments="", header1=_w("Running head")))
    assert _blocks(document) == [("paragraph", ("Kept",))]
    assert document.warnings == ()


def test_tracked_changes_in_word_are_read_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>Keep </w:t></w:r><w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved </w:t></w:r></w:moveFrom><w:ins><w:r><w:t>new </w:t></w:r></w:ins>"
        "<w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo></w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>row</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    document = load_docx("a.docx", _docx(body))
    assert _blocks(document) == [("paragraph", ("Keep new moved",))]
    assert document.warnings == (
        "a.docx: it has tracked changes, read as if all were accepted. Accept or reject them to be sure.",
    )


def test_what_a_reader_of_the_word_document_does_not_see_is_left_out() -> None:
    body = _w("Seen", more=_run(" two hidden", "<w:vanish/>") + _run(" third", '<w:rStyle w:val="Unseen"/>')) + _w(
        "Shown", more=_run(" after all", '<w:vanish w:val="0"/>') + _run(" struck", "<w:strike/>")
    )
    document = load_docx("a.docx", _docx(body))
    assert _blocks(document) == [("paragraph", ("Seen",)), ("paragraph", ("Shown after all",))]
    assert document.warnings == (
        "a.docx: 3 words that the document hides were left out. If they matter, show them and save.",
    )


def test_fields_links_boxes_and_raised_digits_of_word_are_text() -> None:
    box = f"<w:txbxContent>{_w('In a box')}</w:txbxContent>"
    body = (
        _w("See ", more='<w:hyperlink r:id="nowhere"><w:r><w:t>the guide</w:t></w:r></w:hyperlink>')
        + _w("Table ", more=f'<w:fldSimple w:instr="SEQ">{_run("3")}</w:fldSimple>{_run(" has 10 m")}').replace(
            "</w:p>", _run("2", '<w:vertAlign w:val="superscript"/>') + "</w:p>"
        )
        + "<w:p><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        '<w:p><w:r><w:drawing><a:blip r:embed="missing"/></w:drawing></w:r></w:p>'
    )
    assert _blocks(load_docx("a.docx", _docx(body))) == [
        ("paragraph", ("See the guide",)),
        ("paragraph", ("Table 3 has 10 m²",)),
        ("paragraph", ("In a box",)),
    ]


def test_lists_of_word_may_come_from_styles_and_from_typed_bullets() -> None:
    body = _w("one", "Bullet") + _w("two", "Point") + _w("Between.") + _w("•\tthree") + _w("- four") + _w("x", "Sunk")
    assert _blocks(load_docx("a.docx", _docx(body))) == [
        ("list", ("one", "two")),
        ("paragraph", ("Between.",)),
        ("list", ("three", "four")),
        ("paragraph", ("x",)),
    ]


@pytest.mark.parametrize("label", [_w("Exit", run="<w:b/>"), _w("Exit", "Label")])
def test_bold_lines_head_a_document_without_headings(label: str) -> None:
    sentence = _w("A whole sentence in bold type.", run="<w:b/>")
    assert _paths(load_docx("a.docx", _docx(label + _w("Plan it.") + sentence))) == [("Exit",)]
    with_heading = load_docx("a.docx", _docx(_w("One", "H1") + _w("Two", "H1") + label + _w("Plan it.")))
    assert _paths(with_heading) == [("Two",)]
    assert _blocks(with_heading) == [("paragraph", ("Exit",)), ("paragraph", ("Plan it.",))]


def test_bold_lines_head_an_odt_without_headings() -> None:
    styles = _style("B", 'fo:font-weight="bold"', family="text") + _style("L", 'fo:font-weight="700"')
    body = _p('<text:span text:style-name="B">Exit</text:span>') + _p("Plan it.") + _p("Costs", "L") + _p("Count.")
    assert _paths(load_odt("a.odt", _odt(body, automatic=styles))) == [("Exit",), ("Costs",)]


def test_a_clause_in_a_heading_style_is_text() -> None:
    clause = "The supplier shall give the council its data on exit " * 4
    document = load_docx("a.docx", _docx(_w("Exit", "H1") + _w(clause, "H2") + _w("Costs", "H1") + _w("Count.")))
    assert _blocks(document)[0] == ("paragraph", (clause.strip(),))


def test_a_table_of_one_column_is_a_box_and_bold_cells_head_the_columns() -> None:
    def table(*rows: list[str]) -> str:
        return (
            "<w:tbl>"
            + "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
            + "</w:tbl>"
        )

    bold = [_w("Threshold", run="<w:b/>"), _w("Value", run="<w:b/>")]
    body = (
        table([_w("Remember:") + _w("data", level=0)])
        + table(bold, [_w("Light touch"), _w("£663,540")])
        + table([_w("Start"), _w("1 May")], [_w("End"), _w("2 May")])
        + table(['<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + _w("Both")], [_w("a"), _w("b")])
    )
    assert _blocks(load_docx("a.docx", _docx(body))) == [
        ("paragraph", ("Remember:",)),
        ("list", ("data",)),
        ("table", ("Light touch: Value £663,540",)),
        ("table", ("Start: 1 May", "End: 2 May")),
        ("table", ("Both", "a: b")),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Exit guide", "Exit guide"), ("Guide", None), ("Council template v2", None), ("Microsoft Word - a.doc", None)],
)
def test_the_title_in_the_properties_is_the_last_resort(title: str, expected: str | None) -> None:
    assert load_docx("a.docx", _docx(_w("Text."), core=f"<dc:title>{title}</dc:title>")).title == expected
    assert load_odt("a.odt", _odt(_p("Text."), title=title)).title == expected
    assert load_odt("a.odt", _odt(_h(1, "Only one") + _p("Text."), title=title)).title == "Only one"


def test_a_main_part_may_have_another_name() -> None:
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" Type="{_KINDS}/officeDocument" '
        'Target="/word/document2.xml"/></Relationships>',
        "word/document2.xml": f'<w:document xmlns:w="{_W}"><w:body>{_w("Here.")}</w:body></w:document>',
    }
    assert _blocks(load_docx("a.docx", _zip(parts))) == [("paragraph", ("Here.",))]


def test_what_an_odt_does_not_show_as_text_is_left_out() -> None:
    automatic = (
        _style("Hide", 'text:display="none"', family="text")
        + _style("Strike", 'style:text-line-through-style="solid"', family="text")
        + _style("Raise", 'style:text-position="super 58%"', family="text")
    )
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Exit 2</text:p></text:index-body></text:table-of-content>"
        '<text:section text:display="none"><text:p>two hidden</text:p></text:section>'
        "<text:section><text:p>Kept<text:note><text:note-body><text:p>note</text:p></text:note-body></text:note>"
        "<office:annotation><text:p>comment</text:p></office:annotation>"
        '<text:s text:c="3"/>10 m<text:span text:style-name="Raise">2</text:span>'
        '<text:span text:style-name="Hide"> third</text:span><text:span text:style-name="Strike"> struck</text:span>'
        "<text:line-break/><text:a>linked</text:a></text:p></text:section>"
    )
    document = load_odt("a.odt", _odt(body, automatic=automatic))
    assert _blocks(document) == [("paragraph", ("Kept 10 m² linked",))]
    assert document.warnings == (
        "a.odt: it has tracked changes, read as if all were accepted. Accept or reject them to be sure.",
        "a.odt: 3 words that the document hides were left out. If they matter, show them and save.",
    )


def test_boxes_split_lists_and_numbered_headings_of_an_odt() -> None:
    frame = "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box><draw:image/></draw:frame>"
    body = (
        _ul(_ul(_h(1, "One") + _p("Text of one.")))
        + _h(1, "Two")
        + _p(f"Beside.{frame}")
        + _ul(_p("such as:"))
        + _ul(_ul(_p("data")))
    )
    document = load_odt("a.odt", _odt(body))
    assert _paths(document) == [("One",), ("Two",)]
    assert _blocks(document) == [
        ("paragraph", ("Text of one.",)),
        ("paragraph", ("Beside.",)),
        ("paragraph", ("In a box.",)),
        ("list", ("such as: data",)),
    ]


def test_columns_stay_in_line_where_an_odt_repeats_an_empty_cell() -> None:
    empty = '<table:table-cell table:number-columns-repeated="2"/>'
    rows = _cells(_cell("a"), _cell("b"), _cell("c"), _cell("d")) + _cells(_cell("1st"), empty, _cell("x"))
    body = f"<table:table><table:table-header-rows>{rows.replace('</table:table-row>', '</table:table-row></table:table-header-rows>', 1)}</table:table>"
    assert _blocks(load_odt("a.odt", _odt(body))) == [("table", ("1st: d x",))]


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
_BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def _with_entities(data: bytes, part: str) -> bytes:
    with ZipFile(BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return _zip(parts | {part: _BILLION.encode() + parts[part]})


def _encrypted_entry() -> bytes:
    """A DOCX whose directory says that its entries are encrypted."""
    data = bytearray(_docx(_w("Text.")))
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
        ("a.docx", _docx(_w(_WORDS))[:-40], "the document is damaged or too complex"),
        ("a.docx", _docx(_w(_WORDS)[:-3]), "the document is damaged or too complex"),
        ("a.docx", _docx('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="x"/>'), "the document is damaged"),
        ("a.docx", _docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "the document is damaged or too complex"),
        ("a.odt", _zip({"content.xml": "<x/>"}, ZIP_BZIP2), "the document is damaged or too complex"),
        ("a.docx", _odt(_p(_WORDS)), "this is not a Word document, whatever its name says. Save it again as DOCX"),
        ("a.odt", _docx(_w(_WORDS)), "this is not a text document, whatever its name says. Save it again as DOCX"),
        ("a.docx", _zip({"xl/workbook.xml": "<x/>"}), "this is not a Word document, whatever its name says."),
        ("a.docx", _encrypted_entry(), "it is protected by a password. Save an unprotected copy and add that."),
        ("a.odt", _odt("", manifest="<encryption-data/>"), "it is protected by a password."),
        ("a.docx", _with_entities(_docx(_w(_WORDS)), "word/document.xml"), "its markup defines abbreviations"),
        ("a.docx", _with_entities(_docx(_w(_WORDS)), "word/styles.xml"), "its markup defines abbreviations"),
        ("a.odt", _with_entities(_odt(_p(_WORDS)), "content.xml"), "its markup defines abbreviations"),
        ("a.odt", _odt(_p("Few words.")), "it holds almost no running text (2 words)"),
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
    word, open_document = _docx(_w("a" * 500_000)), _odt(_p("a" * 500_000))
    load_docx("a.docx", word)
    load_odt("a.odt", open_document)
    monkeypatch.setattr(office, limit, value)
    with pytest.raises(LoadError, match=f"^a.docx: {reason}"):
        load_docx("a.docx", word)
    with pytest.raises(LoadError, match=f"^a.odt: {reason}"):
        load_odt("a.odt", open_document)


def test_a_size_that_lies_gains_nothing() -> None:
    data = bytearray(_odt(_p("a" * 500_000)))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"content.xml"))
    data[at + 24 : at + 28] = struct.pack("<I", 400)
    with pytest.raises(LoadError, match="damaged"):
        load_odt("a.odt", bytes(data))


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    relations = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="s" Type="{_KINDS}/styles" TargetMode="External" '
        f'Target="{secret.as_uri()}"/><Relationship Id="i" Type="{_KINDS}/image" TargetMode="External" '
        f'Target="{secret.as_uri()}"/></Relationships>'
    )
    body = _w("Text.") + '<w:p><w:r><w:drawing><a:blip r:link="i"/></w:drawing></w:r></w:p>'
    with ZipFile(BytesIO(_docx(body))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    data = _zip(parts | {"word/_rels/document.xml.rels": relations})
    assert _blocks(load_docx("a.docx", data)) == [("paragraph", ("Text.",))]
    outside = (
        f'<draw:frame><draw:image xmlns:x="http://www.w3.org/1999/xlink" x:href="{secret.as_uri()}"/></draw:frame>'
    )
    assert _blocks(load_odt("a.odt", _odt(_p(f"Text.{outside}")))) == [("paragraph", ("Text.",))]
