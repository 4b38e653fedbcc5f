"""Markdown."""

import pytest

from ingest.document import BlockKind, Document
from ingest.load.markdown import load_markdown


def _load(text: str) -> Document:
    return load_markdown("a.md", text.encode())


def _items(document: Document) -> list[str]:
    return [item for section in document.sections for block in section.blocks for item in block.items]


def test_front_matter_gives_the_title() -> None:
    document = _load('---\ntitle: "Exit: a guide"\nsidenav:\n- text: Risk\n---\n# Handbook\n\nText.\n')
    assert document.title == "Exit: a guide"
    assert [section.heading_path for section in document.sections] == [()]
    assert _items(document) == ["Text."]


def test_broken_front_matter_is_told() -> None:
    document = _load("---\ntitle: [a\n---\n# Handbook\n\nText.\n")
    assert document.title == "Handbook"
    assert "front matter" in document.warnings[0]


@pytest.mark.parametrize("front", ["- a\n- b", "title:\n  a: b", "other: x", "title: &a [*a]"])
def test_front_matter_without_a_plain_title(front: str) -> None:
    assert _load(f"---\n{front}\n---\nText.\n").title is None


def test_one_top_heading_is_the_title_and_several_are_sections() -> None:
    assert _load("# Only\n\n## Part\n\nText.\n").sections[0].heading_path == ("Part",)
    document = _load("# One\n\nText.\n\n# Two\n\n### Deep\n\nText.\n")
    assert document.title is None
    assert [section.heading_path for section in document.sections] == [("One",), ("Two", "Deep")]


def test_digest_sections_keep_their_text_and_lose_their_comments() -> None:
    document = _load("# T\n\n## Threshold\n<!-- provenance: document -->\nOne. Two.\nThree.\n\n- a\n- b\n")
    assert document.sections[0].heading_path == ("Threshold",)
    assert _items(document) == ["One. Two. Three.", "a", "b"]
    assert document.warnings == ()


def test_inline_markup_becomes_text() -> None:
    document = _load(
        "Ask for a [burn *down* chart](http://a.b/c) ![logo](x.png) and `code` at **\\$10&nbsp;million** &amp; more<br>now."
    )
    assert _items(document) == ["Ask for a burn down chart and code at $10 million & more now."]


def test_site_generator_markup_goes() -> None:
    document = _load(
        '# T\n{:.usa-sr-only}\n\n<div markdown="1" class="img">\n{% asset a.svg alt="" %}\n</div>\n'
        "When you plan, see [sample QASP]({{ site.baseurl }}/qasp/).[^note] Then [get it]({% asset x.pdf @path%}).\n\n"
        "*[SOO]: Statement of Objectives\n\n**Next**: [Budgeting]({{site.baseurl}}/x/)\n\n### Footnotes\n[^note]: For details, see it.\n"
    )
    assert _items(document) == ["When you plan, see sample QASP. Then get it.", "For details, see it."]
    assert document.sections[1].heading_path == ("Footnotes",)


def test_raised_links_are_footnote_marks_and_raised_text_is_not() -> None:
    assert _items(_load('Risk.<sup id="r"><a href="#f">1</a></sup> The 24<sup>th</sup> day.')) == [
        "Risk. The 24th day."
    ]


def test_raw_html_with_text_is_told() -> None:
    document = _load("Text.\n\n<p>Eight words of raw text in a block.</p>\n\n<p>* *</p>\n")
    assert _items(document) == ["Text."]
    assert "8 words of raw HTML" in document.warnings[0]


def test_nested_lists() -> None:
    document = _load(
        "You must:\n\n1. agree:\n   - a format\n   - a price\n2. test it.\n\n   Each year.\n3. [ ] sign\n\n> Quoted.\n\n```\nx = 1\n```\n"
    )
    assert [(block.kind, block.items) for block in document.sections[0].blocks] == [
        (BlockKind.PARAGRAPH, ("You must:",)),
        (BlockKind.LIST, ("agree: a format", "agree: a price", "test it. Each year.", "sign")),
        (BlockKind.PARAGRAPH, ("Quoted.",)),
        (BlockKind.PARAGRAPH, ("x = 1",)),
    ]


def test_tables_become_rows() -> None:
    document = _load(
        "| **Body** | Goods | Works |\n| --- | --- | --- |\n| Central | [£1](x) | £2 |\n| Other | | £3 |\n{:.table}\n"
    )
    assert [(block.kind, block.items) for block in document.sections[0].blocks] == [
        (BlockKind.TABLE, ("Central: Goods £1; Works £2", "Other: Works £3")),
    ]
