"""The pages of the sources held."""

import pytest
from index_builder import build_index, make_source
from test_api_pages import Page
from test_api_serving import FakeServing, make_client

from api.pages.source_list import Wanted, by_publisher, matching, sections
from assistant.types import ContentKind, LegalRegime, Nation, SourceStatus


def open_list(**filters):
    response = make_client().get("/sources", params=filters)
    assert response.status_code == 200
    return Page(response.text)


def listed(page):
    return [each["href"] for each in page.all("a") if each["href"].startswith("/sources/")]


def test_all_sources_stand_under_their_publishers():
    page = open_list()
    assert page.texts("h2")[0] == "4 sources"
    assert page.texts("h3") == ["LGA 3 sources", "LOTI 1 source"]
    assert listed(page) == ["/sources/lga-hostile", "/sources/lga-new", "/sources/lga-old", "/sources/loti-data"]
    assert page.texts("h1") == ["Sources"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"publisher": "LOTI"}, ["loti-data"]),
        ({"nation": "wales"}, ["lga-new"]),
        ({"status": "superseded"}, ["lga-old"]),
        ({"kind": "original"}, ["lga-new"]),
        ({"title": "GUIDE procurement"}, ["lga-new", "lga-old"]),
        ({"title": " guide ", "status": "current"}, ["lga-new"]),
        ({"publisher": "LOTI", "status": "superseded"}, []),
        ({"status": "no such status"}, []),
        ({"title": "", "publisher": "", "nation": "", "status": "", "kind": ""}, ["lga-hostile", "lga-new", "lga-old", "loti-data"]),
    ],
)  # fmt: skip
def test_filters(filters, expected):
    page = open_list(**filters)
    assert listed(page) == [f"/sources/{each}" for each in expected]
    noun = "source" if len(expected) == 1 else "sources"
    assert page.texts("h2")[0].startswith(f"{len(expected)} {noun}")


def test_what_is_chosen_stays_chosen_and_can_be_cleared():
    page = open_list(publisher="LOTI", nation="england", title='"><b>')
    assert [each["value"] for each in page.all("option") if "selected" in each] == ["LOTI", "england"]
    (title,) = page.all("input")
    assert title["value"] == '"><b>'
    assert page.all("b") == []
    assert "Clear filters" in page.texts("a")
    assert "Clear filters" not in open_list().texts("a")


def test_options_say_how_many_there_are():
    options = open_list().texts("option")
    for each in ("LGA (3)", "LOTI (1)", "England (3)", "Wales (1)", "Current (3)", "Superseded (1)", "Our summary (3)"):
        assert each in options


def test_nothing_found_says_what_to_do():
    page = open_list(title="zebra")
    assert "No source held matches. Try fewer words, or set a filter back to “All”." in page.texts("p")
    assert "Show all sources" in page.texts("a")


def test_a_status_is_a_word():
    page = open_list(status="superseded")
    assert "Superseded" in page.texts("strong")


def test_what_stands_but_rests_on_earlier_law_says_so():
    source = make_source("lga-strategy", legal_regime=LegalRegime.PCR_2015)
    client = make_client(FakeServing(build_index([source], {})))
    for path in ("/sources", "/sources/lga-strategy"):
        assert "Written under earlier law" in Page(client.get(path).text).texts("strong")


def test_sources_of_a_publisher_come_newest_first():
    sources = [
        make_source(name, publisher=publisher, published=day, title=title)
        for name, publisher, day, title in [
            ("a", "techUK", None, "A"),
            ("b", "LGA", "2020", "B"),
            ("c", "techUK", "2025-01", "C"),
            ("d", "techUK", "2025-01", "b"),
        ]
    ]
    assert [(name, [each.id for each in group]) for name, group in by_publisher(sources)] == [
        ("LGA", ["b"]),
        ("techUK", ["d", "c", "a"]),
    ]


def test_a_filter_that_is_empty_limits_nothing():
    source = make_source("a")
    assert matching([source], Wanted()) == [source]
    assert not Wanted().limits()
    assert Wanted(kind="digest").limits()


def open_source(source_id):
    return Page(make_client().get(f"/sources/{source_id}").text)


def test_a_source_with_its_facts_and_sections():
    page = open_source("loti-data")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert facts["Publisher"] == "LOTI"
    assert facts["Published"] == "November 2020"
    assert facts["Status"].startswith("Current")
    assert facts["Text held"].startswith("Our summary")
    assert facts["Licence"] == "none shown by the publisher"
    assert facts["Original"] == "Read it at www.local.gov.uk"
    assert [each for each in page.texts("a") if each in {"Charges for data", "Themes"}] == [
        "Charges for data",
        "Themes",
    ]
    client = make_client()
    for link in page.all("a"):
        if link["href"].startswith("/passages/"):
            assert client.get(link["href"]).status_code == 200
    assert len([link for link in page.all("a") if link["href"].startswith("/passages/")]) == 4


def test_a_replaced_source_leads_to_what_replaced_it_and_back():
    page = open_source("lga-old")
    assert "Before you rely on this" in " ".join(page.texts("h2"))
    assert "/sources/lga-new" in listed(page)
    assert "/sources/lga-old" in listed(open_source("lga-new"))


def test_text_of_the_manifest_is_never_markup():
    page = open_source("lga-hostile")
    assert page.all("script") == page.all("b") == []
    assert page.texts("h1") == ["<script>alert(1)</script>"]
    assert not [link for link in page.all("a") if link["href"].startswith("javascript")]


def test_a_source_without_text_says_so():
    client = make_client(FakeServing(build_index([make_source("lga-bare", url=None)], {})))
    page = Page(client.get("/sources/lga-bare").text)
    assert "No text of it is held." in page.texts("p")
    assert "No web address is known." in page.texts("dd")


def test_an_unknown_source_is_a_page_with_the_way_on():
    response = make_client().get("/sources/%3Cb%3Enone", headers={"Accept": "text/html"})
    assert response.status_code == 404
    page = Page(response.text)
    assert page.texts("h1") == ["Not held"]
    assert {"/", "/sources"} <= {link["href"] for link in page.all("a")}
    assert page.all("b") == []


def test_sections_keep_the_order_of_the_text():
    index = build_index([make_source("a")], {"a": {"One": ["x.", "y."], "Two": ["z."]}})
    assert [(heading, len(group)) for heading, group in sections(index.passages)] == [("One", 2), ("Two", 1)]


def test_every_value_has_a_name():
    sources = [
        make_source(f"s{number}", status=status, nations=(nation,), content=kind)
        for number, (status, nation, kind) in enumerate(
            zip(SourceStatus, Nation, [ContentKind.DIGEST, ContentKind.ORIGINAL] * 2, strict=True)
        )
    ]
    client = make_client(FakeServing(build_index(sources, {})))
    assert client.get("/sources").status_code == 200
    assert all(client.get(f"/sources/{source.id}").status_code == 200 for source in sources)
