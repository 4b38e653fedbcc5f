from dataclasses import replace

import pytest
from index_builder import build_index, make_source

from assistant.compose import Quote, cite
from assistant.ground import ground
from assistant.types import Citation, Hit, Statement, StatementKind

TEXT = "A council may reserve it. The limit is £207,720."
INDEX = build_index([make_source("one"), make_source("two")], {"one": {"H": [TEXT]}, "two": {"H": ["Other text."]}})


def citation(number: int = 1) -> Citation:
    passage = INDEX.passages[0]
    hit = Hit(passage=passage, source=INDEX.sources["one"], dense=1, sentences=(1, 1), lexical=1, coverage=1, score=1)
    return cite(Quote(hit=hit, start=26, end=len(TEXT), score=1), number)


def statement(
    text: str = "The limit is £207,720.", *numbers: int, kind: StatementKind = StatementKind.QUOTED
) -> Statement:
    return Statement(text=text, kind=kind, citations=numbers or (1,))


def test_a_verbatim_quote_stands() -> None:
    assert ground((statement(),), (citation(),), INDEX) == ((statement(),), (citation(),))


@pytest.mark.parametrize(
    ("shown", "cited"),
    [
        (statement("The limit is £207,721."), citation()),
        (statement("The limit is £207,721."), replace(citation(), quote="The limit is £207,721.")),
        (statement("the limit is £207,720."), citation()),
        (statement("The limit is £207,720. "), citation()),
        (statement(), replace(citation(), passage_id="one:gone")),
        (statement(), replace(citation(), source_id="two")),
        (statement("The limit is £207,720.", 2), citation()),
        (replace(statement(), citations=()), citation()),
        (statement("  "), citation()),
        (statement("Made up.", kind=StatementKind.VERIFIED), replace(citation(), quote="Made up.")),
    ],
)
def test_what_does_not_hold_is_dropped_with_its_citation(
    shown: Statement, cited: Citation, caplog: pytest.LogCaptureFixture
) -> None:
    assert ground((shown,), (cited,), INDEX) == ((), ())
    assert "dropped 1 of 1" in caplog.text


def test_one_bad_statement_leaves_the_others_under_their_numbers() -> None:
    kept, citations = ground(
        (statement("Invented."), statement("The limit is £207,720.", 2)), (citation(), citation(2)), INDEX
    )
    assert [each.citations for each in kept] == [(2,)]
    assert [each.number for each in citations] == [2]
