"""The reader of conflicts.yaml, and the shipped conflicts: every disagreement of the inventory is told, and no other."""

from pathlib import Path

import pytest
import yaml

from assistant.currency import conflict_notice, find_conflicts
from assistant.errors import ManifestError
from assistant.types import NoticeKind
from ingest.chunk import passages
from ingest.conflicts import read_conflicts
from ingest.load import load
from ingest.manifest import digest_path, read_manifest

CORPUS = Path(__file__).parents[2] / "corpus"
SOURCES = read_manifest(CORPUS)
BY_ID = {source.id: source for source in SOURCES}
CONFLICTS = read_conflicts(CORPUS, SOURCES)
EVERY_SOURCE = [(source.id, "This sentence says nothing in particular.") for source in SOURCES]

# What an officer asks, and the conflict that the answer must show. The inventory's 6 A, 1 to 12, then 6 B, then 6 D, 20 to 27.
QUESTIONS = {
    "How many tenders get only one bid?": "single-bid-share",
    "How much do councils spend on IT?": "council-it-spend",
    "Is council technology spending growing?": "council-it-growth",
    "What share of London's IT spend goes to 15 suppliers?": "london-supplier-concentration",
    "How many boroughs gave data to City Tools?": "city-tools-coverage",
    "How big is public procurement in total?": "public-procurement-total",
    "What do councils spend on procurement?": "council-procurement-total",
    "How much does bad contract management cost?": "contract-management-nine-per-cent",
    "How many English councils are there?": "number-of-english-councils",
    "When did the strategic supplier programme start?": "strategic-supplier-programme-start",
    "When did LOTI begin?": "loti-start-and-membership",
    "How many boroughs are members of LOTI?": "loti-start-and-membership",
    "Who created the TOMs?": "toms-origin",
    "How many officials were interviewed for LOTI's toolkit?": "toolkit-interviewees",
    "How many councils publish a modern slavery statement?": "modern-slavery-statement-count",
    "Do 5% of suppliers find innovation easy?": "innovation-five-per-cent",
    "What does central government spend on technology?": "public-digital-spend",
    "when does g-cloud 15 start": "g-cloud-15-value-and-start",
    "The Act started on 28 October 2024, right?": "procurement-act-start",
    "When was Procuring the Smarter State published?": "smarter-state-date",
    "In what month was the 2018 National Procurement Strategy published?": "strategy-2018-month",
    "Is the Social Value Act 2012 or 2013?": "social-value-act-year",
    "What is the date of the NPPS?": "npps-date",
    "Which strategy does the diagnostic use?": "diagnostic-strategy",
    "Is the directors of procurement cyber guidance only for planning?": "directors-cyber-guidance-scope",
    "Should we use a framework?": "frameworks-more-or-fewer",
    "Is it better to pool our procurement with neighbours?": "aggregate-or-split",
    "Should we favour local suppliers?": "local-preference-or-scale",
    "How do I make suppliers improve continuously?": "improvement-or-modification",
    "What weighting should social value have?": "social-value-criterion-or-burden",
    "Can bidders use AI to write their bid?": "ai-in-bids-or-product",
    "Can I rely on a supplier's Cyber Essentials certificate?": "cyber-certificate-or-proof",
    "Do Welsh councils have the same threshold?": "scope-by-nation",
}


def positions():
    return [(conflict, each) for conflict in CONFLICTS for each in conflict.positions if each.source]


def sentences(source_id):
    source = BY_ID[source_id]
    for passage in passages(load(digest_path(CORPUS, source)), source):
        yield from (passage.text[each.start : each.end] for each in passage.sentences)


def test_every_conflict_is_asked_for_by_an_officer():
    assert {conflict.id for conflict in CONFLICTS} == set(QUESTIONS.values())


@pytest.mark.parametrize(("question", "expected"), QUESTIONS.items())
def test_a_question_with_a_source_that_takes_a_position_is_told(question, expected):
    touched = find_conflicts(question, EVERY_SOURCE, CONFLICTS)
    assert expected in [conflict.id for conflict in touched]
    assert len(touched) <= 2, "a question should not set off a volley"
    assert expected not in [conflict.id for conflict in find_conflicts(question, [], CONFLICTS)]


