"""PDF: text, headings and pages. Every file is made here."""

from collections.abc import Callable, Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Document
from ingest.load.pdf import load_pdf

Draw = Callable[[Canvas], None]

BODY = [
    "Councils should plan how data will be taken out of a system before the contract is",
    "signed, because a supplier has little reason to help once the contract has come to an",
    "end and the invoices have been paid.",
]


def make_pdf(*pages: Draw, title: str | None = None) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    if title:
        canvas.setTitle(title)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_lines(
    canvas: Canvas, y: float, lines: Sequence[str], *, size: float = 11, font: str = "Helvetica", x: float = 72
) -> float:
    """Draws lines from the top down, and returns where the next paragraph starts."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.25 * size
    return y - 0.8 * size


def draw_heading(canvas: Canvas, y: float, text: str, size: float = 16) -> float:
    return draw_lines(canvas, y, [text], size=size, font="Helvetica-Bold")


def load_pages(*pages: Draw, title: str | None = None) -> Document:
    return load_pdf("a.pdf", make_pdf(*pages, title=title))


def paragraphs(document: Document) -> list[tuple[int | None, str]]:
    return [(section.page, item) for section in document.sections for block in section.blocks for item in block.items]


def outline(document: Document) -> list[tuple[tuple[str, ...], int | None]]:
    return [(section.heading_path, section.page) for section in document.sections]


PARAGRAPH = " ".join(BODY)


def test_title_headings_and_joined_lines() -> None:
    def page(canvas: Canvas) -> None:
        y = draw_heading(canvas, 760, "Exit planning for councils", 26)
        y = draw_lines(canvas, y, ["March 2024"])
        y = draw_heading(canvas, y, "1. Why exit matters")
        y = draw_lines(canvas, y, BODY)
        y = draw_heading(canvas, y, "1.1 Costs", 13)
        draw_lines(canvas, y, BODY)

    document = load_pages(page)
    assert document.title == "Exit planning for councils"
    assert outline(document) == [(("1. Why exit matters",), 1), (("1. Why exit matters", "1.1 Costs"), 1)]
    assert paragraphs(document) == [(1, PARAGRAPH), (1, PARAGRAPH)]
    assert document.warnings == ()


def test_running_heads_feet_and_page_numbers_go() -> None:
    chapters = ("", "Introduction", "Exit", "Costs", "Annex")

    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            draw_lines(canvas, 815, [f"{number} | {chapters[number]}"], size=9)
            y = draw_lines(canvas, 740, [f"Page {number} says that the council keeps its own copy of the data."])
            draw_lines(canvas, y, BODY)
            draw_lines(canvas, 40, ["Guidance for councils"], size=9)
            draw_lines(canvas, 25, [f"Page {number} of 4"], size=9, x=480)

        return draw

    document = load_pages(*(page(number) for number in range(1, 5)))
    expected = [
        item
        for number in range(1, 5)
        for item in (
            (number, f"Page {number} says that the council keeps its own copy of the data."),
            (number, PARAGRAPH),
        )
    ]
    assert paragraphs(document) == expected


def test_a_sentence_over_a_page_break_is_on_the_page_where_it_starts() -> None:
    def first(canvas: Canvas) -> None:
        y = draw_heading(canvas, 770, "A guide", 24)
        y = draw_heading(canvas, y, "Exit")
        y = draw_lines(canvas, y, BODY)
        draw_lines(canvas, 130, BODY[:2])
        draw_lines(canvas, 90, ["A note in small print at the foot of the page."], size=8)

    def second(canvas: Canvas) -> None:
        y = draw_lines(canvas, 740, BODY[2:])
        draw_lines(canvas, y, ["This paragraph is on the second page, and on no other page."])

    document = load_pages(first, second)
    assert outline(document) == [(("Exit",), 1), (("Exit",), 2)]
    assert paragraphs(document) == [
        (1, PARAGRAPH),
        (1, PARAGRAPH),
        (1, "A note in small print at the foot of the page."),
        (2, "This paragraph is on the second page, and on no other page."),
    ]


def test_a_sentence_may_go_on_with_a_name() -> None:
    first = "Councils plan how data will be taken out of a system before the contract with the"
    document = load_pages(
        lambda canvas: draw_text(canvas, [*BODY, first]),
        lambda canvas: draw_text(canvas, ["Crown Commercial Service ends."]),
    )
    assert paragraphs(document)[-1] == (1, f"{first} Crown Commercial Service ends.")


def test_a_finished_paragraph_does_not_swallow_the_next_page() -> None:
    document = load_pages(lambda canvas: draw_text(canvas, BODY), lambda canvas: draw_text(canvas, BODY))
    assert paragraphs(document) == [(1, PARAGRAPH), (2, PARAGRAPH)]


def draw_text(canvas: Canvas, lines: Sequence[str]) -> None:
    draw_lines(canvas, 740, lines)


def test_space_parts_paragraphs_whose_last_lines_are_full() -> None:
    def page(canvas: Canvas) -> None:
        y = draw_lines(
            canvas,
            740,
            [*BODY[:1], "The council signs the plan, and the supplier signs the plan, and both of them keep it."],
        )
        draw_lines(canvas, y, BODY)

    assert [item.split()[0] for _, item in paragraphs(load_pages(page))] == ["Councils", "Councils"]


def test_a_line_set_elsewhere_does_not_run_on_to_the_next_page() -> None:
    def cover(canvas: Canvas) -> None:
        draw_lines(canvas, 740, BODY)
        draw_lines(canvas, 400, ["Version 2 of the year 2024 as it was agreed"], x=330)

    assert [page for page, _ in paragraphs(load_pages(cover, lambda canvas: draw_text(canvas, BODY)))] == [1, 1, 2]


def test_a_cover_gives_the_title_even_if_headings_are_as_large() -> None:
    def cover(canvas: Canvas) -> None:
        y = draw_heading(canvas, 600, "Buying digital services", 18)
        y = draw_heading(canvas, y, "A guide for officers", 14)
        draw_lines(canvas, y, ["March 2024"])

    def page(canvas: Canvas) -> None:
        draw_lines(canvas, draw_heading(canvas, 740, "1. Plan", 18), BODY)

    document = load_pages(cover, page, page)
    assert document.title == "Buying digital services"
    assert outline(document) == [(("1. Plan",), 2), (("1. Plan",), 3)]


def test_words_broken_at_a_line_end_are_made_whole() -> None:
    document = load_pages(
        lambda canvas: draw_text(
            canvas,
            [
                "The rules of procure-",
                "ment apply to each call-",
                "off contract, to long-",
                "term contracts and to sup\u00ad",
                "pliers. A call-off contract is one. G-",
                "Cloud is a framework.",
            ],
        )
    )
    assert paragraphs(document)[0][1] == (
        "The rules of procurement apply to each call-off contract, to long-term contracts and to suppliers. "
        "A call-off contract is one. G-Cloud is a framework."
    )
