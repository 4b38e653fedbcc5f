"""What only OpenDocument files do: automatic styles, hidden sections, lists in pieces, repeated cells."""

from office_files import blocks, odt, open_cell, open_h, open_list, open_p, open_row, open_style, paths

from ingest.load.odt import load_odt


def test_bold_lines_head_an_odt_without_headings() -> None:
    styles = open_style("B", 'fo:font-weight="bold"', family="text") + open_style("L", 'fo:font-weight="700"')
    body = (
        open_p('<text:span text:style-name="B">Exit</text:span>')
        + open_p("Plan it.")
        + open_p("Costs", "L")
        + open_p("Count.")
    )
    assert paths(load_odt("a.odt", odt(body, automatic=styles))) == [("Exit",), ("Costs",)]


def test_what_an_odt_does_not_show_as_text_is_left_out() -> None:
    automatic = (
        open_style("Hide", 'text:display="none"', family="text")
        + open_style("Strike", 'style:text-line-through-style="solid"', family="text")
        + open_style("Raise", 'style:text-position="super 58%"', family="text")
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
    document = load_odt("a.odt", odt(body, automatic=automatic))
    assert blocks(document) == [("paragraph", ("Kept 10 m² linked",))]
    assert document.warnings == (
        "a.odt: it has tracked changes, read as if all were accepted. Accept or reject them to be sure.",
        "a.odt: 3 words that the document hides were left out. If they matter, show them and save.",
    )


def test_boxes_split_lists_and_numbered_headings_of_an_odt() -> None:
    frame = "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box><draw:image/></draw:frame>"
    body = (
        open_list(open_list(open_h(1, "One") + open_p("Text of one.")))
        + open_h(1, "Two")
        + open_p(f"Beside.{frame}")
        + open_list(open_p("such as:"))
        + open_list(open_list(open_p("data")))
    )
    document = load_odt("a.odt", odt(body))
    assert paths(document) == [("One",), ("Two",)]
    assert blocks(document) == [
        ("paragraph", ("Text of one.",)),
        ("paragraph", ("Beside.",)),
        ("paragraph", ("In a box.",)),
        ("list", ("such as: data",)),
    ]


def test_columns_stay_in_line_where_an_odt_repeats_an_empty_cell() -> None:
    empty = '<table:table-cell table:number-columns-repeated="2"/>'
    rows = open_row(open_cell("a"), open_cell("b"), open_cell("c"), open_cell("d")) + open_row(
        open_cell("1st"), empty, open_cell("x")
    )
    body = f"<table:table><table:table-header-rows>{rows.replace('</table:table-row>', '</table:table-row></table:table-header-rows>', 1)}</table:table>"
    assert blocks(load_odt("a.odt", odt(body))) == [("table", ("1st: d x",))]
