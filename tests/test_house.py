"""The rules of the house that no other tool keeps."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("platform", "tasks_app", "aggregation", "scripts", "benchmarks")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
# A longer module carries its reason here.
LONG_MODULES: dict[str, str] = {}
# What is read by others than settings.py: programs of ours that run without Django, and libpq the name of our connections.
OTHER_VARIABLES = {"DJANGO_SETTINGS_MODULE", "PGAPPNAME"}
LOCKED_EXPORTS = {
    "requirements.txt": ["--no-dev"],
    "requirements-s3.txt": ["--no-dev", "--extra", "s3"],
    "requirements-build.txt": ["--only-group", "build"],
    "requirements-dev.txt": ["--all-groups"],
}


def modules(*folders: str) -> list[Path]:
    """The Python files of our own, without migrations, which Django writes."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# --- The tree ---------------------------------------------------------------------------------------------------------


def test_platform_folder_hides_no_module_of_python() -> None:
    code = "import platform, uuid; print(platform.python_version())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ".".join(map(str, sys.version_info[:3]))


def test_tests_folder_is_no_package() -> None:
    assert [name_of(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_modules_are_short() -> None:
    too_long = {}
    for path in modules(*CODE):
        lines = len(path.read_text().splitlines())
        if lines > LONGEST_MODULE and name_of(path) not in LONG_MODULES:
            too_long[name_of(path)] = lines
    assert too_long == {}


def test_functions_are_short() -> None:
    too_long = {}
    for path in modules(*CODE):
        for node in functions(path):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                too_long[f"{name_of(path)}:{node.name}"] = lines
    assert too_long == {}


def test_no_error_is_caught_broadly() -> None:
    broad = []
    for path in modules(*CODE):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)} if node.type else {""}
                if caught & {"", "Exception", "BaseException"}:
                    broad.append(f"{name_of(path)}:{node.lineno}")
    assert broad == []


def test_what_a_page_is_waited_for_is_a_function() -> None:
    """Playwright evaluates anything else anew at each look, which the pages' policy forbids after the first."""
    waits = re.compile(r'wait_for_function\(\s*f?"(?!\(\)|\(?\w+\)? =>)')
    named = [
        name_of(path)
        for path in modules("tests", "benchmarks")
        if path != Path(__file__) and waits.search(path.read_text())
    ]
    assert named == []


def test_layer_contracts_stand() -> None:
    """lint-imports keeps them; this keeps them from being loosened unseen."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    house, inside, numbers = contracts
    assert house["layers"] == [
        "quorate.urls | quorate.celery | quorate.wsgi",
        "tasks_app",
        "quorate.ledger",
        "quorate.accounts",
        "quorate.events",
        "quorate.common",
        "aggregation",
    ]
    above, below = ["web | api", "domain", "queries", "models"], ["tools", "jobs | rules | errors", "enums"]
    assert inside["layers"] == [*above, "grammar", *below]
    assert inside["ignore_imports"] == ["tasks_app.jobs -> tasks_app.domain.**"]
    assert set(numbers["forbidden_modules"]) >= {"django", "celery", "pandas", "scipy", "quorate", "tasks_app"}


def test_jobs_take_ids_alone() -> None:
    """A job that carries data works on old data when it is late, and twice when it is doubled."""
    wrong = []
    for path in (ROOT / "tasks_app" / "jobs.py", *sorted((ROOT / "platform").rglob("jobs.py"))):
        for node in functions(path) if path.exists() else ():
            for argument in node.args.args + node.args.kwonlyargs:
                kind = ast.unparse(argument.annotation) if argument.annotation else "nothing"
                if kind != "int" or not argument.arg.endswith("_id"):
                    wrong.append(f"{name_of(path)}:{node.name}({argument.arg}: {kind})")
    assert wrong == []


# --- Dependencies -----------------------------------------------------------------------------------------------------


def locked_versions() -> dict[str, set[str]]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    versions: dict[str, set[str]] = {}
    for package in lock["package"]:
        versions.setdefault(package["name"], set()).add(package.get("version", ""))
    return versions


@pytest.mark.parametrize("name", LOCKED_EXPORTS)
def test_requirements_name_locked_versions_with_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().replace("\\\n", " ").strip())
    locked = locked_versions()
    pinned = [re.match(r"([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", entry) for entry in entries]
    assert [entry for entry, match in zip(entries, pinned, strict=True) if not match] == []
    assert [match[0] for match in pinned if match and match[2] not in locked.get(match[1], set())] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    if shutil.which("uv"):  # then to the letter
        options = ["--quiet", "--frozen", "--no-emit-project", "--no-annotate", "--no-header", *LOCKED_EXPORTS[name]]
        done = subprocess.run(["uv", "export", *options], cwd=ROOT, capture_output=True, text=True, check=True)
        assert (ROOT / name).read_text() == done.stdout


def direct_dependencies(project: dict[str, object]) -> set[str]:
    dependencies = project["dependencies"]
    assert isinstance(dependencies, list)
    return {re.split(r"[\[<>=~ ]", text)[0] for text in dependencies}


def test_requirements_hold_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = set(
        re.findall(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert direct_dependencies(project) - named == set()


# --- Documents --------------------------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """The environment variables that settings.py reads, by the first argument of its readers."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "platform/quorate/settings.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("env_"):
            name = node.args[0]
            if isinstance(name, ast.Constant):
                found.add(str(name.value))
    return found


