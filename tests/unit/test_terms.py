"""The reader of terms.yaml, and the shipped terms: every superseded rule of the inventory has its notice."""

import time
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from assistant.currency import TermKind, find_terms, term_notices
from assistant.errors import ManifestError
from assistant.types import NoticeKind
from ingest.manifest import read_manifest
from ingest.sentences import sentence_spans
from ingest.terms import read_terms

CORPUS = Path(__file__).parents[2] / "corpus"
SOURCES = read_manifest(CORPUS)
TERMS = read_terms(CORPUS, SOURCES)


class Rule(NamedTuple):
    """A superseded rule: a question in the old words, old text (as digests have it), and what the notice must tell."""

    question: str
    old_text: str
    told: tuple[str, ...]


# The inventory's 6 C, in its order. Three lines a rule.
NOT_HELD = "(in no digest) "
TABLE = """
Do EU procurement rules still apply to us?
    LGA's 2017 digital category strategy was written under the Public Contracts Regulations 2015 and EU rules.
    EU procurement rules | Procurement Act 2023 | 24 February 2025
Which regulation of PCR 2015 covers this?
    LGA's PCR 2015 toolkit was written for procurement staff, who need procurement as a core skill.
    Procurement Act 2023 | 24 February 2025
we want to extend under reg. 72
    Brabners reports that contracts from earlier procurements stay under regulation 72 of the Public Contracts Regulations 2015.
    still governs | before 24 February 2025
Shall we run a restricted procedure?
    The competitive flexible procedure replaces the restricted procedure,
    competitive flexible procedure | 24 February 2025
is a CPN ok for a new CRM
    competitive procedure with negotiation (CPN)
    competitive flexible procedure | 24 February 2025
Can we use competitive dialogue?
    negotiation, competitive dialogue,
    competitive flexible procedure | 24 February 2025
Can I still run an innovation partnership?
    multi-stage procedures of the 2015 regulations, including innovation partnership, government guidance says.
    competitive flexible procedure | 24 February 2025
Is a design contest lawful?
    and design contest, GOV.UK guidance says.
    competitive flexible procedure | 24 February 2025
can we set up a dps for laptops
    LGA's "Behaving commercially" page offers guidance on the dynamic purchasing system (DPS).
    dynamic markets are thought | no source held here confirms
Must we award on MEAT?
    LGA's "Behaving commercially" page also links to material on MEAT and to courses on the EU directives.
    most advantageous tender (MAT) | not of policy
When do I publish in OJEU?
    (in no digest) The council advertised the contract in the OJEU.
    Find a Tender | no source held here confirms
Does recital 71 let us buy together?
    LOTI's toolkit takes three forms of joint buying from recital 71 of EU Directive 2014/24.
    Recital 71 | Procurement Act 2023
Do we still advertise on Contracts Finder?
    According to ITProPortal, 65% of firms in techUK's 2016 survey got no help from Contracts Finder.
    central digital platform | no source held here confirms
do contracts over £25k have to be advertised
    For procurements begun on or after 24 February 2025, advice that cites £25,000 on Contracts Finder is out of date.
    £25,000 | notifiable from £30,000
Is £189,330 the threshold?
    The council threshold was £213,477 in 2022-23 and £189,330 in 2020-21, so neither figure is current.
    £207,720 including VAT | 1 January 2026
threshold of 213477?
    The council threshold was £213,477 in 2022-23 and £189,330 in 2020-21, so neither figure is current.
    £207,720 including VAT | 1 January 2026
Is the limit £214,904 or more?
    Until 31 December 2025 the council threshold for goods and services was £214,904 including VAT, law firms report.
    £207,720 including VAT | 1 January 2026
Doesn't section 17 stop us choosing a local firm?
    LGA's bulletin of 21 July 2023 warned councils about changes to section 17 of the Local Government Act 1988.
    in England | below-threshold | 4 February 2026
Is publishing our procurement pipeline voluntary?
    LOTI's toolkit says publishing the pipeline lets the market know what the council needs.
    £100m | pipeline notice
Do we have to spend £1 in £3 with SMEs?
    Press reports of techUK's 2018 report cite the aim of that time that £1 in every £3 should reach SMEs by 2022.
    do not bind councils | maximise
what is the one third SME target
    In techUK's 2020 survey 66% of SMEs doubted the one-third spending target, up from 63% before.
    do not bind councils
Does PPN 0620 apply?
    PPN 002 is dated 13 February 2025 and replaces PPN 06/20.
    PPN 002 | not councils
Does PPN 09/23 apply?
    PPN 014 dates from February 2025 and replaces PPN 09/23.
    PPN 014 | councils may choose
Does Procurement Policy Note 02/24 apply?
    PPN 017 replaced PPN 02/24 of 25 March 2024 from 24 February 2025.
    PPN 017 | policy unchanged
Does PPN 11/20 let us reserve contracts?
    Central government uses PPN 005 to reserve contracts instead, and PPN 005 has replaced PPN 11/20.
    PPN 005 | Order of 2026
Does PPN 1/22 apply?
    (in no digest) Councils follow PPN 01/22.
    PPN 007 | no source held here confirms
Do we buy on the Digital Marketplace?
    In techUK's 2020 survey 60% of SMEs said the Digital Marketplace helps.
    Contract Award Service | NDX
which ccs framework is best
    CCS offered to support the boroughs' joint buying, according to LOTI's account of the December 2020 workshop.
    Government Commercial Agency | April 2026
Can a supplier complain to Mystery Shopper?
    ITProPortal reports that 86% of firms in techUK's 2016 survey had never used the Mystery Shopper service.
    Public Procurement Review Service | no source held here confirms
Does G-Cloud 14 end in April 2026?
    Advice that G-Cloud 14 ends in April 2026 is out of date.
    28 October 2026 | G-Cloud 15 | 17 September 2026
What is in the 2014 National Procurement Strategy?
    LGA's 2014 strategy recommends category management in energy, ICT and construction.
    2022
Is NPS 2018 the one to use?
    The 2018 National Procurement Strategy names four enablers: talent, digital technology, innovation and change.
    2022 strategy
where is the 2019 councillors guide
    The LGA's own "Showing leadership" page still links to the 2019 councillor's guide, so check the year before you share a copy.
    2025 edition
What is LOTI's data ethics recommendation 12?
    A council may need a new procurement policy to follow LOTI's recommendation 12.
    Data and AI Ethics Capabilities Framework
"""


