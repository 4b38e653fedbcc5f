"""Sentences out of a draft that is still being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.gate.draft import LONGEST_SENTENCE, Draft, DraftedSentence


def split(*pieces: str) -> list[tuple[str, tuple[int, ...]]]:
    draft = Draft()
    found = [sentence for piece in pieces for sentence in draft.feed(piece)]
    return [(each.text, each.cites) for each in (*found, *draft.end())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One thing is so. [1] Another is not. [2]", [("One thing is so.", (1,)), ("Another is not.", (2,))]),
        ("One thing is so [1]. Another is not [2, 3].", [("One thing is so.", (1,)), ("Another is not.", (2, 3))]),
        ("One thing is so.[1][2] Another is not.", [("One thing is so.", (1, 2)), ("Another is not.", ())]),
        ("One thing is so【1】.\nAnother is not [1].", [("One thing is so.", (1,)), ("Another is not.", (1,))]),
        ("- **One** thing is so. [1]\n2. Another is not. [2]", [("One thing is so.", (1,)), ("Another is not.", (2,))]),
        ("It costs £1.5m, e.g. for Reg. 72 work. [1] Next one [2].", [("It costs £1.5m, e.g. for Reg. 72 work.", (1,)), ("Next one.", (2,))]),
        ("Councils must: [1]\n- publish a notice\n- wait eight days [2]", [("Councils must: publish a notice", (1,)), ("Councils must: wait eight days", (2,))]),
        ("```\nrm -rf /\n```\nOne thing is so. [1]", [("One thing is so.", (1,))]),
        ("## Heading\nOne thing is so. [1]", [("Heading", ()), ("One thing is so.", (1,))]),
        ("Read [this](https://x.example). [1]", [("Read [this](https://x.example).", (1,))]),
    ],
)  # fmt: skip
def test_sentences_with_their_numbers(text, expected):
    assert split(text) == expected


def test_an_unfinished_sentence_is_held_back_and_so_is_a_marker_that_may_follow():
    draft = Draft()
    assert list(draft.feed("One thing is so.")) == []
    assert list(draft.feed(" [1")) == []
    assert list(draft.feed("] Another ")) == [DraftedSentence("One thing is so.", (1,))]


def test_a_line_that_ends_is_told_at_once():
    assert list(Draft().feed("One thing is so. [1]\n")) == [DraftedSentence("One thing is so.", (1,))]


def test_what_never_ends_is_not_held_for_ever():
    found = list(Draft().feed("and then " * 1000))
    assert found
    assert all(len(each.text) <= LONGEST_SENTENCE + 20 and not each.cites for each in found)


LINES = st.lists(
    st.sampled_from(
        ["A council must publish it. [1]", "It costs £30,000 or more [2].", "- an item [1, 2]", "E.g. No. 5 is so. [3] And this too.", "Councils may:", "“Quoted.” he said. [1]"]
    ),
    max_size=5,
)  # fmt: skip


@given(LINES, st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_how_a_draft_is_cut_into_pieces_changes_nothing(lines, sizes):
    text = " ".join(lines[:2]) + "\n" + "\n".join(lines[2:])
    pieces, at = [], 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size
    assert split(*pieces) == split(text)
