"""The menu and the codes on walls: what an admin writes, each fault with its place, and what holds without a file."""

import pytest

from bot.language import files, menus
from bot.language.reader import Problem

INTENTS = {
    f"{name}.yaml": f"intent: {name}\nexamples: |\n" + "".join(f"  - {name} {n}\n" for n in range(8))
    for name in ("repair.report", "visitor.invite", "identity.bind")
}
LONG_KEY = "k" * 129


def load(**texts: str) -> files.Catalogue:
    return files.load({**INTENTS, **{f"_{name}.yaml": text for name, text in texts.items()}})


def entries(*names: str, indent: str = "") -> str:
    return "".join(f"{indent}  - {{name: {name}, intent: repair.report}}\n" for name in names)


def fault(catalogue: files.Catalogue) -> Problem:
    [problem] = [problem for problem in catalogue.problems if problem.severity == "error"]
    return problem


def test_menu_is_made_of_intents_pages_and_entries_above() -> None:
    catalogue = load(
        menu="menu:\n  - {name: 报修, intent: repair.report}\n"
        "  - name: 更多\n    below:\n      - {name: 公告, url: 'https://a.example/n'}\n"
    )

    assert catalogue.problems == ()
    assert menus.buttons(catalogue.menu) == {
        "button": [
            {"type": "click", "name": "报修", "key": "repair.report"},
            {"name": "更多", "sub_button": [{"type": "view", "name": "公告", "url": "https://a.example/n"}]},
        ]
    }


@pytest.mark.parametrize(("text", "code", "line", "column", "words"), [
    ("menu:\n" + entries("一", "二", "三", "四"), "E501", 5, 5, "最多 3 项，这里有 4 项"),
    ("menu:\n  - name: 更多\n    below:\n" + entries(*"一二三四五六", indent="    "), "E501", 9, 9, "最多 5 项，这里有 6 项"),
    ("menu: []\n", "E501", 1, 7, "没有菜单项"),
    ("menu: 报修\n", "E204", 1, 7, "应是列表"),
    ("title: 菜单\n", "E203", 1, 1, "title"),
    ("version: 1\n", "E207", 1, 1, "menu:"),
    ("menu:\n" + entries("我要报修啊"[:5] + "a") + entries("六个汉字太长"), "E503", 3, 12, "18 字节"),
    ("menu:\n  - name: 更多\n    below:\n" + entries("长" * 21, indent="    "), "E503", 4, 16, "63 字节"),
    ("menu:\n  - {name: '', intent: repair.report}\n", "E503", 2, 12, "0 字节"),
    (f"menu:\n  - {{name: 报修, intent: {LONG_KEY}}}\n", "E503", 2, 24, "129 字节"),
    ("menu:\n  - {name: 报修, intent: repair.reprot}\n", "E505", 2, 24, "repair.reprot"),
    ("menu:\n  - {name: 公告, url: http://a.example}\n", "E504", 2, 21, "https://"),
    ("menu:\n  - {name: 公告}\n", "E502", 2, 5, "之一"),
    ("menu:\n  - {name: 公告, intent: repair.report, url: 'https://a.example'}\n", "E502", 2, 5, "只能有一个"),
    ("menu:\n  - {intent: repair.report}\n", "E207", 2, 5, "name:"),
    ("menu:\n  - name: 更多\n    below:\n      - {name: 再多, below: []}\n", "E203", 4, 20, "below"),
    ("", "E103", 1, 1, "空"),
])  # fmt: skip
def test_fault_of_a_menu_is_told_with_its_place(text: str, code: str, line: int, column: int, words: str) -> None:
    problem = fault(load(menu=text))

    assert (problem.file, problem.code, problem.line, problem.column) == ("_menu.yaml", code, line, column)
    assert words in problem.message


def test_unknown_intent_is_told_with_the_nearest_and_the_rest_of_the_menu_stays() -> None:
    catalogue = load(menu="menu:\n  - {name: 报修, intent: repair.reprot}\n  - {name: 访客, intent: visitor.invite}\n")

    assert fault(catalogue).hint == "是否想写 “repair.report”？"
    assert [entry.name for entry in catalogue.menu] == ["访客"]


