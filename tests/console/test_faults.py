"""What was wrong in a form is said at its field, with the focus on it; above it stands the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.console import faults
from bot.errors import Refusal
from bot.store.staff import Role
from bot.translation import CHINESE

if TYPE_CHECKING:
    from tests.console.conftest import Office

NOTICE = {"joint-0": "包括", "pick-0": "b|3", "more-0": "", "title": "停水", "body": "明天九点停水。"}
RULES = {"quiet_from": "21:00", "quiet_until": "08:00", "approve_above": "", "big_above": "200"}
TICKET = {
    "who": "public",
    "category": "water",
    "level": "normal",
    "location": "3栋楼道",
    "words": "",
    "phone": "",
    "at": "",
    "q": "",
}
ENTRY = {"question": "几点上班", "answer": "九点", "others": "", "audience": "everyone", "valid_from": "", "valid_until": ""}


@pytest.mark.parametrize(
    ("path", "form", "field", "said"),
    [
        ("/console/notices", {**NOTICE, "title": ""}, "title", "标题和内容都要写。"),
        ("/console/notices", {**NOTICE, "body": " "}, "body", "标题和内容都要写。"),
        ("/console/notices", {**NOTICE, "title": "水" * 200}, "title", "标题有 200 个字"),
        ("/console/notices", {**NOTICE, "pick-0": "words", "more-0": ""}, "more-0", "请在右边写明是谁"),
        ("/console/notices", {**NOTICE, "pick-0": "words", "more-0": "舞蹈队"}, "more-0", "没有人属于“舞蹈队”"),
        ("/console/notices", {**NOTICE, "pick-0": "", "more-0": ""}, "pick-0", "请写明发给谁"),
        ("/console/notices", {**NOTICE, "kind": "emergency"}, "until", "紧急通知要写"),
        ("/console/notices", {**NOTICE, "when": "later", "at": ""}, "at", "请选择发送时间"),
        ("/console/notices", {**NOTICE, "when": "words", "words": "随便"}, "words", "“随便”看不懂"),
        ("/console/notices/draft", {**NOTICE, "contact": "王" * 100}, "contact", "联系人有 100 个字"),
        ("/console/notices/rules", {**RULES, "quiet_from": "晚上"}, "quiet_from", "安静时段请写成"),
        ("/console/notices/rules", {**RULES, "approve_above": "很多"}, "approve_above", "人数请写数字"),
        ("/console/notices/rules", {**RULES, "big_above": ""}, "big_above", "人数请写数字"),
        ("/console/notices", {**NOTICE, "body": "{姓名}您好"}, "body", "没有这个变量"),
        ("/console/notices", {**NOTICE, "title": "＿＿月停水"}, "title", "还有没填的空"),
        ("/console/notices", {**NOTICE, "list": "名单.csv"}, "list", "选了名单文件“名单.csv”，还没有读"),
        ("/console/notices", {**NOTICE, "picture": "a.png"}, "picture", "还没有加上"),
        ("/console/notices/pictures", NOTICE, "picture", "请先选一张图片"),
        ("/console/notices/whom/keep", {**NOTICE, "save_as": "3栋"}, "save_as", "请给这个范围起个名字"),
        ("/console/notices/whom/file", NOTICE, "list", "请选一个文件"),
        ("/console/notices/audiences", {"name": "", "to": "3栋"}, "name", "请给这个范围起个名字"),
        ("/console/notices/audiences", {"name": "网格一", "to": ""}, "to", "请写明发给谁"),
        ("/console/notices/audiences", {"name": "网格一", "to": "舞蹈队"}, "to", "没有人属于“舞蹈队”"),
        ("/console/notices/texts", {"name": "", "title": "停水", "body": "停水"}, "name", "请给模板起个名字"),
        ("/console/notices/texts", {"name": "停水", "title": "", "body": "停水"}, "title", "标题和内容都要写"),
        ("/console/notices/texts", {"name": "停水", "title": "停水", "body": "{姓名}"}, "body", "没有这个变量"),
        ("/console/phrases", {"short": "停 水", "text": "知道了"}, "short", "短语要写 1 到 12 个字"),
        ("/console/phrases", {"short": "停水", "text": "{姓名}"}, "text", "这个变量"),
        ("/console/labels", {"name": ""}, "name", "标签要写 1 到"),
        ("/console/gate", {"code": ""}, "code", "请扫二维码"),
        ("/console/gate/ask", {"flat": "3-2-501", "who": "", "people": "1", "plate": ""}, "who", "请写来的是谁"),
        ("/console/gate/ask", {"flat": "99-9-999", "who": "送水的", "people": "1", "plate": ""}, "flat", ""),
        ("/console/tickets", {**TICKET, "who": ""}, "q", "请先找到是哪一户"),
        ("/console/tickets", {**TICKET, "who": "", "category": ""}, "q", "请先找到是哪一户"),
        ("/console/knowledge", {**ENTRY, "question": ""}, "question", "问题没有写"),
        ("/console/knowledge", {**ENTRY, "answer": ""}, "answer", "答案没有写"),
        ("/console/knowledge", {**ENTRY, "valid_until": "年底"}, "valid_until", "日期“年底”写得不对"),
        ("/console/account/password", {"present": "x", "password": "a", "again": "b"}, "again", "两次输入的新密码不一样"),
        ("/console/in", {"login": "chen", "password": "x", "to": ""}, "password", "登录名或密码不对"),
        ("/console/staff", {"login": "chen", "name": "陈", "role": "staff", "phone": "12"}, "login", "已有人用了"),
        ("/console/staff", {"login": "陈", "name": "陈", "role": "staff", "phone": ""}, "login", "不能用"),
        ("/console/staff", {"login": "chen2", "name": " ", "role": "staff", "phone": ""}, "name", "都要填"),
        ("/console/staff/chen", {"name": "陈管家", "phone": "12", "skills": ""}, "phone", "不是完整的电话号码"),
        ("/console/staff/chen", {"name": "", "phone": "", "skills": ""}, "name", "姓名要填"),
        ("/console/staff/chen", {"name": "陈", "phone": "", "skills": "水" * 60}, "skills", "技能最多写"),
        ("/console/keys", {"name": "", "scope gate.read": "on", "per_minute": "60"}, "name", "请写上是什么设备"),
        ("/console/keys", {"name": "道闸", "scope gate.read": "on", "per_minute": "很多"}, "per_minute", "每分钟次数请写"),
        ("/console/community", {"name": "和苑", "phone": "12", "address": "", "opens": "08:30", "closes": "18:00", "day.1": "on"}, "phone", "不是完整的"),
        ("/console/households", {"building": "", "unit": "", "room": "101"}, "building", "楼栋和房号都要写"),
        ("/console/duty/robots", {"name": "群", "url": "http://127.0.0.1/"}, "url", ""),
        ("/console/people/views", {"from": "", "name": ""}, "name", "请给视图起个名字"),
    ],
)  # fmt: skip
async def test_fault_stands_at_its_field_with_the_focus_and_above(
    office: Office, path: str, form: dict[str, str], field: str, said: str
) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post(path, data=form, headers={"Accept": "text/html"})
        page = await response.text()

    [tag] = re.findall(r'<[^>]*aria-invalid="true"[^>]*>', page)
    assert f'name="{field}"' in tag
    assert f'aria-describedby="fault-{field}"' in tag
    assert re.findall(r"\sautofocus(?=[\s>])", page) == [" autofocus"]
    assert "autofocus" in tag
    [beside] = re.findall(rf'<span class="field-fault" id="fault-{field}">([^<]*)</span>', page)
    [above] = re.findall(r'<div class="alert alert-danger" role="alert"[^>]*>([^<]*)</div>', page)
    assert beside == above
    assert said in beside


async def test_of_forms_alike_the_one_that_was_refused_says_so(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        for short in ("停水", "停电"):
            await admin.post("/console/phrases", data={"short": short, "text": "知道了"})
        listed = await (await admin.get("/console/phrases")).text()
        key = re.findall(r'action="/console/phrases/(\w+)"', listed)[-1]
        refused = await admin.post(f"/console/phrases/{key}", data={"short": "停水" * 9, "text": "改过的话"})
        phrases = await refused.text()
        file = await (await admin.post("/console/notices/audiences/file", data={"name": "3栋"})).text()

    before, _, form = phrases.partition(f'action="/console/phrases/{key}"')
    assert refused.status == 422
    assert "aria-invalid" not in before
    assert 'aria-invalid="true"' in form
    assert "改过的话" in form
    assert 'aria-invalid="true"' in file.partition('action="/console/notices/audiences/file"')[2]


async def test_part_of_a_page_that_is_refused_names_its_field(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/tickets", data={**TICKET, "location": ""}, headers={"HX-Request": "true"})
        part = await response.text()

    assert 'data-field="location" id="fault-location"' in part


@pytest.mark.parametrize(
    "tag", ['<input name="a" value="1">', '<select name="a"><option>1</option></select>', '<textarea name="a">x</textarea>']
)
def test_each_kind_of_field_is_marked_once_and_what_described_it_stays(tag: str) -> None:
    page = f'<input name="b" autofocus>{tag.replace(" name", " aria-describedby=hint name").replace("=hint", chr(61) + chr(34) + "hint" + chr(34))}<p id="hint"></p>'

    marked = faults.mark(page, Refusal("请写 <一> 个数。", field="a"), CHINESE)

    assert 'aria-describedby="hint fault-a"' in marked
    assert marked.count("aria-invalid") == 1
    assert marked.endswith('<span class="field-fault" id="fault-a">请写 &lt;一&gt; 个数。</span><p id="hint"></p>')


@pytest.mark.parametrize("field", ["", "nowhere", 'b"><script>'])
def test_fault_of_no_field_leaves_the_page_as_it_is(field: str) -> None:
    page = '<input name="a" autofocus><input type="hidden" name="nowhere" value="1">'

    assert faults.mark(page, Refusal("不行。", field=field), CHINESE) == page


PAGE = """<h1>账号</h1><details class="a"><summary>停用…</summary><form method="post" action="/console/staff/li/disable"><button>停用</button></form></details>
<details><summary>资料…</summary><form method="post" action="/console/staff/li?x=1"><input type="hidden" name="task" value="2"><input name="name" value="李" autofocus>
<input type="password" name="secret" value=""><select name="role"><option value="a" selected>甲</option><option value="b&amp;c">乙</option></select>
<input type="checkbox" name="on" value="1" checked><input type="radio" name="which" value="1" checked><input type="radio" name="which" value="2"><textarea name="words">旧</textarea></form></details>
<form method="post" action="/console/staff/li"><input type="hidden" name="task" value="3"><input name="name" value="王"></form>"""


def test_refused_form_comes_back_with_all_that_was_written_and_unfolded() -> None:
    form = {"task": "2", "name": '"><script>', "secret": "hidden", "role": "b&c", "which": "2", "words": "新\n<b>"}

    page = faults.put_back(PAGE, "/console/staff/li", form, Refusal("姓名不行。", field="name"), CHINESE)

    assert page is not None
    assert page.startswith('<h1>账号</h1><div class="alert alert-danger" role="alert">姓名不行。</div><details class="a">')
    assert "<details open><summary>资料…" in page
    assert (
        '<input name="name" value="&quot;&gt;&lt;script&gt;" aria-invalid="true" aria-describedby="fault-name" autofocus>' in page
    )
    assert '<option value="a">甲</option><option value="b&amp;c" selected>' in page
    assert (
        '<input type="checkbox" name="on" value="1"><input type="radio" name="which" value="1"><input type="radio" name="which" value="2" checked>'
        in page
    )
    assert '<textarea name="words">\n新\n&lt;b&gt;</textarea>' in page
    assert 'hidden"' not in page.replace('type="hidden"', "")
    assert '<input name="name" value="王">' in page


def test_refusal_of_no_field_stands_where_the_form_begins() -> None:
    page = faults.put_back(PAGE, "/console/staff/li/disable", {}, Refusal("不能停用自己。"), CHINESE)

    assert page is not None
    assert (
        '<details open class="a"><summary>停用…</summary><form method="post" action="/console/staff/li/disable"><div class="alert alert-danger" role="alert">不能停用自己。'
        in page
    )


@pytest.mark.parametrize(("path", "form"), [("/console/staff/wang", {}), ("/console/staff/li", {"task": "4"})])
def test_form_that_is_gone_is_not_put_back(path: str, form: dict[str, str]) -> None:
    assert faults.put_back(PAGE, path, form, Refusal("不行。"), CHINESE) is None