def rules():
    lines = [line.strip() for line in TABLE.strip().splitlines()]
    for question, old_text, told in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        yield Rule(question, old_text, tuple(told.split(" | ")))


RULES = tuple(rules())
RULE_ROWS = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.question)


def tells(notices, rule):
    return [notice for notice in notices if all(words in notice.text for words in rule.told)]


@RULE_ROWS
def test_an_officer_who_uses_the_old_words_is_told(rule):
    notices = term_notices(rule.question, [], TERMS)
    assert len(notices) == 1
    assert tells(notices, rule), notices
    assert notices[0].kind is NoticeKind.CHANGED_TERM


@RULE_ROWS
def test_an_officer_who_is_shown_old_text_is_told(rule):
    assert tells(term_notices("What should I know?", [rule.old_text], TERMS), rule)


def test_the_old_text_stands_in_the_corpus():
    digests = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("digests/*/*.md")))
    missing = [rule.old_text for rule in RULES if rule.old_text not in digests]
    assert missing == [text for text in missing if text.startswith(NOT_HELD)]
    assert len(missing) == 2, "only OJEU and PPN 01/22 stand in no digest"


@pytest.mark.parametrize(
    "question",
    [
        "What are the themes of the 2022 National Procurement Strategy?",
        "Does our council have to publish a pipeline notice?",
        "What does section 17 of the Procurement Act say about market engagement?",
        "What is the goods and services threshold for councils now?",
        "Which contracts need three KPIs?",
        "We are tendering for school meat. Which mat is best?",
        "Can SMEs bid for a £25,000 grant?",
        "Public procurement is one pound in three of public spending?",
        "Scottish councils follow the Public Contracts (Scotland) Regulations 2015.",
        "Is the open procedure quicker than the competitive flexible procedure?",
        "Does PPN 002 bind us, and PPN 014?",
    ],
)
def test_current_words_bring_no_notice(question):
    assert term_notices(question, [], TERMS) == ()


def test_a_sentence_with_all_the_old_procedures_brings_one_notice():
    old = "the restricted procedure, competitive procedure with negotiation, competitive dialogue, innovation partnership and design contest"
    assert len(term_notices(old, [old], TERMS)) == 1


def test_every_note_is_one_sentence():
    assert [term.term for term in TERMS if term.note and len(sentence_spans(term.note)) != 1] == []


