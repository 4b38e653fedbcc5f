"""The passage page, read as a browser would read it."""

from datetime import date
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from test_api_serving import DATA_QUOTE, ID, make_client

from api.pages.frame import clock, web_link


class Page(HTMLParser):
    """The elements of a page in order, each with its attributes and all the text inside it."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self._open = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag):
        return [element for element in self.elements if element["tag"] == tag]

    def texts(self, tag):
        return [" ".join(element["text"].split()) for element in self.all(tag)]


def open_page(source_id, quoted=None, today=date(2026, 11, 22)):
    client = make_client()
    client.app.dependency_overrides[clock] = lambda: lambda: today
    query = f"?quote={quote(quoted)}" if quoted is not None else ""
    response = client.get(f"/passages/{ID[source_id]}{query}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return Page(response.text)


def test_the_quote_is_marked_within_its_section():
    page = open_page("loti-data", DATA_QUOTE)
    assert page.texts("mark") == [DATA_QUOTE]
    assert page.texts("h1") == ["Data wording"]
    assert page.texts("h2") == ["Charges for data"]
    (cited,) = [element for element in page.elements if element.get("id") == "cited"]
    assert cited["text"].strip() == f"LOTI drew up wording on exit. {DATA_QUOTE} Ask early."
    (section,) = page.all("section")
    assert "The wording is free to use." in section["text"]
    assert "three themes" not in section["text"]


def test_facts_of_the_source_are_shown():
    assert dict(zip(open_page("loti-data").texts("dt"), open_page("loti-data").texts("dd"), strict=True)) == {
        "Publisher": "LOTI",
        "Published": "November 2020",
        "Status": "Current",
        "Applies in": "England",
        "Text held": "our own summary, not the publisher’s words",
    }


def test_superseded_guidance_never_appears_without_a_warning():
    page = open_page("lga-old")
    (warning,) = [element["text"] for element in page.elements if "grave" in element.get("class", "")]
    assert "is superseded" in warning
    assert "New procurement guide" in warning
    assert "was due for review on 31 January 2018" in warning
    assert not [element for element in open_page("loti-data").elements if "grave" in element.get("class", "")]


def test_the_date_that_counts_is_today():
    warnings = " ".join(open_page("lga-old", today=date(2017, 12, 31)).texts("li"))
    assert "is superseded" in warnings
    assert "due for review" not in warnings


def test_a_quote_that_does_not_stand_there_is_said_to_be_missing():
    page = open_page("loti-data", "A supplier may charge.")
    assert page.all("mark") == []
    assert "The quoted words are not in this passage." in page.texts("strong")


def test_without_a_quote_nothing_is_marked_or_missing():
    page = open_page("loti-data")
    assert page.all("mark") == []
    assert page.texts("strong") == ["Current"]


def test_text_of_the_corpus_is_never_markup():
    page = open_page("lga-hostile", "Ampersands & <i>angles</i>")
    assert page.all("script") == page.all("i") == page.all("b") == []
    assert page.texts("h1") == ["<script>alert(1)</script>"]
    assert page.texts("mark") == ["Ampersands & <i>angles</i>"]


def test_a_quote_is_never_markup():
    page = open_page("loti-data", '"><script>alert(1)</script>')
    assert page.all("script") == []


def test_only_web_addresses_are_linked():
    assert not [link for link in open_page("lga-hostile").all("a") if link["href"].startswith("javascript")]
    assert "https://www.local.gov.uk/example" in [link["href"] for link in open_page("loti-data").all("a")]


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "data:text/html,x", "//elsewhere.example", "file:///etc"]
)
def test_other_schemes_are_no_links(url):
    assert web_link(url) is None


def test_one_can_read_on():
    page = open_page("loti-data")
    (following,) = [link for link in page.all("a") if link.get("rel") == "next"]
    assert make_client().get(following["href"]).status_code == 200
    assert not [link for link in page.all("a") if link.get("rel") == "prev"]


def test_an_endless_quote_is_refused():
    response = make_client().get(f"/passages/{ID['loti-data']}?quote={'x' * 10_001}")
    assert response.status_code == 422
    assert response.json()["detail"] == "quote must have at most 10,000 characters."
