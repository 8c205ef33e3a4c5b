"""A page whose modules share a scope does what they do apart, whatever they call things."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from quorate.common.joining import join_modules

# Names that two have (`seen`, `label`), that another imports under another name, that a module takes of all another has,
# that a window has too (`open`), and a function used above where it stands.
ONE = """import { top } from "../a.js";

const seen = 1;
export function label() {
  top.push(["one", seen, helper()]);
}
function helper() {
  return typeof open;
}
"""
TWO = """import { label as first } from "./one.js";

const [left, right] = [2, "r"];
export const both = () => left + right;
export function label() {
  first();
  return left;
}
"""
THREE = """import * as two from "./two.js";
import { both } from "./two.js";
import { label } from "./one.js";

export const open = () => [two.label(), two.both === both, both(), label()];
"""
FOUR = """import { label } from "./two.js";
import { open as start } from "./three.js";

export const four = [start(), label()];
"""
ALL = """import { top } from "../a.js";
import { four } from "../parts/four.js";
import { label } from "../parts/two.js";

const seen = label();
console.log(JSON.stringify([seen, four, top]));
"""
SITE = {
    "js/a.js": "export const top = [];\n",
    "js/parts/one.js": ONE,
    "js/parts/two.js": TWO,
    "js/parts/three.js": THREE,
    "js/parts/four.js": FOUR,
    "js/pages/all.js": ALL,
}


def run(folder: Path, files: dict[str, str]) -> object:
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "module"}')
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    ran = subprocess.run(
        ["node", "js/pages/all.js"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_page_in_one_scope_does_what_its_modules_do(tmp_path: Path) -> None:
    joined = join_modules(SITE, top="js/").files
    assert "/parts/" not in joined["js/pages/all.js"]
    assert run(tmp_path / "joined", joined) == run(tmp_path / "apart", SITE)


def test_module_is_shut_only_where_its_names_would_meet_others() -> None:
    page = join_modules(SITE, top="js/").files["js/pages/all.js"]
    names = ("one", "two", "three", "four")
    assert [name for name in names if f"const of_js_parts_{name} = (" in page] == ["one", "three"]


def test_page_that_calls_something_as_every_window_does_is_a_function_of_its_own() -> None:
    sources = {
        "js/parts/a.js": "export const a = () => open();\n",
        "js/pages/p.js": 'import { a } from "../parts/a.js";\n\nexport const open = a;\n',
    }
    page = join_modules(sources, top="js/").files["js/pages/p.js"]
    assert page.index("return { a };") < page.index("const open = a;")
