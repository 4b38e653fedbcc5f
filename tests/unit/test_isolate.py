"""Reading in a child process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import LoadError
from ingest.load import isolate, load
from ingest.load.isolate import load_isolated

_TEXT = "Councils must plan for exit before they publish a tender notice and keep the plan up to date. " * 4


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    path = tmp_path / "-guide ünï.md"
    path.write_text(f"# Exit\n\n## Plan\n\n{_TEXT}\n\n- a\n- b\n\n| A | B |\n| - | - |\n| 1 | £½ |\n", encoding="utf-8")
    return path


def test_it_gives_what_load_gives(guide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(guide.parent)
    assert load_isolated(Path(guide.name)) == load(guide)


def test_reasons_come_back(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^no\.md: there is no such file\. Check the name and the folder\.$"):
        load_isolated(tmp_path / "no.md")


def test_the_child_gets_no_secret(guide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    popen = subprocess.Popen

    def watched(*arguments: object, **options: object) -> object:
        seen.append(dict(options["env"]))
        return popen(*arguments, **options)

    monkeypatch.setenv("GUIDANCE_API_KEY", "secret")
    monkeypatch.setattr(isolate.subprocess, "Popen", watched)
    load_isolated(guide)
    assert len(seen) == 1
    assert "secret" not in seen[0].values()
    assert not any(name.startswith(("GUIDANCE", "PYTHONPATH", "HOME")) for name in seen[0])


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "slow.md"
    path.write_text("[" * 400_000)
    start = time.monotonic()
    with pytest.raises(LoadError, match=r"^slow\.md: reading it took longer than 1 s\. "):
        load_isolated(path, seconds=1)
    assert time.monotonic() - start < 10


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    path.write_text("Councils should plan.\n\n" * 80_000)
    with pytest.raises(LoadError, match=r"^large\.md: reading it needed more than 160 MB of memory\. "):
        load_isolated(path, memory_mb=160)


def _script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Has another program answer in place of `python -m ingest.load`."""
    (tmp_path / "ingest" / "load").mkdir(parents=True)
    (tmp_path / "ingest" / "__init__.py").touch()
    (tmp_path / "ingest" / "load" / "__init__.py").touch()
    (tmp_path / "ingest" / "load" / "__main__.py").write_text(code)
    monkeypatch.setattr(isolate, "_ROOT", tmp_path)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os; os.abort()", "it could not be read"),
        ("import sys; sys.exit(1)", "it could not be read"),
        ("print('{')", "it could not be read"),
        ('print(\'{"document": null, "error": null}\')', "it could not be read"),
        ("raise MemoryError", "it could not be read"),
        ("import sys; sys.exit(3)", "needed more than 512 MB"),
        ("import sys; sys.stdout.write(' ' * (21 << 20))", "more than 20 MB of text"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "took longer than 20 s"),
    ],
)
def test_every_end_of_the_child_has_a_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, guide: Path, code: str, reason: str
) -> None:
    _script(monkeypatch, tmp_path, code)
    with pytest.raises(LoadError, match=reason):
        load_isolated(guide, seconds=20)


def test_the_child_is_killed_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, guide: Path) -> None:
    pids = tmp_path / "pids"
    _script(
        monkeypatch,
        tmp_path,
        "import os, subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{other.pid}}')\ntime.sleep(60)\n",
    )
    start = time.monotonic()
    with pytest.raises(LoadError, match="took longer than 1 s"):
        load_isolated(guide, seconds=1)
    assert time.monotonic() - start < 10
    for pid in map(int, pids.read_text().split()):
        assert _ends(pid)


def _ends(pid: int) -> bool:
    """Whether a process has ended, or does so within 5 seconds; a zombie has."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_limits_are_set_before_the_file_is_opened(guide: Path) -> None:
    code = (
        "import resource, runpy, sys, ingest.load as package\n"
        "def load(path):\n"
        "    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)\n"
        "    print([resource.getrlimit(kind)[0] for kind in kinds], file=sys.stderr)\n"
        "    return original(path)\n"
        "original, package.load = package.load, load\n"
        f"sys.argv = ['x', {str(guide)!r}, '7', '512', '20']\n"
        "runpy.run_module('ingest.load', run_name='__main__')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=isolate._ROOT, check=False)
    assert run.returncode == 0
    assert run.stderr == f"[{512 << 20}, 7, {20 << 20}, 0]\n"
    assert run.stdout.startswith('{"document":{"title":"Exit"')
