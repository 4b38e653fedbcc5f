"""The same text in several sources is indexed once, under the best of them; what only looks alike is kept."""

import random
import string
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_builder import make_passage, make_source

from assistant.types import Nation, Passage, Source, SourceStatus
from ingest.chunk import passages
from ingest.corpus import read_corpus
from ingest.load import load
from ingest.near_duplicates import SAME, describe, without_near_duplicates

PROJECT = Path(__file__).parents[2]
SAMPLES = PROJECT.parent / "shared" / "samples" / "markdown"
TEXT = (
    "A council that buys planning software should agree early on how it will leave the contract again. "
    "The supplier hands over all data in an open format, helps the next supplier for a fair price, and deletes its copies "
    "once the council has confirmed that everything arrived."
)
OLD = make_source("lga-old", status=SourceStatus.SUPERSEDED, superseded_by=("lga-new",), published="2026")
NEW = make_source("lga-new", published="2024")


def document(source: Source, *texts: str, headings: tuple[str, ...] = ("Exit",)) -> tuple[Source, list[Passage]]:
    return source, [
        make_passage(source.id, text, heading_path=headings, position=place) for place, text in enumerate(texts)
    ]


def dropped_from(*documents: tuple[Source, list[Passage]]) -> list[str]:
    """Ids of the sources whose passages were dropped."""
    return [each.passage.source_id for each in without_near_duplicates(documents)[1]]


def test_the_current_edition_is_kept_wherever_it_stands_and_all_else_stays_in_place() -> None:
    own = "What stands in the old edition alone stays, because nobody else says so in these words."
    old, new = document(OLD, TEXT, own), document(NEW, "Only the new edition says that this is so.", TEXT)
    for documents in ([old, new], [new, old]):
        kept, [dropped] = without_near_duplicates(documents)
        assert dict(kept) == {OLD: [old[1][1]], NEW: new[1]}
        assert [source for source, _ in kept] == [source for source, _ in documents]
        assert (dropped.passage, dropped.kept, dropped.similarity) == (old[1][0], new[1][1], 1.0)
    assert old[1][1].position == 1


@pytest.mark.parametrize(
    ("first", "second", "dropped"),
    [
        ({"published": "2024"}, {"published": "2025"}, "first"),
        ({"published": "2025"}, {"published": "2024-12-31"}, "second"),
        ({"published": None}, {"published": "2019"}, "first"),
        ({"published": "2024"}, {"published": "2024"}, "second"),
        ({"status": SourceStatus.HISTORIC, "published": "2026"}, {"published": "2019"}, "first"),
        ({"status": SourceStatus.HISTORIC}, {"status": SourceStatus.SUPERSEDED}, "second"),
    ],
)
def test_the_better_source_is_current_then_later_then_first(
    first: dict[str, object], second: dict[str, object], dropped: str
) -> None:
    documents = [document(make_source("first", **first), TEXT), document(make_source("second", **second), TEXT)]
    assert dropped_from(*documents) == [dropped]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("A council that buys", "A COUNCIL  that buys,"),
        ("helps the next supplier for a fair price", "helps the next supplier at a fair price"),
        ("has confirmed that everything arrived", "has confirmed that all of it arrived"),
    ],
)
def test_nearly_the_same_words_are_the_same_text(old: str, new: str) -> None:
    assert dropped_from(document(NEW, TEXT), document(OLD, TEXT.replace(old, new, 1) if old else TEXT)) == ["lga-old"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("should agree", "must agree"),
        ("how it will leave", "how it will not leave"),
        ("all data", "all 12 sets of data"),
        ("A council that buys planning software should agree early on how it will leave the contract again. ", ""),
        ("the next supplier for a fair price", "nobody else, unless the council pays what it costs, and"),
    ],
)
def test_what_an_answer_could_turn_on_keeps_both(old: str, new: str) -> None:
    assert old in TEXT
    assert dropped_from(document(NEW, TEXT), document(OLD, TEXT.replace(old, new))) == []


@pytest.mark.parametrize(
    ("one", "other"), [("£207,720", "£214,904"), ("three", "four"), ("10%", "10.5%"), ("can", "can't")]
)
def test_figures_and_turns_that_differ_keep_both_however_alike_the_rest_is(one: str, other: str) -> None:
    text = TEXT + " What it asks for at least, from January on in England, is {} and nothing else."
    assert dropped_from(document(NEW, text.format(one)), document(OLD, text.format(other))) == []
    assert dropped_from(document(NEW, text.format(one)), document(OLD, text.format(one))) == ["lga-old"]


def test_names_that_differ_keep_both_between_publishers_only() -> None:
    text = "Camden Council asks for this in its contracts. " + TEXT
    other = text.replace("Camden", "Barnet")
    theirs = make_source("barnet-terms", publisher="Barnet Council", published="2020")
    assert dropped_from(document(NEW, text), document(theirs, other)) == []
    assert dropped_from(document(NEW, text), document(theirs, text)) == ["barnet-terms"]
    assert dropped_from(document(NEW, text), document(OLD, other)) == ["lga-old"]


