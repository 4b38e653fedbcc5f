"""The documentation is true: settings, fields, dependencies, and every file and name that it points to."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from evals.__main__ import app as evals_commands
from evals.cases import Case
from evals.metrics import METRICS
from evals.mutations import MUTATIONS
from ingest.__main__ import app as ingest_commands
from ingest.conflicts import ConflictRow, PositionRow
from ingest.manifest import SourceRow
from ingest.terms import TermRow

ROOT = Path(__file__).parents[2]
PAGES = ["docs/architecture.md", "docs/configuration.md", "docs/evals.md", "docs/security.md", "corpus/README.md"]
PAGES += [f"docs/adr/{path.name}" for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]
# A path of the project; after a colon a name in it, after two a test.
POINTER = re.compile(
    r"(?<![\w/.-])((?:assistant|ingest|api|evals|tests|docs|corpus|deploy)/(?:[\w.-]+/)*(?:[\w-]+\.)+[a-z]+)(?:::?([\w.]*\w))?"
)
FOLDER = re.compile(r"`((?:assistant|ingest|api|evals|tests|docs|corpus|deploy|\.ci)/(?:[\w-]+/)*)`")
LINK = re.compile(r"\]\(([\w./-]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_classes() -> list[type[BaseSettings]]:
    modules = [import_module(f"{path.parent.name}.settings") for path in sorted(ROOT.glob("*/settings.py"))]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseSettings) and value.__module__ == module.__name__
    ]


def fields() -> list[tuple[str, FieldInfo]]:
    return [
        (f"{settings.model_config['env_prefix']}{name}".upper(), field)
        for settings in settings_classes()
        for name, field in settings.model_fields.items()
    ]


def default_of(field: FieldInfo) -> str:
    if field.default is None:
        return "not set"
    return f"`{json.dumps(field.default) if isinstance(field.default, tuple) else field.default}`"


def range_of(field: FieldInfo) -> str | None:
    bounds = {
        name: getattr(each, name) for each in field.metadata for name in ("ge", "gt", "le") if hasattr(each, name)
    }
    if not bounds:
        return None
    return f"above {bounds['gt']}, to {bounds['le']}" if "gt" in bounds else f"{bounds['ge']} to {bounds['le']}"


def rows(text: str) -> dict[str, list[str]]:
    """The rows of all tables by their first cell."""
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    )
    return {first.strip("`"): rest for first, *rest in cells}


def test_settings_are_found() -> None:
    assert {"AssistantSettings", "IngestSettings", "ApiSettings"} <= {each.__name__ for each in settings_classes()}


@pytest.mark.parametrize(("variable", "field"), fields(), ids=[variable for variable, _ in fields()])
def test_every_setting_is_described_with_its_default_and_range(variable: str, field: FieldInfo) -> None:
    row = rows(read("docs/configuration.md")).get(variable)
    assert row is not None, f"docs/configuration.md has no row for {variable}"
    default, limits, effect, occasion = row
    assert default == default_of(field)
    assert limits == (range_of(field) or limits) != ""
    assert effect.endswith(".")
    assert occasion.endswith(".")


def test_no_setting_is_described_that_does_not_exist() -> None:
    described = {name for name in rows(read("docs/configuration.md")) if name.startswith("GUIDANCE_")}
    assert described == {variable for variable, _ in fields()}


def defined(text: str, name: str) -> bool:
    part = re.escape(name.rpartition(".")[2])
    return (
        re.search(rf"^\s*(?:(?:async )?def|class|function|export function) {part}\b|^{part}\b.*=", text, re.MULTILINE)
        is not None
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_name_that_a_page_points_to_exists(page: str) -> None:
    text = read(page)
    missing = [path for path, _ in POINTER.findall(text) if not (ROOT / path).is_file()]
    missing += [folder for folder in FOLDER.findall(text) if not (ROOT / folder).is_dir()]
    missing += [link for link in LINK.findall(text) if not (ROOT / page).parent.joinpath(link).exists()]
    assert missing == []
    named = [(path, name) for path, name in POINTER.findall(text) if name]
    assert [f"{path}:{name}" for path, name in named if not defined(read(path), name)] == []


def test_pages_do_point_to_files() -> None:
    assert len(set(POINTER.findall(read("docs/architecture.md")))) > 100
    assert not defined("def ask_case(): pass", "ask")


def test_every_module_of_the_core_stands_in_the_architecture() -> None:
    text = read("docs/architecture.md")
    layers = text.partition("## Layers inside")[2].partition("\n## ")[0]
    modules = [path.stem for path in (ROOT / "assistant").glob("*.py") if path.stem != "__init__"]
    assert [name for name in modules if not re.search(rf"(?<!\w){name}(?!\w)", layers)] == []


def test_every_command_of_ingest_stands_in_the_architecture() -> None:
    # Where one is new, look at the section on what is not built yet, too.
    described = set(re.findall(r"^\| `python -m ingest ([\w-]+)` \|", read("docs/architecture.md"), re.MULTILINE))
    assert described == {each.name for each in ingest_commands.registered_commands}


def table(page: str, heading: str) -> dict[str, list[str]]:
    """The rows under a heading by their first cell; several names in one cell have a row each."""
    section = read(page).partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return {name.strip(" `"): rest for first, rest in rows(section).items() for name in first.split(",")}


def test_every_metric_has_a_formula_and_a_blind_spot() -> None:
    described = table("docs/evals.md", "## Metrics")
    assert set(described) - {"metric", "---"} == {metric.name for metric in METRICS}
    assert all(len(described[metric.name]) == 2 and all(described[metric.name]) for metric in METRICS)


def test_every_field_of_a_case_is_described_and_the_example_is_one() -> None:
    described = table("docs/evals.md", "## A case")
    assert set(described) - {"field", "---"} == set(Case.model_fields)
    assert {name for name, cells in described.items() if cells[-1] == "yes"} == {
        name for name, field in Case.model_fields.items() if field.is_required()
    }
    [example] = re.findall(r"```yaml\n(.*?)```", read("docs/evals.md"), re.DOTALL)
    assert Case.model_validate(yaml.safe_load(example)[0])


def test_every_mutation_and_every_command_of_the_evals_is_described() -> None:
    assert set(table("docs/evals.md", "## The selftest")) - {"damage", "---"} == set(MUTATIONS)
    page = read("docs/evals.md")
    for command in evals_commands.registered_commands:
        assert f"python -m evals {command.name}" in page or f"`{command.name}`" in page, command.name


def test_the_example_workflow_runs_what_exists() -> None:
    workflow = read("deploy/ci/guidance.yml")
    assert yaml.safe_load(workflow)["jobs"]["evaluate"]["steps"]
    named = set(re.findall(r"python -m (evals|ingest) ([a-z-]+)", workflow))
    commands = {("evals", each.name) for each in evals_commands.registered_commands}
    commands |= {("ingest", each.name) for each in ingest_commands.registered_commands}
    assert {("ingest", "build"), ("evals", "gate"), ("evals", "impact"), ("evals", "report")} <= named <= commands


def requirements() -> list[str]:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return sorted({re.split(r"[=<>\[ ;]", each)[0] for group in groups for each in group})


@pytest.mark.parametrize("name", requirements())
def test_every_dependency_has_its_reason(name: str) -> None:
    [reason] = rows(read("docs/adr/0002-dependencies.md")).get(name, [""])
    assert reason.endswith("."), f"docs/adr/0002-dependencies.md has no row for {name}"


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("## A row of the manifest", SourceRow),
        ("## `terms.yaml`", TermRow),
        ("## `conflicts.yaml`", ConflictRow),
        ("## `conflicts.yaml`", PositionRow),
    ],
)
def test_every_field_of_the_corpus_is_described(heading: str, row: type[BaseModel]) -> None:
    section = read("corpus/README.md").partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    assert [name for name in row.model_fields if f"`{name}`" not in section] == []


def test_the_example_row_of_the_corpus_is_valid_and_whole() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", read("corpus/README.md"), re.DOTALL)
    [row] = yaml.safe_load(example)
    assert set(row) == set(SourceRow.model_fields)
    assert SourceRow.model_validate(row) in [
        SourceRow.model_validate(each) for each in yaml.safe_load(read("corpus/sources.yaml"))
    ]
