"""What only Word documents do: styles that derive from others, lists by styles, fields, tracked changes."""

import pytest
from office_files import KINDS, RELATIONS, W, blocks, docx, paths, word_p, word_run, zipped

from ingest.load.docx import load_docx


def test_what_word_does_not_print_as_text_is_left_out() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{word_p('Contents')}{word_p('Exit 2')}</w:sdtContent></w:sdt>"
    )
    body = (
        contents
        + word_p("Contents", "TOCHeading")
        + word_p("Exit 2", "TOC1")
        + word_p("Kept", more='<w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:commentReference w:id="1"/></w:r>')
        + '<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>'
    )
    note = '<w:footnote w:id="1">' + word_p("A note") + "</w:footnote>"
    document = load_docx("a.docx", docx(body, footnotes=note, comments="", header1=word_p("Running head")))
    assert blocks(document) == [("paragraph", ("Kept",))]
    assert document.warnings == ()


def test_tracked_changes_in_word_are_read_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>Keep </w:t></w:r><w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved </w:t></w:r></w:moveFrom><w:ins><w:r><w:t>new </w:t></w:r></w:ins>"
        "<w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo></w:p>"
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>row</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    document = load_docx("a.docx", docx(body))
    assert blocks(document) == [("paragraph", ("Keep new moved",))]
    assert document.warnings == (
        "a.docx: it has tracked changes, read as if all were accepted. Accept or reject them to be sure.",
    )


def test_a_paragraph_whose_end_is_deleted_runs_on() -> None:
    start = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>One </w:t></w:r></w:p>"
    body = start + word_p("sentence.") + start + f"<w:tbl><w:tr><w:tc>{start}</w:tc></w:tr></w:tbl>"
    assert [items for _, items in blocks(load_docx("a.docx", docx(body)))] == [("One sentence.",), ("One",), ("One",)]


def test_what_a_reader_of_the_word_document_does_not_see_is_left_out() -> None:
    body = word_p(
        "Seen", more=word_run(" two hidden", "<w:vanish/>") + word_run(" third", '<w:rStyle w:val="Unseen"/>')
    ) + word_p("Shown", more=word_run(" after all", '<w:vanish w:val="0"/>') + word_run(" struck", "<w:strike/>"))
    document = load_docx("a.docx", docx(body))
    assert blocks(document) == [("paragraph", ("Seen",)), ("paragraph", ("Shown after all",))]
    assert document.warnings == (
        "a.docx: 3 words that the document hides were left out. If they matter, show them and save.",
    )


def test_fields_links_boxes_and_raised_digits_of_word_are_text() -> None:
    box = f"<w:txbxContent>{word_p('In a box')}</w:txbxContent>"
    body = (
        word_p("See ", more='<w:hyperlink r:id="nowhere"><w:r><w:t>the guide</w:t></w:r></w:hyperlink>')
        + word_p(
            "Table ", more=f'<w:fldSimple w:instr="SEQ">{word_run("3")}</w:fldSimple>{word_run(" has 10 m")}'
        ).replace("</w:p>", word_run("2", '<w:vertAlign w:val="superscript"/>') + "</w:p>")
        + "<w:p><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        '<w:p><w:r><w:drawing><a:blip r:embed="missing"/></w:drawing></w:r></w:p>'
    )
    assert blocks(load_docx("a.docx", docx(body))) == [
        ("paragraph", ("See the guide",)),
        ("paragraph", ("Table 3 has 10 m²",)),
        ("paragraph", ("In a box",)),
    ]


def test_lists_of_word_may_come_from_styles_and_from_typed_bullets() -> None:
    body = (
        word_p("one", "Bullet")
        + word_p("two", "Point")
        + word_p("Between.")
        + word_p("•\tthree")
        + word_p("- four")
        + word_p("x", "Sunk")
    )
    assert blocks(load_docx("a.docx", docx(body))) == [
        ("list", ("one", "two")),
        ("paragraph", ("Between.",)),
        ("list", ("three", "four")),
        ("paragraph", ("x",)),
    ]


