"""Changed terms and conflicts over values made here. The shipped data is tested in test_terms.py and test_conflicts.py."""

import pytest

from assistant.currency import (
    Conflict,
    Position,
    Term,
    TermKind,
    conflict_notice,
    expand,
    figures,
    find_conflicts,
    find_terms,
    term_notices,
)
from assistant.types import ContentKind, LegalRegime, Nation, NoticeKind, Source, SourceStatus


def changed(term, *also, now=("new name",), note=None, source="guide", patterns=()):
    return Term(
        term=term,
        also=also,
        kind=TermKind.CHANGED,
        now=now,
        note=note or f"{term} has changed.",
        source=source,
        patterns=patterns,
    )


def equivalent(term, *also, means):
    return Term(term=term, also=also, kind=TermKind.EQUIVALENT, means=means)


def source(id_, publisher="LGA", published="2017-07-11"):
    return Source(
        id=id_,
        ref=None,
        publisher=publisher,
        title=id_,
        url=None,
        alternates=(),
        published=published,
        published_note=None,
        status=SourceStatus.CURRENT,
        superseded_by=(),
        superseded_note=None,
        legal_regime=LegalRegime.INDEPENDENT,
        nations=(Nation.ENGLAND,),
        valid_from=None,
        valid_to=None,
        review_by=None,
        licence="not shown",
        format="html",
        content=ContentKind.DIGEST,
    )


MEAT = changed("MEAT", "most economically advantageous tender")
MAT = equivalent("MAT", means=("most advantageous tender",))
DPS = changed("dynamic purchasing system", "DPS", now=("dynamic market",))
PPN = changed("PPN 06/20", now=("PPN 002",))
G_CLOUD = changed("G-Cloud 14", now=("G-Cloud 15",))
SME = equivalent("SME", "small and medium-sized enterprise", "charity", means=("small firms",))
AMOUNT = changed("£214,904", now=("£207,720",))
GUIDE = changed("2019 councillor's guide")
STRATEGY = changed("National Procurement Strategy 2018", "one-third target")
NPS = equivalent("NPS", "National Procurement Strategy", means=("strategy",))
TERMS = (MEAT, MAT, DPS, PPN, G_CLOUD, SME, AMOUNT, GUIDE, STRATEGY, NPS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Do we award on MEAT?", (MEAT,)),
        ("the Most Economically Advantageous Tender, then", (MEAT,)),
        ("MEATs and MATs", (MEAT, MAT)),
        ("a dps or a Dps", (DPS,)),
        ("two DPSs and a DPS's end date", (DPS,)),
        ("dynamic-purchasing systems", (DPS,)),
        ("dynamic purchasing\u2011system", (DPS,)),
        ("PPN 06/20", (PPN,)),
        ("ppn 0620", (PPN,)),
        ("PPN06-20", (PPN,)),
        ("GCloud14, g cloud 14", (G_CLOUD,)),
        ("for SMEs", (SME,)),
        ("small and medium sized enterprises", (SME,)),
        ("charities", (SME,)),
        ("below £214,904.", (AMOUNT,)),
        ("below 214904", (AMOUNT,)),
        ("the 2019 councillors’ guide", (GUIDE,)),
        ("the 2019 councillors guide", (GUIDE,)),
        ("the one third target", (STRATEGY,)),
        ("(MEAT)/(MAT)", (MEAT, MAT)),
        ("SME, then DPS, then SME", (SME, DPS)),
    ],
)
def test_terms_are_found_as_officers_write_them(text, found):
    assert find_terms(text, TERMS) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "school meat supply",
        "a yoga mat",
        "FORMATS and MEATY",
        "PPN 06/201",
        "PPN 006/20",
        "G-Cloud 145",
        "£1,214,904",
        "£214,904,000",
        "£214,904.50",
        "SMEAR",
        "third target",
        "dynamic. Purchasing system",
    ],
)
def test_what_only_looks_like_a_term_is_left_alone(text):
    assert find_terms(text, TERMS) == ()


def test_the_longest_term_counts():
    assert find_terms("Is the National Procurement Strategy 2018 in use?", TERMS) == (STRATEGY,)
    assert find_terms("Is the National Procurement Strategy in use?", TERMS) == (NPS,)


def test_a_pattern_finds_what_plain_words_can_not_and_its_whole_match_counts():
    finder = changed("Contracts Finder")
    trigger = changed("trigger", patterns=(r"£25,000\b[^.]*\bcontracts finder",))
    terms = (finder, trigger)
    assert find_terms("Over £25,000 on Contracts Finder?", terms) == (trigger,)
    assert find_terms("A bill of £25,000.", terms) == ()
    assert find_terms("On Contracts Finder?", terms) == (finder,)


def test_letters_that_grow_when_folded_do_not_move_the_place():
    assert find_terms("İİİİ ß ﬁ MEAT", TERMS) == (MEAT,)


@pytest.mark.parametrize(
    ("question", "extra"),
    [
        ("Is a DPS allowed?", ("dynamic purchasing system", "dynamic market")),
        ("Is a dynamic purchasing system allowed?", ("dynamic market",)),
        # "SMEs" and "SME" have different stems.
        ("Do SMEs count?", ("SME", "small firms")),
        ("Do small and medium-sized enterprises, or small firms, count?", ("SME",)),
        ("Is a dynamic market a DPS?", ("dynamic purchasing system",)),
        ("What about KPIs?", ()),
    ],
)
def test_a_question_is_widened_by_what_it_does_not_hold(question, extra):
    assert expand(question, TERMS) == extra