def test_every_anchor_is_a_sentence_that_an_answer_can_quote_and_touches_its_conflict():
    held = {source_id: set(sentences(source_id)) for source_id in {each.source for _, each in positions()}}
    for conflict, position in positions():
        assert position.anchor in held[position.source], position.anchor
        assert conflict in find_conflicts("Anything?", [(position.source, position.anchor)], CONFLICTS)


@pytest.mark.parametrize(
    ("source_id", "quote", "expected"),
    [
        (
            "techuk-procurement-friend-or-foe-2019",
            "techUK's 2019 article repeats that councils spend £2bn a year on IT, £1bn of it on applications.",
            "council-it-spend",
        ),
        (
            "public-sector-executive-lga-it-strategy-2017",
            "Public Sector Executive's 2017 report puts council IT spend at about £2bn a year, with £1bn of it on finding and "
            "supporting applications.",
            "council-it-spend",
        ),
        (
            "loti-city-tools-london",
            "Eddie Copeland's January 2020 article says 91% of London councils' technology spend goes to 15 suppliers.",
            "london-supplier-concentration",
        ),
    ],
)
def test_a_disputed_figure_is_told_wherever_it_stands(source_id, quote, expected):
    assert [conflict.id for conflict in find_conflicts("Anything?", [(source_id, quote)], CONFLICTS)] == [expected]


@pytest.mark.parametrize(
    "question",
    [
        "What are the themes and enablers of the 2022 National Procurement Strategy?",
        "Can a supplier charge us to get our own data out?",
        "Does our council have to publish a pipeline notice?",
        "What is the council threshold for services? And does that include VAT?",
        "Which housing system should we buy?",
        "What is an open framework?",
        "How do I call off from a framework?",
        "Tell me more about framework call-offs",
        "Which councils may reserve contracts?",
        "Does a council have to publish a modern slavery statement?",
        "What should I ask an AI supplier about equality?",
        "How do I set minimum cyber controls?",
        "What does it cost to spend a year at the council?",
        "Can we change a contract without a new procurement?",
        "What happens when a supplier breaches the contract?",
        "Who leads on the technology pipeline?",
        "What are the five stages of LOTI's toolkit?",
        "Must we award to the lowest price?",
        "Can a contract be awarded without competition?",
        "How long can a G-Cloud 14 contract last?",
    ],
)
def test_an_ordinary_question_touches_nothing_whatever_is_cited(question):
    assert find_conflicts(question, EVERY_SOURCE, CONFLICTS) == ()


@pytest.mark.parametrize(
    ("source_id", "quote"),
    [
        (
            "government-commercial-agency-g-cloud-14-15",
            "Spending through G-Cloud was £3.1bn in 2023/24 and £2.9bn in 2024/25, press and legal reports say.",
        ),
        (
            "techuk-local-government-index-procurement",
            "G-Cloud 13 is the largest of the five frameworks in the techUK Index, at £117m.",
        ),
        ("lga-social-value-toolkit", "Hammersmith and Fulham was first to publish a Social Value Statement."),
        ("cabinet-office-frameworks", "Sections 45 to 49 of the Procurement Act 2023 cover frameworks."),
        ("loti-toolkit-methodology", "LOTI's weeknote 63 says more than 40 suppliers were engaged."),
        (
            "lga-strategic-supplier-review-2020-21",
            "LGA's 2020/21 strategic supplier review counts 327 English councils as LGA members.",
        ),
        (
            "cabinet-office-transitional-arrangements",
            "A procurement begun on or after 24 February 2025 follows the Procurement Act 2023 alone.",
        ),
        (
            "loti-city-tools-london",
            "City Tools for London was launched on 13 November 2019, and LOTI's article about it followed on 19 November 2019.",
        ),
    ],
)
def test_another_sentence_of_the_same_source_touches_nothing(source_id, quote):
    assert find_conflicts("Anything?", [(source_id, quote)], CONFLICTS) == ()


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda conflict: conflict.id)
def test_a_notice_shows_every_position_and_what_to_do(conflict):
    notice = conflict_notice(conflict, BY_ID)
    assert notice.kind is NoticeKind.CONFLICT
    assert all(position.claim in notice.text for position in conflict.positions)
    assert notice.text.endswith(conflict.tell)
    assert set(notice.source_ids) == {position.source for position in conflict.positions if position.source}