def test_which_numbers_make_a_list_in_word() -> None:
    def numbered(text: str, style: str, *properties: str) -> str:
        return word_p(text, style).replace("</w:pPr>", f"<w:numPr>{''.join(properties)}</w:numPr></w:pPr>")

    body = (
        word_p("linked to a style:", level=0)
        + word_p("of its level", "Clause")
        + numbered("not numbered", "Bullet", '<w:numId w:val="0"/>')
        + numbered("numbered by nothing", "", '<w:numId w:val="2"/>')
        + numbered("of a list that is not there", "", '<w:numId w:val="9"/>')
        + numbered("of a list style", "", '<w:ilvl w:val="2"/>', '<w:numId w:val="3"/>')
    )
    assert blocks(load_docx("a.docx", docx(body))) == [
        ("list", ("linked to a style: of its level",)),
        ("paragraph", ("not numbered",)),
        ("paragraph", ("numbered by nothing",)),
        ("paragraph", ("of a list that is not there",)),
        ("list", ("of a list style",)),
    ]


@pytest.mark.parametrize("label", [word_p("Exit", run="<w:b/>"), word_p("Exit", "Label")])
def test_bold_lines_head_a_document_without_headings(label: str) -> None:
    sentence = word_p("A whole sentence in bold type.", run="<w:b/>")
    assert paths(load_docx("a.docx", docx(label + word_p("Plan it.") + sentence))) == [("Exit",)]
    with_heading = load_docx("a.docx", docx(word_p("One", "H1") + word_p("Two", "H1") + label + word_p("Plan it.")))
    assert paths(with_heading) == [("Two",)]
    assert blocks(with_heading) == [("paragraph", ("Exit",)), ("paragraph", ("Plan it.",))]


def test_a_clause_in_a_heading_style_is_text() -> None:
    clause = "The supplier shall give the council its data on exit " * 4
    document = load_docx(
        "a.docx", docx(word_p("Exit", "H1") + word_p(clause, "H2") + word_p("Costs", "H1") + word_p("Count."))
    )
    assert blocks(document)[0] == ("paragraph", (clause.strip(),))


def test_a_table_of_one_column_is_a_box_and_bold_cells_head_the_columns() -> None:
    def table(*rows: list[str]) -> str:
        return (
            "<w:tbl>"
            + "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
            + "</w:tbl>"
        )

    bold = [word_p("Threshold", run="<w:b/>"), word_p("Value", run="<w:b/>")]
    body = (
        table([word_p("Remember:") + word_p("data", level=0)])
        + table(bold, [word_p("Light touch"), word_p("£663,540")])
        + table([word_p("Start"), word_p("1 May")], [word_p("End"), word_p("2 May")])
        + table(['<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + word_p("Both")], [word_p("a"), word_p("b")])
    )
    assert blocks(load_docx("a.docx", docx(body))) == [
        ("paragraph", ("Remember:",)),
        ("list", ("data",)),
        ("table", ("Light touch: Value £663,540",)),
        ("table", ("Start: 1 May", "End: 2 May")),
        ("table", ("Both", "a: b")),
    ]


@pytest.mark.parametrize(
    ("look", "rows"),
    [
        ('w:firstRow="1"', ("Light touch: Held ✓",)),
        ('w:val="04A0"', ("Light touch: Held ✓",)),
        ('w:firstRow="0" w:val="04A0"', ("Rule: Held", "Light touch: ✓")),
        ('w:val="0480"', ("Rule: Held", "Light touch: ✓")),
    ],
)
def test_a_table_style_may_head_the_first_row(look: str, rows: tuple[str, ...]) -> None:
    tick = '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>'
    body = (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Headed"/><w:tblLook {look}/></w:tblPr>'
        f"<w:tr><w:tc>{word_p('Rule')}</w:tc><w:tc>{word_p('Held')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{word_p('Light touch')}</w:tc><w:tc>{tick}</w:tc></w:tr></w:tbl>"
    )
    assert blocks(load_docx("a.docx", docx(body))) == [("table", rows)]


def test_a_main_part_may_have_another_name() -> None:
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{KINDS}/officeDocument" '
        'Target="/word/document2.xml"/></Relationships>',
        "word/document2.xml": f'<w:document xmlns:w="{W}"><w:body>{word_p("Here.")}</w:body></w:document>',
    }
    assert blocks(load_docx("a.docx", zipped(parts))) == [("paragraph", ("Here.",))]