def test_kinds_of_codes_say_what_they_begin() -> None:
    catalogue = load(scenes="scenes:\n  door: {title: 门口, intent: identity.bind, say: '您在{label}。'}\n")

    assert catalogue.scenes["door"] == menus.Scene(kind="door", title="门口", intent="identity.bind", say="您在{label}。")


@pytest.mark.parametrize(("text", "code", "line", "column"), [
    ("scenes:\n  door: {title: 门口}\n", "E207", 2, 3),
    ("scenes:\n  door: {intent: identity.bind}\n", "E207", 2, 3),
    ("scenes:\n  door: 门口\n", "E201", 2, 9),
    ("scenes:\n  door: {title: 门口, intent: identity.bnd}\n", "E505", 2, 29),
    ("scenes:\n  door: {title: 门口, intent: identity.bind, sya: 好}\n", "E203", 2, 44),
    ("scenes:\n  door: {title: 门口, intent: identity.bind, say: '{lable}'}\n", "E302", 2, 49),
    ("kinds: {}\n", "E203", 1, 1),
    ("version: 1\n", "E207", 1, 1),
])  # fmt: skip
def test_fault_of_a_kind_is_told_with_its_place(text: str, code: str, line: int, column: int) -> None:
    problem = fault(load(scenes=text))

    assert (problem.file, problem.code, problem.line, problem.column) == ("_scenes.yaml", code, line, column)


def test_menu_that_breaks_keeps_its_last_good_version() -> None:
    good = {**INTENTS, "_menu.yaml": "menu:\n" + entries("报修")}

    after = files.reload(files.load(good), {**good, "_menu.yaml": "menu: 报修\n"})

    assert fault(after).code == "E204"
    assert [entry.name for entry in after.menu] == ["报修"]


def test_intent_file_that_breaks_is_no_fault_of_the_menu_that_names_it() -> None:
    good = {**INTENTS, "_menu.yaml": "menu:\n" + entries("报修")}

    after = files.reload(files.load(good), {**good, "repair.report.yaml": "intent: ["})

    assert fault(after).file == "repair.report.yaml"
    assert [entry.name for entry in after.menu] == ["报修"]


def test_intent_that_went_is_missed_by_the_menu_that_names_it() -> None:
    good = {**INTENTS, "_menu.yaml": "menu:\n" + entries("报修")}

    after = files.reload(files.load(good), {path: text for path, text in good.items() if path != "repair.report.yaml"})

    assert (fault(after).file, fault(after).code) == ("_menu.yaml", "E505")


# ------------------------------------------------------------------ what holds without a file

SHIPPED = {
    "(shipped)/_messages.yaml": "messages: {failed: 没有成功, welcome: 欢迎}\n",
    "(shipped)/_menu.yaml": "menu:\n  - {name: 报修, intent: repair.report}\n  - {name: 打卡, intent: health.checkin}\n",
    "(shipped)/_scenes.yaml": "scenes:\n  door: {title: 门口, intent: identity.bind}\n"
    "  desk: {title: 前台, intent: visitor.invite}\n",
}


def test_phrases_that_a_folder_leaves_out_are_the_shipped_ones() -> None:
    catalogue = files.load({**SHIPPED, "_messages.yaml": "messages: {welcome: 您好}\n"})

    assert catalogue.messages == {"failed": "没有成功", "welcome": "您好"}


def test_menu_and_kinds_are_the_shipped_ones_as_far_as_the_folder_knows_their_intents() -> None:
    catalogue = files.load({**SHIPPED, **INTENTS})

    assert catalogue.problems == ()
    assert [entry.name for entry in catalogue.menu] == ["报修"]
    assert list(catalogue.scenes) == ["door", "desk"]


def test_own_menu_and_kinds_stand_before_the_shipped_ones() -> None:
    own = {"_menu.yaml": "menu:\n" + entries("修理"), "_scenes.yaml": "scenes:\n  door: {title: 大门, intent: identity.bind}\n"}

    catalogue = files.load({**SHIPPED, **INTENTS, **own})

    assert [entry.name for entry in catalogue.menu] == ["修理"]
    assert [scene.title for scene in catalogue.scenes.values()] == ["大门", "前台"]
