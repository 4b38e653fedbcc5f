"""docs/authors.md is true: its commands, its rules and their limits, and its links."""

import re
from pathlib import Path

import typer

from evals.__main__ import app as evals_app
from ingest.__main__ import app
from ingest.check.across import COPIED_WORDS
from ingest.check.finding import Rule
from ingest.check.prose import HIGHEST_GRADE, MOST_WORDS
from ingest.settings import PREFIX, IngestSettings

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")


def test_every_command_named_is_there_and_every_task_has_one() -> None:
    named = set(re.findall(r"python -m ingest ([a-z-]+)", GUIDE))
    commands = {command.name for command in app.registered_commands}
    assert named - commands == set()
    # What authors need at hand; "check-links" and "fetch" stand there, too.
    assert {"add", "build", "check", "preview", "restore", "rollback", "status", "verify", "withdraw"} <= named


def test_every_option_shown_belongs_to_its_command() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, arguments in re.findall(r"\$ python -m ingest ([a-z-]+)(.*)", GUIDE):
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known


def test_every_command_of_the_evals_that_is_shown_is_there_with_its_options() -> None:
    commands = typer.main.get_command(evals_app).commands  # type: ignore[attr-defined]
    shown = re.findall(r"python -m evals ([a-z-]+)([^\n`]*)", GUIDE)
    assert {"run", "score", "check", "gate", "accept", "impact", "report", "gaps", "new"} <= {name for name, _ in shown}
    for name, arguments in shown:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", GUIDE, re.MULTILINE)
    assert [name for name, _ in rows] == [rule.value for rule in Rule]
    limits = dict(rows)
    assert f"{MOST_WORDS} words" in limits["length"]
    assert f"grade {HIGHEST_GRADE} " in limits["reading-age"]
    assert f"{COPIED_WORDS} words in a row" in limits["copied"]


def test_links_and_settings_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        file, _, anchor = target.partition("#")
        assert (ROOT / "docs" / file).is_file() if file else anchor in headings, target
    settings = {PREFIX + name.upper() for name in IngestSettings.model_fields}
    assert set(re.findall(rf"{PREFIX}\w+", GUIDE)) <= settings
    assert f"The last {['', '', 'two', 'three'][IngestSettings().keep_builds]} builds" in GUIDE