def test_a_passage_stays_for_a_nation_in_which_the_better_source_does_not_apply() -> None:
    scottish = replace(OLD, nations=(Nation.ENGLAND, Nation.SCOTLAND))
    assert dropped_from(document(NEW, TEXT), document(scottish, TEXT)) == []
    wider = replace(NEW, nations=tuple(Nation))
    assert dropped_from(document(wider, TEXT), document(scottish, TEXT)) == ["lga-old"]


def test_a_short_text_needs_the_same_heading_too() -> None:
    short = "No notice is needed."
    new = document(NEW, short, headings=("Direct award",))
    assert dropped_from(new, document(OLD, short, headings=("Framework",))) == []
    assert dropped_from(new, document(OLD, short, headings=("direct award",))) == ["lga-old"]


def test_texts_of_one_source_are_left_alone_and_odd_ones_do_no_harm() -> None:
    assert dropped_from(document(NEW, TEXT, TEXT + " Again.")) == []
    assert dropped_from(document(NEW, "…", "Yes", "")) == []
    assert without_near_duplicates([]) == ((), ())


def test_three_editions_leave_one_and_a_withdrawn_best_one_brings_the_next() -> None:
    middle = make_source("lga-middle", status=SourceStatus.SUPERSEDED, superseded_by=("lga-new",), published="2022")
    oldest = make_source("lga-oldest", status=SourceStatus.SUPERSEDED, superseded_by=("lga-middle",), published="2020")
    documents = [document(source, TEXT) for source in (oldest, middle, NEW)]
    assert dropped_from(*documents) == ["lga-oldest", "lga-middle"]
    assert dropped_from(*documents[:2]) == ["lga-oldest"]


def test_the_report_says_how_many_of_which_source_stand_where() -> None:
    texts = [
        TEXT,
        TEXT.upper().replace("A COUNCIL", "EVERY BODY IN ENGLAND"),
        "One more thing is said here in so many words.",
    ]
    _, dropped = without_near_duplicates([document(NEW, *texts), document(OLD, *texts)])
    assert describe(dropped) == ["lga-old: 3 passages left out, the same text as in lga-new"]
    assert describe(dropped[:1]) == ["lga-old: 1 passage left out, the same text as in lga-new"]


@given(st.lists(st.sampled_from("ab cd ef gh ij kl mn op qr st".split()), min_size=8, max_size=60), st.data())
def test_candidates_are_found_whenever_the_sets_are_alike(words: list[str], data: st.DataObject) -> None:
    """The prefix filter must lose no pair that the definition, computed in full, calls the same."""
    place = data.draw(st.integers(0, len(words) - 1))
    other = [*words[:place], data.draw(st.sampled_from(["zz", "ab"])), *words[place + 1 :]]
    shingles = [{tuple([*each, "", ""][at : at + 3]) for at in range(len(each))} for each in (words, other)]
    alike = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1]) >= SAME
    found = dropped_from(document(NEW, " ".join(words)), document(OLD, " ".join(other)))
    assert found == (["lga-old"] if alike else [])


def test_the_shipped_digests_share_facts_and_no_passage(tmp_path: Path) -> None:
    corpus = read_corpus(PROJECT / "corpus", tmp_path)
    documents = [(source, passages(loaded, source)) for source, loaded in corpus.documents]
    kept, dropped = without_near_duplicates(documents)
    assert dropped == ()
    assert list(kept) == documents


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of other people's texts is not here")
def test_an_old_edition_of_a_real_guide_gives_way_to_the_new_one() -> None:
    def sample(name: str, status: SourceStatus) -> tuple[Source, list[Passage]]:
        source = make_source(name, status=status)
        return source, passages(load(SAMPLES / f"{name}.md"), source)

    parts = ["1-introduction", "2-basic-principles", "3-budgeting-tech", "4-questions-to-ask", "qasp"]
    old = sample("state-field-guide-old", SourceStatus.SUPERSEDED)
    new = [sample(name, SourceStatus.CURRENT) for name in parts]
    kept, dropped = without_near_duplicates([old, *new])
    assert len(dropped) >= 0.95 * len(old[1])
    assert {each.passage.source_id for each in dropped} == {"state-field-guide-old"}
    assert [found for _, found in kept[1:]] == [found for _, found in new]


def test_ten_thousand_passages_take_seconds() -> None:
    chance = random.Random(7)
    vocabulary = ["".join(chance.choices(string.ascii_lowercase, k=6)) for _ in range(5000)]
    documents = [
        document(make_source(f"source-{number:03}"), *(" ".join(chance.choices(vocabulary, k=90)) for _ in range(100)))
        for number in range(100)
    ]
    documents[1][1][0] = replace(documents[0][1][0], id="source-001:copy", source_id="source-001")
    began = time.process_time()
    _, dropped = without_near_duplicates(documents)
    # Under two seconds on a free machine; the limit leaves room for a busy one.
    assert time.process_time() - began < 6
    assert [each.passage.id for each in dropped] == ["source-001:copy"]