def test_every_setting_is_documented_and_every_documented_setting_is_read() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"^\| *`([A-Z][A-Z0-9_]+)` *\|", text, re.MULTILINE))
    assert documented == variables_read()


def test_settings_alone_read_the_environment() -> None:
    readers = []
    for path in modules("platform", "tasks_app", "aggregation"):
        if path.name != "settings.py":
            named = re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\"([A-Z_]+)\"", path.read_text())
            readers += [f"{name_of(path)}: {name}" for name in named if name not in OTHER_VARIABLES]
    assert readers == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"])
def test_document_is_there(name: str) -> None:
    assert len((ROOT / name).read_text()) > 500


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    named = {name for path in documents for name in re.findall(r"`make ([a-z]+)", path.read_text())}
    assert named - targets == set()


def test_version_is_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.search(rf"^## .*{re.escape(version)}", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


# --- Front end --------------------------------------------------------------------------------------------------------


class Inline(HTMLParser):
    """Collects what the content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.script = tag == "script" and "src" not in values and values.get("type") != "application/json"
        if tag == "style":
            self.found.append(f"line {self.getpos()[0]}: <style>")
        if self.script:
            self.found.append(f"line {self.getpos()[0]}: <script>")
        self.found += [
            f"line {self.getpos()[0]}: {name}=" for name in values if name == "style" or name.startswith("on")
        ]


def test_templates_hold_nothing_inline() -> None:
    found = {}
    for path in sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.svg")]):
        parser = Inline()
        parser.feed(re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", path.read_text()))
        if parser.found:
            found[name_of(path)] = parser.found
    assert found == {}


def vendored() -> dict[str, list[str]]:
    """The table of static/vendor/README.md: file → its other cells."""
    rows = {}
    for line in (ROOT / "static/vendor/README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and cells[0] != "file" and not cells[0].startswith("-"):
            rows[cells[0]] = cells[1:]
    return rows


def test_vendored_files_are_what_their_list_says() -> None:
    folder = ROOT / "static" / "vendor"
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    del files["README.md"]
    listed = vendored()
    assert set(listed) == set(files)
    assert {name: cells[4] for name, cells in listed.items()} == {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
    }
    assert [name for name, cells in listed.items() if not all(cells)] == []


def test_node_reads_our_scripts_as_modules() -> None:
    assert json.loads((ROOT / "package.json").read_text())["type"] == "module"


# --- What is committed ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def committed() -> list[str]:
    if not (ROOT / ".git").exists():
        return [name_of(path) for path in ROOT.iterdir()]
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_nothing_made_or_secret_is_committed(committed: list[str]) -> None:
    unwanted = re.compile(r"(^|/)(\.env|secret_key|.*\.sqlite3|.*\.pyc|node_modules|__pycache__|dist|data)(/|$)")
    assert [name for name in committed if unwanted.search(name)] == []


def test_scripts_can_be_run() -> None:
    assert [
        name for name in ("manage.py", ".ci/run", "scripts/environment.sh") if not os.access(ROOT / name, os.X_OK)
    ] == []
