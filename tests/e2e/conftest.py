"""Fixtures over the real thing: the shipped corpus, the real model, the real stores."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.answer import Assistant
from assistant.assembly import open_assistant
from assistant.settings import AssistantSettings

PROJECT = Path(__file__).parents[2]
SHARED = PROJECT.parent / "shared"


def run_module(
    data: Path,
    module: str,
    *arguments: str,
    corpus: Path = PROJECT / "corpus",
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m MODULE …` as a person would, over a data folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUIDANCE_")}
    environment |= {"GUIDANCE_DATA_DIR": str(data), "GUIDANCE_INGEST_CORPUS_DIR": str(corpus), "COLUMNS": "200"}
    environment |= settings or {}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", module, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def built_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with a build of the shipped corpus. Read only: a test that changes it takes `own_data`.

    Processes of one run share it: the first that needs it builds it.
    """
    own = tmp_path_factory.getbasetemp()
    data = (own if worker_id == "master" else own.parent) / "built" / "data"
    data.parent.mkdir(exist_ok=True)
    with FileLock(data.with_name("lock")):
        if (data / "current").exists():
            return data
        # What was embedded and exported before this run is the same by its hash; a clean clone has nothing of it.
        for kept in ("models", "cache"):
            if (PROJECT / "data" / kept).is_dir():
                shutil.copytree(PROJECT / "data" / kept, data / kept, dirs_exist_ok=True)
        done = run_module(data, "ingest", "build")
        assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture
def own_data(built_data: Path, tmp_path: Path) -> Path:
    """A copy of the built data folder that a test may change."""
    copy = tmp_path / "data"
    shutil.copytree(built_data, copy)
    return copy


@pytest.fixture
def own_corpus(tmp_path: Path) -> Path:
    """A copy of the corpus that a test may change."""
    copy = tmp_path / "corpus"
    shutil.copytree(PROJECT / "corpus", copy)
    return copy


@pytest.fixture(scope="session")
def assistant(built_data: Path) -> Assistant:
    """The assistant over the shipped corpus, as it is served."""
    return open_assistant(AssistantSettings(data_dir=built_data))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Other people's documents, beside the project where they are."""
    if not (SHARED / "samples").is_dir():
        pytest.skip("the folder of other people's samples is not beside the project")
    return SHARED
