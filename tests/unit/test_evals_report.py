"""The report stands by itself, and text is never markup in it."""

import re
from html.parser import HTMLParser

from eval_examples import GOOD, make_answer, make_case, make_held, make_record

from evals.accepted import accept
from evals.gate import Rules, judge
from evals.metrics import METRICS, measure, summarise
from evals.report import Judged, html, markdown
from evals.runs import RunInfo, scored

HELD = make_held()
CASES = [
    make_case("fine"),
    make_case("hostile", question="<script>alert(1)</script> & what?", shows=["<b>never there</b>"]),
    make_case("new-one", status=["unanswerable"], sources=[], shows=[], nation="wales"),
]
RECORDS = [
    make_record(CASES[0]),
    make_record(CASES[1], make_answer(GOOD, notices={"digest": ()})),
    make_record(CASES[2]),
]
INFO = RunInfo(
    id="run", created="2026-11-22", build_id="build-1", corpus_digest=None, channel="in this process", tag=None,
    seconds=1.0, version="0", case_digests={},
)  # fmt: skip


def judged(*, compared: bool = True) -> Judged:
    scores, summary = scored(CASES, RECORDS, HELD)
    before = accept(INFO, CASES[:1], scored(CASES[:1], RECORDS[:1], HELD)[0]) if compared else None
    rules = Rules.model_validate({"floors": {"passed": {"all": 0.9, "held_out": 0.0, "target": 1.0}}})
    return Judged(
        info=INFO, cases=CASES, records=RECORDS, held=HELD, scores=scores, summary=summary, rules=rules,
        accepted=before, verdict=judge(CASES, scores, summary, before, rules) if before else None,
    )  # fmt: skip


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_nothing_is_loaded_from_anywhere_and_no_script_runs() -> None:
    text = html(judged())
    page = read(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "b"}
    links = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("href", "src")]
    assert all(link is not None and link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; what?" in text


def test_tables_have_captions_and_headers_and_drawings_a_text() -> None:
    page = read(html(judged()))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") > 5
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.tags if tag == "th")
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert len(drawings) == 2
    assert all(each["role"] == "img" and each["aria-labelledby"] in ids for each in drawings)
    assert ("html", {"lang": "en-GB"}) in page.tags


def test_every_link_of_the_page_leads_somewhere() -> None:
    page = read(html(judged()))
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert {attributes["href"] for tag, attributes in page.tags if tag == "a"} <= {f"#{each}" for each in ids}


def test_failing_cases_stand_there_with_what_was_expected_and_why_they_failed() -> None:
    text = html(judged())
    assert "does not show &#39;&lt;b&gt;never there&lt;/b&gt;&#39;" in text
    assert "status is answered, not unanswerable" in text
    assert text.count('class="state">new case') == 2
    assert 'id="case-fine"' not in text


def test_a_summary_says_whether_the_gate_is_open() -> None:
    closed = markdown(judged())
    assert "**The gate is closed.**" in closed
    assert "- Cases passed over all cases is 33.3%, below its floor of 90.0%" in closed
    assert "| Cases passed | 33.3 %" in closed
    assert "No run has been accepted yet" in markdown(judged(compared=False))
    assert "No run has been accepted yet" in html(judged(compared=False))


def test_slices_columns_and_the_confusion_matrix_count_every_case() -> None:
    scores, summary = scored(CASES, RECORDS, HELD)
    assert summary["slices"]["nation"]["wales"]["passed"]["cases"] == 1
    assert set(summary["slices"]["publisher"]) == {"LGA", "none named"}
    assert summary["confusion"] == {"answered": {"answered": 2}, "unanswerable": {"answered": 1}}
    columns = summary["metrics"]["passed"]
    assert columns["all"]["cases"] == sum(columns[name]["cases"] for name in ("tuning", "held_out") if name in columns)
    assert summarise(CASES, scores, HELD)["failed"] == 2


def test_latency_is_a_median_and_a_95th_percentile() -> None:
    cases = [make_case(f"case-{number}") for number in range(100)]
    records = [make_record(case, milliseconds=float(number)) for number, case in enumerate(cases, 1)]
    scores, _ = scored(cases, records, HELD)
    found = {metric.name: measure(metric, scores) for metric in METRICS if metric.unit == "ms"}
    assert [round(each["value"], 2) for each in found.values() if each] == [50.5, 95.05]
