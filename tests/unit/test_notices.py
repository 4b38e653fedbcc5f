from datetime import date

import pytest
from index_builder import build_index, make_source

from assistant.compose import Quote, cite
from assistant.notices import notices
from assistant.query import understand
from assistant.types import Citation, ContentKind, Hit, LegalRegime, Nation, Notice, NoticeKind, Source, SourceStatus

TODAY = date(2026, 11, 22)


def notices_for(
    *sources: Source, question: str = "What?", today: date = TODAY, others: tuple[Source, ...] = ()
) -> tuple[Notice, ...]:
    index = build_index(
        [*sources, *others], {source.id: {"H": [f"Text of {source.id}."]} for source in (*sources, *others)}
    )
    citations: list[Citation] = []
    for number, source in enumerate(sources, 1):
        passage = next(each for each in index.passages if each.source_id == source.id)
        hit = Hit(passage=passage, source=source, dense=1, sentences=(1,), lexical=1, coverage=1, score=1)
        citations.append(cite(Quote(hit=hit, start=0, end=4, score=1), number))
    return notices(understand(question, index), citations, index, today)


def original(source_id: str = "one", **changes: object) -> Source:
    return make_source(source_id, content=ContentKind.ORIGINAL, **changes)


def test_a_current_original_needs_no_notice() -> None:
    assert notices_for(original()) == ()


def test_a_digest_is_labelled_as_ours_with_its_numbers() -> None:
    [notice] = notices_for(make_source("a"), original("b"), make_source("c"))
    assert notice.kind is NoticeKind.DIGEST
    assert "Quotes [1], [3] are from our own summaries" in notice.text
    assert notice.source_ids == ("a", "c")


def test_a_superseded_source_names_what_replaced_it() -> None:
    old = original(
        "old",
        title="Old strategy",
        status=SourceStatus.SUPERSEDED,
        superseded_by=("new",),
        superseded_note="Replaced in 2022.",
    )
    [notice] = notices_for(old, others=(original("new", title="New strategy", published="2022"),))
    assert notice.kind is NoticeKind.SUPERSEDED
    assert "“Old strategy”" in notice.text
    assert "Replaced in 2022." in notice.text
    assert "“New strategy” (LGA, 2022)" in notice.text
    assert notice.source_ids == ("old", "new")


@pytest.mark.parametrize("status", [SourceStatus.CURRENT, SourceStatus.HISTORIC])
def test_text_that_rests_on_repealed_law_never_comes_without_saying_so(status: SourceStatus) -> None:
    [notice] = notices_for(original(status=status, legal_regime=LegalRegime.PCR_2015))
    assert notice.kind is NoticeKind.SUPERSEDED
    assert "24 February 2025" in notice.text
    assert "Procurement Act 2023" in notice.text


@pytest.mark.parametrize(
    ("field", "day", "before", "on", "after"),
    [
        ("valid_to", date(2027, 12, 31), 0, 0, 1),
        ("review_by", date(2026, 12, 1), 0, 0, 1),
        ("valid_from", date(2027, 1, 1), 1, 0, 0),
    ],
)
def test_dates_are_walked_past(field: str, day: date, before: int, on: int, after: int) -> None:
    source = original(**{field: day})
    counts = [len(notices_for(source, today=date.fromordinal(day.toordinal() + step))) for step in (-1, 0, 1)]
    assert counts == [before, on, after]


def test_a_nation_that_the_source_was_not_written_for_is_named() -> None:
    english = original(nations=(Nation.ENGLAND,), title="English guide")
    [notice] = notices_for(english, question="Does this hold for Welsh councils?")
    assert notice.kind is NoticeKind.NATION
    assert "Wales" in notice.text
    assert "“English guide”" in notice.text
    assert notices_for(english, question="Does this hold for English councils?") == ()
    assert notices_for(english, question="Does this hold for councils?") == ()


def test_the_gravest_comes_first() -> None:
    source = make_source("one", status=SourceStatus.HISTORIC, superseded_note="Old.", valid_to=date(2020, 1, 1))
    assert [notice.kind for notice in notices_for(source)] == [
        NoticeKind.SUPERSEDED,
        NoticeKind.DATE,
        NoticeKind.DIGEST,
    ]