DIGEST = (
    "---\nsource: {0}\n---\n# Title\n\n## Heading of it\n<!-- provenance: document -->\nIt is £2bn. It is not £3bn.\n"
)
ONE, OTHER = SOURCES[0], SOURCES[1]
ENTRY = {
    "id": "spend",
    "topic": "the spend",
    "ask": ["council spend"],
    "figures": True,
    "positions": [
        {"claim": "£2bn", "source": ONE.id, "anchor": "It is £2bn."},
        {"claim": "not £3bn", "by": "someone", "source": OTHER.id, "anchor": "It is not £3bn."},
    ],
    "tell": "Give the year.",
}


@pytest.fixture
def read(tmp_path):
    for source in (ONE, OTHER):
        path = digest_path(tmp_path, source)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DIGEST.format(source.id), encoding="utf-8")

    def read_rows(*rows):
        (tmp_path / "conflicts.yaml").write_text(yaml.safe_dump(list(rows), allow_unicode=True), encoding="utf-8")
        return read_conflicts(tmp_path, SOURCES)

    return read_rows


def with_position(**changes):
    return {**ENTRY, "positions": [{**ENTRY["positions"][0], **changes}, ENTRY["positions"][1]]}


def test_entries_become_conflicts(read):
    (conflict,) = read(ENTRY)
    assert (conflict.id, conflict.ask, conflict.figures, conflict.tell) == (
        "spend",
        ("council spend",),
        True,
        "Give the year.",
    )
    assert [(each.claim, each.by, each.source) for each in conflict.positions] == [
        ("£2bn", None, ONE.id),
        ("not £3bn", "someone", OTHER.id),
    ]
    assert read() == ()


def test_a_position_may_be_known_from_reports_only(read):
    (conflict,) = read(with_position(claim="reported elsewhere: £4bn", source=None, anchor=None))
    assert conflict.positions[0].source is None


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({**ENTRY, "colour": "red"}, "unknown field 'colour'"),
        (with_position(colour="red"), "unknown field 'positions.0.colour'"),
        ({**ENTRY, "ask": []}, "field 'ask'"),
        ({**ENTRY, "positions": ENTRY["positions"][:1]}, "field 'positions'"),
        ({**ENTRY, "tell": "No stop"}, "full stop"),
        (with_position(anchor=None), "source and anchor go together"),
        (with_position(source=None, anchor=None), "begins with 'reported elsewhere'"),
        (with_position(source="nowhere"), "the source 'nowhere' is not in the manifest. Add it to sources.yaml"),
        (with_position(anchor="It is £2 bn."), "does not hold the anchor 'It is £2 bn.'. Copy the sentence"),
        (with_position(anchor="Heading of it"), "does not hold the anchor"),
        (with_position(source=SOURCES[2].id), "is missing. Write it, or take the position out."),
        ({**ENTRY, "positions": [{"claim": "reported elsewhere: 1"}] * 2}, "no position has a source"),
        (
            {**ENTRY, "positions": [{**each, "claim": "words"} for each in ENTRY["positions"]]},
            "no claim holds a figure",
        ),
        ({"topic": "x"}, "conflict number 1: field 'id' is missing"),
    ],
)
def test_a_wrong_entry_is_named_with_its_remedy(read, entry, problem):
    with pytest.raises(ManifestError) as caught:
        read(entry)
    assert problem in str(caught.value)


def test_every_problem_is_listed(read):
    with pytest.raises(ManifestError, match=r"has 3 problem\(s\)") as caught:
        read(ENTRY, with_position(anchor="Not there."), {**ENTRY, "id": "Not An Id"})
    assert "conflict spend: the id is used 2 times" in str(caught.value)
    assert "'Not there.'" in str(caught.value)
    assert "conflict Not An Id" in str(caught.value)
