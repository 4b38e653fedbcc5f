"""Cases that can't be meant as they are written are refused, with file and line."""

from pathlib import Path

import pytest

from evals.cases import CaseError, case_places, read_cases, real_questions

GOOD = """\
- id: threshold
  question: What is the threshold?
  status: [answered]
  sources: [lga-new]
  shows: ["£207,720"]
  tags: [fact]
  author: a test
  why: It matters.
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_good_case_is_read(tmp_path: Path) -> None:
    [(case, where)] = case_places(write(tmp_path, good=GOOD))
    assert (case.id, where, case.kind, case.must_answer) == ("threshold", "good.yaml, line 1", "fact", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bad.yaml: is empty. Put cases in it, or delete it."),
        ("# only a comment\n", "bad.yaml: is empty."),
        ("id: threshold\n", "bad.yaml: must be a list of cases, each beginning with “- id:”."),
        (GOOD.replace("  status", "\tstatus"), "bad.yaml, line 3: is indented with a tab."),
        (GOOD.replace("[answered]", "[answered"), "bad.yaml, line 4: can't be read as YAML"),
        (GOOD + "\n" + GOOD, "bad.yaml, line 10: the id threshold is used at bad.yaml, line 1, too."),
        (GOOD.replace("status:", "statuss:"), "bad.yaml, line 1 (threshold): there is no field “statuss”. Fields: id,"),
        (GOOD.replace("  why: It matters.\n", ""), "bad.yaml, line 1 (threshold): the field “why” is missing."),
        (GOOD.replace("[answered]", "[answerd]"), "bad.yaml, line 1 (threshold): status.0: Input should be 'answered'"),
        (GOOD.replace("It matters.", "'FILL IN: why'"), "why: is still to be filled in."),
        (GOOD + '  never: ["207,720"]\n', "'£207,720' must be shown, and '207,720' in it never."),
        (GOOD.replace("[answered]", "[declined]"), "“sources” asks for guidance to be shown, and no status does that."),
        (GOOD + "  status: [partial]\n", "bad.yaml, line 9: the field “status” stands twice in one case."),
        (
            GOOD + "\n" + GOOD.replace("id: threshold", "id: other").replace("[answered]", "[partial]"),
            "bad.yaml, line 10 (other): the same question has to be partial here, and answered at bad.yaml, line 1",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CaseError) as raised:
        case_places(write(tmp_path, bad=text))
    assert message in str(raised.value)


def test_every_problem_of_every_file_is_listed(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"^3 problem") as raised:
        case_places(write(tmp_path, a="", b=GOOD.replace("  why: It matters.\n", "").replace("[fact]", "[]")))
    assert str(raised.value).count("\n  - ") == 3


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"- id: \xff\n")
    with pytest.raises(CaseError, match=r"bad\.yaml: is not UTF-8"):
        case_places(tmp_path)


def test_an_unknown_tag_and_an_empty_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no cases in"):
        read_cases(tmp_path)
    with pytest.raises(CaseError, match="with the tag “law”.*Tags: fact"):
        read_cases(write(tmp_path, good=GOOD), "law")


def test_the_shipped_cases_are_valid_and_a_third_is_held_out() -> None:
    cases = read_cases()
    assert sum(case.must_not_answer for case in cases) >= 80
    assert sum(not case.must_not_answer for case in cases) >= 250
    assert 0.28 < sum(case.held_out for case in cases) / len(cases) < 0.38


def test_a_changed_expectation_and_a_changed_question_show(tmp_path: Path) -> None:
    def read(text: str) -> tuple[str, str]:
        [case] = read_cases(write(tmp_path, one=text))
        return case.asked, case.digest

    asked, digest = read(GOOD)
    assert read(GOOD.replace("It matters.", "It matters a lot.")) == (asked, digest)
    assert read(GOOD.replace("£207,720", "£1")) != (asked, digest)
    assert read(GOOD.replace("£207,720", "£1"))[0] == asked
    assert read(GOOD.replace("What is", "What was"))[0] != asked


def test_real_questions_are_a_line_each_and_expect_nothing(tmp_path: Path) -> None:
    path = tmp_path / "asked.txt"
    path.write_text("What now?\n\n  And then?  \n", encoding="utf-8")
    assert [case.question for case in real_questions(path)] == ["What now?", "And then?"]
    with pytest.raises(CaseError, match="one question a line"):
        real_questions(tmp_path / "none.txt")
