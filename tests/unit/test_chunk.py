import pytest
from index_builder import make_source

from assistant.analysis import embedding_text
from assistant.types import Passage
from ingest.chunk import LONGEST_PASSAGE, passages, sentence_embedding_texts
from ingest.document import Block, BlockKind, Document, Section
from ingest.sentences import sentence_spans

SOURCE = make_source("guide", title="Guide")


def paragraph(*texts: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, items=texts)


def cut(*sections: Section) -> list[Passage]:
    return passages(Document(title=None, sections=sections), SOURCE)


def section(*blocks: Block, heading: tuple[str, ...] = ("Heading",), page: int | None = None) -> Section:
    return Section(heading_path=heading, page=page, blocks=blocks)


def shown(passage: Passage) -> list[str]:
    return [passage.text[each.start : each.end] for each in passage.sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Spend is £2.9bn a year, e.g. for s. 41 contracts. See Reg. 72.",
            ["Spend is £2.9bn a year, e.g. for s. 41 contracts.", "See Reg. 72."],
        ),
        ("It became GCA in approx. April 2026. Good.", ["It became GCA in approx. April 2026.", "Good."]),
        ("Cllr. Blackwell agreed. Done.", ["Cllr. Blackwell agreed.", "Done."]),
        ("Publish by 26 May. PPN 02/23 does not bind.", ["Publish by 26 May.", "PPN 02/23 does not bind."]),
        ("No end", ["No end"]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == expected


def test_a_passage_keeps_heading_page_and_sentences() -> None:
    [passage] = cut(section(paragraph("First one. Second one."), heading=("Outer", "Inner"), page=3))
    assert (passage.heading_path, passage.page, passage.position) == (("Outer", "Inner"), 3, 0)
    assert passage.text == "First one. Second one."
    assert shown(passage) == ["First one.", "Second one."]


def test_sections_never_share_a_passage() -> None:
    found = cut(section(paragraph("On page one."), page=1), section(paragraph("On page two."), page=2))
    assert [(passage.text, passage.page) for passage in found] == [("On page one.", 1), ("On page two.", 2)]


def test_list_items_keep_their_lead_in() -> None:
    [passage] = cut(
        section(paragraph("Some words. Check these:"), Block(kind=BlockKind.LIST, items=("scope", "expiry")))
    )
    assert passage.text == "Some words. Check these:\n- scope\n- expiry"
    assert shown(passage) == ["Some words.", "Check these:", "scope", "expiry"]
    assert [each.lead_in for each in passage.sentences] == [None, None, 1, 1]


def test_a_list_that_goes_on_in_another_passage_repeats_its_lead_in() -> None:
    items = tuple(f"item {number} {'with several more words ' * 4}" for number in range(20))
    found = cut(section(paragraph("Check these:"), Block(kind=BlockKind.LIST, items=items)))
    assert len(found) > 2
    for passage in found:
        assert shown(passage)[0] == "Check these:"
        assert all(each.lead_in == 0 for each in passage.sentences[1:])
        assert len(passage.text) <= LONGEST_PASSAGE + 10
    assert [text for passage in found for text in shown(passage)[1:]] == list(items)


def test_a_lead_in_moves_along_with_its_first_item() -> None:
    filler = " ".join(f"Sentence number {number} fills the passage." for number in range(19))
    found = cut(
        section(paragraph(f"{filler} Check these:"), Block(kind=BlockKind.LIST, items=("scope " * 12, "expiry")))
    )
    assert shown(found[-1])[0] == "Check these:"
    assert "Check these:" not in found[0].text


def test_table_rows_keep_their_caption() -> None:
    [passage] = cut(
        section(
            paragraph("Thresholds by type:"), Block(kind=BlockKind.TABLE, items=("Works: 2026 £5m", "Goods: 2026 £2m"))
        )
    )
    assert [each.lead_in for each in passage.sentences] == [None, 0, 0]


def test_a_sentence_longer_than_any_passage_is_cut_and_loses_nothing() -> None:
    text = " ".join(f"word{number}" for number in range(400))
    found = cut(section(paragraph(text)))
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in found)
    assert "".join(passage.text for passage in found).replace(" ", "") == text.replace(" ", "")


def test_long_text_is_cut_between_sentences_and_nothing_is_lost() -> None:
    sentences = [f"This is sentence number {number} of a long paragraph." for number in range(60)]
    found = cut(section(paragraph(" ".join(sentences))))
    assert len(found) > 3
    assert [text for passage in found for text in shown(passage)] == sentences


def test_ids_follow_the_text_so_unchanged_passages_keep_theirs() -> None:
    before = cut(section(paragraph("One stays.")), section(paragraph("Two changes.")))
    after = cut(
        section(paragraph("New first.")), section(paragraph("One stays.")), section(paragraph("Two has changed."))
    )
    assert before[0].id == after[1].id
    assert before[1].id != after[2].id
    assert before[0].id.startswith("guide:")


def test_text_that_stands_twice_in_a_source_is_one_passage() -> None:
    found = cut(section(paragraph("Same."), heading=("A",)), section(paragraph("Same."), heading=("B",)))
    assert [(passage.text, passage.heading_path) for passage in found] == [("Same.", ("A",))]


def test_title_and_headings_are_searched_but_not_quoted() -> None:
    [passage] = cut(section(paragraph("First one. Second one."), heading=("Outer", "Inner")))
    assert embedding_text(passage, SOURCE) == "Guide\nOuter > Inner\nFirst one. Second one."
    assert sentence_embedding_texts(passage, SOURCE) == ["First one.", "Second one."]


def test_the_only_sentence_of_a_passage_is_searched_with_its_headings() -> None:
    [passage] = cut(section(paragraph("Alone.")))
    assert sentence_embedding_texts(passage, SOURCE) == [embedding_text(passage, SOURCE)]


def test_no_sentence_is_left_alone_at_the_end_of_a_long_section() -> None:
    sentences = [
        f"Sentence number {number:02} of a section that is a little too long for one passage." for number in range(11)
    ]
    found = cut(section(paragraph(" ".join(sentences))))
    assert [len(passage.sentences) for passage in found] == [9, 2]
    assert [text for passage in found for text in shown(passage)] == sentences
