import pytest

from assistant.analysis import terms, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£207,720 including VAT", ["207720", "including", "vat"]),
        ("G-Cloud 14's lots", ["g", "cloud", "14", "lots"]),
        ("PPN 02/23; 24/02/2025", ["ppn", "02", "23", "24", "02", "2025"]),
        ("about £2.9bn, or 17%", ["about", "2.9bn", "or", "17%"]),
        ("the council’s ﬁrst supplier's", ["the", "council", "first", "supplier"]),
        ("¿Cuál?", ["cuál"]),
        ("🙂 — …", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_terms_leave_out_words_without_topic_and_are_stems() -> None:
    assert terms("How do we publish the pipeline notices?") == ["publish", "pipelin", "notic"]
    assert terms("What is it, and why?") == []
