import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_builder import make_passage

from api.section_view import Block, Piece, blocks, find_quote, section_view

TEXT = "Three themes:\n- exit\n- open formats\nUse them all."


def shown(found):
    return [
        [
            block.is_list,
            ["".join(f"<{piece.text}>" if piece.marked else piece.text for piece in line) for line in block.lines],
        ]
        for block in found
    ]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        (None, [[False, ["Three themes:"]], [True, ["exit", "open formats"]], [False, ["Use them all."]]]),
        ("exit", [[False, ["Three themes:"]], [True, ["<exit>", "open formats"]], [False, ["Use them all."]]]),
        (
            "themes:\n- exit\n- open",
            [[False, ["Three <themes:>"]], [True, ["<exit>", "<open> formats"]], [False, ["Use them all."]]],
        ),
        ("all.", [[False, ["Three themes:"]], [True, ["exit", "open formats"]], [False, ["Use them <all.>"]]]),
        ("- exit", [[False, ["Three themes:"]], [True, ["<exit>", "open formats"]], [False, ["Use them all."]]]),
    ],
)
def test_blocks(quote, expected):
    passage = make_passage("loti-a", TEXT)
    assert shown(blocks(TEXT, find_quote(passage, quote))) == expected


def test_a_list_may_end_the_text():
    assert shown(blocks("- one\n- two", None)) == [[True, ["one", "two"]]]


@given(st.text(alphabet="ab -\n", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_no_letter_is_lost_or_doubled_and_the_mark_is_the_quote(text, start, end):
    quoted = range(start, min(end, len(text)))
    found = list(blocks(text, quoted))
    letters = [piece for block in found for line in block.lines for piece in line]
    assert "".join(piece.text for piece in letters) == "".join(line.removeprefix("- ") for line in text.split("\n"))
    marked = "".join(piece.text for piece in letters if piece.marked)
    # What a mark leaves out of the quote are line ends and bullets, which are shown as blocks and items.
    assert marked.replace("-", "").replace(" ", "") == _without_bullets(text, quoted)


def _without_bullets(text, quoted):
    kept = [text[place] for place in quoted if text[place] not in "- \n"]
    return "".join(kept)


def test_a_quote_is_found_by_its_characters():
    passage = make_passage("loti-a", "Costs £5. Costs £5.")
    assert find_quote(passage, "£5") == range(6, 8)
    assert find_quote(passage, "£6") is None
    assert find_quote(passage, "") is None
    assert find_quote(passage, None) is None


def test_a_section_is_the_passages_of_the_same_heading():
    passages = [
        make_passage("loti-a", "One.", heading_path=["A"], position=0),
        make_passage("loti-a", "Two.", heading_path=["A"], position=1),
        make_passage("loti-a", "Three.", heading_path=["B"], position=2),
    ]
    views = section_view(passages, passages[1], range(3))
    assert [view.cited for view in views] == [False, True]
    assert views[1].blocks == (
        Block(is_list=False, lines=((Piece(text="Two", marked=True), Piece(text=".", marked=False)),)),
    )
    assert views[0].blocks == (Block(is_list=False, lines=((Piece(text="One.", marked=False),),)),)
