"""What collecting leaves behind: our own static files, joined, minified, hashed, compressed, and nothing else."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.template import Context, Template
from django.test import override_settings

from quorate.common.storage import HashedStaticFilesStorage
from tasks_app import tools

ROOT = Path(__file__).resolve().parents[3]
BACKEND = {"BACKEND": "quorate.common.storage.HashedStaticFilesStorage"}
# How a template names one of our files: by tag, or as the sheet or script of a kind.
NAMED = re.compile(r"""\{% (?:static|module) ['"]([^'"]+)['"]""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("collected")
    with override_settings(STATIC_ROOT=root, STORAGES={**settings.STORAGES, "staticfiles": BACKEND}):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield root


@pytest.fixture
def served(collected: Path) -> dict[str, str]:
    """Name → hashed name of every file that may be named."""
    paths: dict[str, str] = json.loads((collected / "staticfiles.json").read_text())["paths"]
    return paths


def test_every_file_a_template_names_is_served(served: dict[str, str]) -> None:
    named = {name for path in (ROOT / "templates").rglob("*.html") for name in NAMED.findall(path.read_text())}
    assert "js/pages/demos.js" in named
    assert named - served.keys() == set()


def test_no_part_is_served_on_its_own(served: dict[str, str]) -> None:
    assert [name for name in served if name.startswith("css/parts/")] == []
    assert "js/annotate/dom.js" not in served
    assert "js/annotate.js" in served


def test_scripts_import_hashed_files_that_are_there(collected: Path, served: dict[str, str]) -> None:
    imports = {
        (name, found)
        for name, hashed in served.items()
        if name.startswith("js/")
        for found in re.findall(r'from\s*"([^"]+)"', (collected / hashed).read_text())
    }
    assert len(imports) > 10
    known = {Path(hashed).name for hashed in served.values()}
    assert {(name, found) for name, found in imports if Path(found).name not in known} == set()


@pytest.mark.parametrize("tool", tools.all_tools(), ids=lambda tool: tool.kind)
def test_work_page_of_a_kind_is_one_script_with_its_tool(
    tool: tools.Tool, collected: Path, served: dict[str, str]
) -> None:
    text = (collected / served[tool.page_script]).read_text()
    assert re.findall(r'from\s*"([^"]+)"', text) == []
    assert f'"{tool.kind}"' in text
    assert tool.sheet in served


def test_served_files_are_compressed_ahead(collected: Path, served: dict[str, str]) -> None:
    for name in ("js/app.js", "css/site.css", "css/do/bounding_box.css"):
        plain = (collected / served[name]).read_bytes()
        assert gzip.decompress((collected / f"{served[name]}.gz").read_bytes()) == plain
        assert brotli.decompress((collected / f"{served[name]}.br").read_bytes()) == plain


def test_sheet_for_the_error_page_lies_under_its_plain_name(collected: Path) -> None:
    assert "@import" not in (collected / "css/site.css").read_text()


def test_collecting_again_gives_the_same_names(collected: Path, served: dict[str, str]) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    assert json.loads((collected / "staticfiles.json").read_text())["paths"] == served


def test_module_tag_hints_at_what_is_imported(collected: Path, served: dict[str, str]) -> None:
    storage = storages["staticfiles"]
    assert isinstance(storage, HashedStaticFilesStorage)
    assert storage.needs("js/tools/bounding_box.js") == ["js/annotate.js", "js/forms.js"]
    source = "{% load assets %}{% module 'js/requester/upload.js' 'js/tools/bounding_box.js' %}"
    html = Template(source).render(Context())
    hinted = ["js/tools/bounding_box.js", "js/app.js", "js/annotate.js", "js/forms.js"]
    assert re.findall(r'modulepreload" href="/static/([^"]+)"', html) == [served[name] for name in hinted]
    assert html.endswith(f'<script src="/static/{served["js/requester/upload.js"]}" type="module"></script>')


@override_settings(STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}})
def test_module_tag_hints_at_nothing_where_nothing_is_joined() -> None:
    html = Template("{% load assets %}{% module 'js/pages/work.js' %}").render(Context())
    assert html == '<script src="/static/js/pages/work.js" type="module"></script>'
