"""Modules and sheets joined: what goes where, in which order, and what is refused."""

import pytest

from quorate.common.joining import JoinError, join_modules, join_sheets

PAGE = 'import { say } from "./parts/say.js";\n\nsay("page");\n'
OTHER = 'import { count } from "./parts/count.js";\nimport * as words from "./parts/say.js";\n\nexport const total = count(words);\n'
SAY = 'import { count } from "./count.js";\n\nexport function say(text) {\n  return count(text);\n}\n'
COUNT = "const seen = new Set();\n\nexport const count = (what) => seen.add(what).size;\n"
SITE = {"js/page/one.js": PAGE.replace("./", "../"), "js/page/two.js": OTHER.replace("./", "../")}
PARTS = {"js/parts/say.js": SAY, "js/parts/count.js": COUNT}


def test_part_of_one_root_goes_into_its_file() -> None:
    joined = join_modules({"js/page/one.js": SITE["js/page/one.js"], **PARTS}, top="js/")
    assert list(joined.files) == ["js/page/one.js"]
    assert joined.needs == {"js/page/one.js": ()}
    text = joined.files["js/page/one.js"]
    assert "import" not in text
    assert text.index("of_js_parts_count = ") < text.index("of_js_parts_say = ") < text.index('say("page")')
    assert "const { say } = of_js_parts_say;" in text


def test_parts_of_several_roots_are_in_one_file_of_their_folder() -> None:
    joined = join_modules({**SITE, **PARTS}, top="js/")
    assert sorted(joined.files) == ["js/page/one.js", "js/page/two.js", "js/parts.js"]
    assert joined.needs == {"js/page/one.js": ("js/parts.js",), "js/page/two.js": ("js/parts.js",)}
    assert [name for name, text in joined.files.items() if "new Set()" in text] == ["js/parts.js"]
    assert 'import { of_js_parts_say } from "../parts.js";' in joined.files["js/page/one.js"]
    assert "const words = of_js_parts_say;" in joined.files["js/page/two.js"]
    assert "export const { total } = (() => {" in joined.files["js/page/two.js"]
    assert "export const { of_js_parts_count, of_js_parts_say } = (() => {" in joined.files["js/parts.js"]


def test_module_of_the_top_folder_stays_a_file_that_others_import() -> None:
    joined = join_modules(
        {"js/app.js": "export const toast = 1;\n", "js/x/a.js": 'import { toast as t } from "../app.js";\n\nt;\n'},
        top="js/",
    )
    assert sorted(joined.files) == ["js/app.js", "js/x/a.js"]
    assert joined.needs["js/x/a.js"] == ("js/app.js",)
    assert joined.files["js/x/a.js"].startswith('import * as of_js_app from "../app.js";\n')
    assert "const { toast: t } = of_js_app;" in joined.files["js/x/a.js"]


def test_needs_are_followed_through() -> None:
    sources = {
        "js/one/a.js": 'import { b } from "../two/b.js";\n\nb;\n',
        "js/one/c.js": 'import { b } from "../two/b.js";\n\nb;\n',
        "js/two/b.js": 'import { d } from "../three/d.js";\n\nexport const b = d;\n',
        "js/two/e.js": 'import { d } from "../three/d.js";\n\nd;\n',
        "js/three/d.js": "export const d = 1;\n",
    }
    assert join_modules(sources, top="js/").needs["js/one/a.js"] == ("js/three.js", "js/two.js")


def test_whole_page_holds_a_copy_of_all_it_reaches_and_changes_no_other_file() -> None:
    site = {**SITE, **PARTS, "js/app.js": "export const toast = 1;\n"}
    whole = 'import { total } from "../page/two.js";\nimport { toast } from "../app.js";\n\ntoast(total);\n'
    before, joined = join_modules(site, top="js/"), join_modules({**site, "js/pages/all.js": whole}, top="js/")
    page = joined.files.pop("js/pages/all.js")
    assert joined.files == before.files
    assert joined.needs == {**before.needs, "js/pages/all.js": ("js/app.js",)}
    assert page.count("new Set()") == 1
    assert 'import * as of_js_app from "../app.js";' in page
    order = [
        page.index(text)
        for text in ("const count =", "function say(", "const words = { say };", "const total =", "toast(total);")
    ]
    assert order == sorted(order)
    assert PAGE.splitlines()[-1] not in page


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("export default 1;\n", "cannot join 'export default 1;'"),
        ("export let a = 1;\n", "cannot join 'export let a = 1;'"),
        ("const a = 1;\nexport { a };\n", "cannot join 'export { a };'"),
        ('import a from "./b.js";\n', "cannot join 'import a from"),
        ('import { a } from "elsewhere";\n', "cannot join 'import { a } from"),
        ('import { a } from "./none.js";\n', "imports js/x/none.js, which is not there"),
        ('import { a } from "./a.js";\n', "imports in a circle: js/x/a.js → js/x/a.js"),
    ],
)
def test_module_that_cannot_be_joined_is_named(source: str, said: str) -> None:
    with pytest.raises(JoinError) as caught:
        join_modules({"js/x/a.js": source}, top="js/")
    assert said in str(caught.value)


def test_file_of_a_folder_takes_nobodys_name() -> None:
    with pytest.raises(JoinError, match=r"js/parts\.js: the name is wanted"):
        join_modules({**SITE, **PARTS, "js/parts.js": "1;\n"}, top="js/")


def test_dynamic_import_stays_as_it_is() -> None:
    source = "export const load = (address) =>\nimport(address);\n"
    assert "import(address)" in join_modules({"js/a.js": source}, top="js/").files["js/a.js"]


def test_module_loaded_later_is_a_file_of_its_own_wherever_it_is_named() -> None:
    site = {
        "js/pages/p.js": 'import { open } from "../work/main.js";\n\nopen();\n',
        "js/work/main.js": 'export const open = () => import("./report.js");\n',
        "js/work/report.js": "export const ask = 1;\n",
    }
    joined = join_modules(site, top="js/")
    assert sorted(joined.files) == ["js/pages/p.js", "js/work/main.js", "js/work/report.js"]
    assert 'import("../work/report.js")' in joined.files["js/pages/p.js"]
    assert 'import("./report.js")' in joined.files["js/work/main.js"]
    assert joined.needs["js/pages/p.js"] == ()
    del site["js/work/report.js"]
    with pytest.raises(JoinError, match=r"js/work/main\.js: imports js/work/report\.js"):
        join_modules(site, top="js/")


def test_sheet_holds_what_it_imports_once_and_before_itself() -> None:
    sheets = {
        "css/page.css": '/* A page. */\n@import "parts/a.css";\n@import "parts/b.css";\np { top: 0 }\n',
        "css/parts/a.css": '@import "b.css";\na { top: 0 }\n',
        "css/parts/b.css": "b { top: 0 }\n",
    }
    assert join_sheets(sheets) == {"css/page.css": "b { top: 0 }\na { top: 0 }\n/* A page. */\np { top: 0 }\n"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("p { background: url(x.png) }\n", "css/b.css: url() in a sheet that others import"),
        ('@import "a.css";\n', "imports in a circle"),
    ],
)
def test_sheet_that_cannot_be_joined_is_named(part: str, said: str) -> None:
    with pytest.raises(JoinError) as caught:
        join_sheets({"css/a.css": '@import "b.css";\n', "css/b.css": part})
    assert said in str(caught.value)