def test_what_no_source_confirms_is_marked_and_says_so():
    unconfirmed = {term.term: term.note for term in TERMS if not term.confirmed}
    assert unconfirmed.keys() >= {"dynamic purchasing system", "OJEU", "Contracts Finder", "Mystery Shopper"}
    assert [term for term, note in unconfirmed.items() if "no source held here confirms" not in note] == []


@pytest.mark.parametrize(
    "abbreviation",
    """SME VCSE KPI DPA API SaaS ITT RFQ PIN PME MAT MEAT CPN DPS CCS GCA NPPS NPS PPN TOMs DPIA PSED NDX LGR CSO RFP RFI SLA GDPR
    COTS ICT VFM TCoP DDaT NCSC LGA LOTI CIO CDO UK4 UK5""".split(),
)
def test_the_abbreviations_of_officers_are_known(abbreviation):
    assert find_terms(f"What about the {abbreviation} here?", TERMS)


def test_finding_terms_costs_less_than_a_millisecond():
    question = "Can we still use the restricted procedure or a DPS under PCR 2015, award on MEAT and advertise on Contracts Finder?"
    find_terms(question, TERMS)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        find_terms(question, TERMS)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.001


CHANGED = {"term": "Old", "kind": "changed", "now": ["New"], "note": "Old is New.", "source": SOURCES[0].id}
EQUIVALENT = {"term": "SME", "kind": "equivalent", "means": ["small firms"]}


def read(folder, rows):
    (folder / "terms.yaml").write_text(rows if isinstance(rows, str) else yaml.safe_dump(rows), encoding="utf-8")
    return read_terms(folder, SOURCES)


def test_rows_become_terms(tmp_path):
    old, sme = read(tmp_path, [{**CHANGED, "also": ["Older"], "since": "2025-02"}, EQUIVALENT])
    assert (old.term, old.also, old.since, old.kind) == ("Old", ("Older",), "2025-02", TermKind.CHANGED)
    assert (sme.means, sme.note, sme.source) == (("small firms",), None, None)
    assert read(tmp_path, []) == ()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({**CHANGED, "colour": "red"}, "unknown field 'colour'"),
        ({**CHANGED, "kind": "new"}, "field 'kind'"),
        ({**CHANGED, "note": None}, "needs a note"),
        ({**CHANGED, "note": "No stop"}, "with a full stop"),
        ({**CHANGED, "now": []}, "set confirmed: false"),
        ({**CHANGED, "source": None}, "set confirmed: false"),
        (
            {**CHANGED, "source": "nowhere"},
            "the source 'nowhere' is not in the manifest. Add it to sources.yaml or correct the id.",
        ),
        ({**CHANGED, "means": ["x"]}, "has no means"),
        ({**CHANGED, "since": "last year"}, "field 'since'"),
        ({**CHANGED, "also": ["?!"]}, "holds no letter or number"),
        ({**CHANGED, "patterns": ["("]}, "is not a regular expression"),
        ({**CHANGED, "patterns": ["(a)"]}, "capturing group"),
        ({**CHANGED, "patterns": ["a*"]}, "matches everywhere"),
        ({**EQUIVALENT, "means": []}, "needs means"),
        ({**EQUIVALENT, "note": "A note."}, "for changed terms"),
        ({"kind": "equivalent", "means": ["x"]}, "term number 1: field 'term' is missing"),
    ],
)
def test_a_wrong_row_is_named_with_its_remedy(tmp_path, row, problem):
    with pytest.raises(ManifestError) as caught:
        read(tmp_path, [row])
    assert problem in str(caught.value)


def test_every_problem_is_listed_and_a_spelling_belongs_to_one_term(tmp_path):
    rows = [CHANGED, {**EQUIVALENT, "also": ["O-L-D"]}, {**CHANGED, "term": "Third", "source": "nowhere"}]
    with pytest.raises(ManifestError, match=r"has 2 problem\(s\)") as caught:
        read(tmp_path, rows)
    assert "term SME: 'O-L-D' stands under the term Old, too. Keep it in one of them." in str(caught.value)
    assert "term Third: the source 'nowhere'" in str(caught.value)


@pytest.mark.parametrize(("text", "problem"), [("a: [", "can't be read as YAML"), ("a: b", "must be a list")])
def test_a_file_that_is_no_list_is_refused(tmp_path, text, problem):
    with pytest.raises(ManifestError, match=problem):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ManifestError, match="There is no file"):
        read_terms(tmp_path, SOURCES)
