"""Plain text."""

from ingest.document import BlockKind, Document
from ingest.load.text import load_text

_LONG = "Councils plan for exit before they publish a tender notice, and they keep the plan up to date for the life of the contract with those who run the service. "


def _load(text: str) -> Document:
    return load_text("a.txt", text.encode())


def _outline(document: Document) -> list[tuple[tuple[str, ...], list[tuple[BlockKind, tuple[str, ...]]]]]:
    return [
        (section.heading_path, [(block.kind, block.items) for block in section.blocks]) for section in document.sections
    ]


def test_headings_lists_and_wrapped_paragraphs() -> None:
    document = _load(
        "Exit planning\n\nPlans start early. They\nrun on over lines.\n\nWhat to ask for\n\nThe council asks for:\n"
        "• an open\n  format\n- a price\n\nLast words.\n"
    )
    assert document.title == "Exit planning"
    assert document.warnings == ()
    assert _outline(document) == [
        ((), [(BlockKind.PARAGRAPH, ("Plans start early. They run on over lines.",))]),
        (
            ("What to ask for",),
            [
                (BlockKind.PARAGRAPH, ("The council asks for:",)),
                (BlockKind.LIST, ("an open format", "a price")),
                (BlockKind.PARAGRAPH, ("Last words.",)),
            ],
        ),
    ]


def test_lines_too_long_to_be_wrapped_are_paragraphs() -> None:
    document = _load(f"A strategy for councils\n{_LONG}\nA short sentence of its own.\n{_LONG}")
    assert document.title == "A strategy for councils"
    assert [block.items[0] for block in document.sections[0].blocks] == [
        _LONG.strip(),
        "A short sentence of its own.",
        _LONG.strip(),
    ]


def test_a_number_alone_heads_a_section_but_not_among_its_like() -> None:
    document = _load(
        f"Introduction\n\n{_LONG}\n\n1. Find\n\n2. Buy\n\n3. Run\n\n1. Engagement\n\nInterviews\n\n{_LONG}\n\nWorkshop\n\n{_LONG}"
    )
    assert document.title is None
    assert [section.heading_path for section in document.sections] == [
        ("Introduction",),
        ("1. Engagement", "Interviews"),
        ("1. Engagement", "Workshop"),
    ]
    assert document.sections[0].blocks[1].items == ("Find", "Buy", "Run")


def test_numbered_headings_nest_by_depth() -> None:
    document = _load(f"1. Plan\n\n{_LONG}\n\n1.1 Early\n\n{_LONG}\n\n2. Buy\n\n{_LONG}")
    assert [section.heading_path for section in document.sections] == [
        ("1. Plan",),
        ("1. Plan", "1.1 Early"),
        ("2. Buy",),
    ]


def test_what_surrounds_the_article_goes_and_is_told() -> None:
    document = _load(
        "You are viewing 1 of 2 articles.\n\nGet full access!\n\nLogin Join us now\n\nProcuring well\n\n"
        f"LinkedInTwitterFacebook\nA caption\nA caption\n\n{_LONG}\n\n{_LONG * 4}\n\n"
        "If you like this, you might be interested in the following:\n\nGovernment buys a boat\n\nRead more\n\n"
        "£30,130 - £33,310 (London)\n\nAdd New Comment"
    )
    assert document.title == "Procuring well"
    assert [item for block in document.sections[0].blocks for item in block.items] == [
        "A caption",
        _LONG.strip(),
        (_LONG * 4).strip(),
    ]
    assert "Get full access!" in document.warnings[0]
    assert "£30,130" in document.warnings[0]


def test_furniture_in_the_middle_takes_nothing_with_it() -> None:
    document = _load(f"{_LONG}\n\nShare this page\n\nShort but true.\n\n{_LONG}")
    assert [block.items[0] for block in document.sections[0].blocks] == [
        _LONG.strip(),
        "Short but true.",
        _LONG.strip(),
    ]


def test_a_long_rest_is_no_furniture() -> None:
    items = "\n".join(f"- item number {number} of the list" for number in range(20))
    document = _load(f"{_LONG}\n\nRead more\n\n{items}")
    assert len(document.sections[0].blocks[1].items) == 20


def test_a_date_above_the_text_is_no_heading() -> None:
    document = _load(f"11.07.17\n\nA strategy\n\n{_LONG}\n\n1 May 2026\n\n{_LONG}")
    assert document.title == "A strategy"
    assert [block.items[0] for block in document.sections[0].blocks][1] == "1 May 2026"