def test_notices_come_once_each_and_those_of_the_question_first():
    notices = term_notices("Is a DPS awarded on MEAT? A DPS!", ["PPN 06/20 says MEAT.", "PPN 06/20 again."], TERMS)
    assert [notice.text for notice in notices] == [DPS.note, MEAT.note, PPN.note]
    assert {notice.kind for notice in notices} == {NoticeKind.CHANGED_TERM}
    assert notices[0].source_ids == ("guide",)


def test_terms_that_say_the_same_make_one_notice():
    terms = (changed("restricted procedure", note="All gone."), changed("competitive dialogue", note="All gone."))
    notices = term_notices("A restricted procedure or competitive dialogue?", [], terms)
    assert [notice.text for notice in notices] == ["All gone."]


def test_equivalent_terms_make_no_notice_and_an_unsourced_one_names_no_source():
    assert term_notices("Is MAT for SMEs?", ["MAT"], TERMS) == ()
    assert term_notices("PPN 01/22?", [], (changed("PPN 01/22", source=None),))[0].source_ids == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("£2bn or £2 billion", {"£2b"}),
        ("£2.8bn, £360m and £25k", {"£2.8b", "£360m", "£25k"}),
        ("£207,720 and £1,000.50.", {"£207720", "£1000.50"}),
        ("23%, 23 per cent or 23 percent", {"23%"}),
        ("86 councils, over 100", {"86", "100"}),
        ("in 2024/25", {"2024"}),
        ("no figure", set()),
    ],
)
def test_figures_have_one_form(text, found):
    assert figures(text) == found


SPEND = Conflict(
    id="spend",
    topic="how much councils spend on IT",
    ask=("council IT/technology spend/budget",),
    figures=True,
    positions=(
        Position(claim="about £2bn", source="strategy", anchor="Councils spend about £2bn a year on IT."),
        Position(claim="£2.9bn in 2024/25", source="index", anchor="Council IT procurement is £2.9bn."),
        Position(claim="reported elsewhere: £19bn"),
    ),
    tell="Give the year.",
)
ADVICE = Conflict(
    id="advice",
    topic="frameworks",
    ask=("too many framework", "should use framework"),
    figures=False,
    positions=(
        Position(claim="more", source="index", anchor="Use more frameworks."),
        Position(claim="fewer", by="a survey", source="strategy", anchor="Ask for fewer frameworks than 19."),
    ),
    tell="Weigh it.",
)
CONFLICTS = (SPEND, ADVICE)


@pytest.mark.parametrize(
    ("question", "cited", "touched"),
    [
        # A quote is, or holds, an anchor.
        ("Anything?", [("strategy", "Councils spend about £2bn a year on IT.")], (SPEND,)),
        ("Anything?", [("index", "See this: Use more frameworks. And more.")], (ADVICE,)),
        # A quote of any source is about the matter and holds a disputed figure.
        ("Anything?", [("report", "Council technology budgets reached £2.9 billion.")], (SPEND,)),
        ("Anything?", [("report", "Council spending on IT is £19bn.")], (SPEND,)),
        # The question is about the matter and a source that takes a position, or a figure, is cited.
        ("How much do councils spend on IT?", [("index", "It has grown.")], (SPEND,)),
        ("How much do councils spend on IT?", [("report", "It is £2.9bn.")], (SPEND,)),
        ("Should we use a framework?", [("strategy", "Plan early.")], (ADVICE,)),
        ("Are there TOO MANY frameworks? What do councils spend on IT?", [("index", "Yes.")], (SPEND, ADVICE)),
    ],
)
def test_conflicts_that_an_answer_touches(question, cited, touched):
    assert find_conflicts(question, cited, CONFLICTS) == touched


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("How much do councils spend on IT?", []),
        # An unrelated answer from a source that takes a position.
        ("Who wrote the strategy?", [("strategy", "Local government wrote it.")]),
        # The question is about it, but nothing cited is.
        ("How much do councils spend on IT?", [("report", "Plan early.")]),
        # The same figure of something else, and the same matter without a disputed figure.
        ("Anything?", [("index", "Spending through G-Cloud was £2.9bn.")]),
        ("Anything?", [("index", "Councils should control IT spending.")]),
        ("Anything?", [("index", "In 2024 councils set IT budgets.")]),
        # "it" is not "IT".
        ("What does it cost a council to spend less?", [("index", "Plan early.")]),
        # A figure says nothing where the matter is advice.
        ("Anything?", [("report", "There are too many frameworks: 19.")]),
        # The sentence of another source.
        ("Anything?", [("report", "Use more frameworks.")]),
    ],
)
def test_conflicts_that_an_answer_does_not_touch(question, cited):
    assert find_conflicts(question, cited, CONFLICTS) == ()


def test_a_notice_tells_every_position_side_by_side():
    sources = {"strategy": source("strategy"), "index": source("index", "techUK", None)}
    notice = conflict_notice(SPEND, sources)
    assert notice.kind is NoticeKind.CONFLICT
    assert notice.text == (
        "Sources give different figures for how much councils spend on IT: about £2bn (LGA, 2017); "
        "£2.9bn in 2024/25 (techUK, undated); reported elsewhere: £19bn. Give the year."
    )
    assert notice.source_ids == ("strategy", "index")


def test_a_notice_names_whose_claim_it_is_and_leaves_out_what_is_not_in_the_build():
    notice = conflict_notice(ADVICE, {"strategy": source("strategy")})
    assert notice.text == "Guidance differs on frameworks: fewer (a survey). Weigh it."
    assert notice.source_ids == ("strategy",)
