"""Tables and Markdown of the knowledge base: read back as they were written, every fault named with its line and value."""

from datetime import date, datetime

import pytest

from bot.contract.knowledge import TO_FILL, shipped
from bot.contract.sheets import Fault, Sheet, read, read_csv, read_markdown, write_csv, write_markdown
from bot.store.knowledge import Audience, Draft, Entry

DRAFTS = (
    Draft(question="门禁卡怎么补办", others=("门卡掉了", "门卡丢了，咋办"), answer="带身份证，\n20 元“一张”。\n\n- 当场能用"),
    Draft(
        question="泳池几点开", answer="9 点。", valid_from=date(2026, 6, 1), valid_until=date(2026, 9, 30), audience=Audience.BOUND,
    ),
    Draft(question="=电话", answer="【请填写：电话】", is_template=True),
)  # fmt: skip


def entries(now: datetime) -> list[Entry]:
    return [Entry(**draft.columns, updated_at=now) for draft in DRAFTS]


def test_a_table_is_read_back_as_it_was_written(now: datetime) -> None:
    assert read(write_csv(entries(now))) == Sheet(drafts=DRAFTS, faults=())
    assert read(write_csv(entries(now)).replace("\n", "\r\n").replace("\r\r", "\r")) == Sheet(drafts=DRAFTS, faults=())


def test_markdown_is_read_back_as_it_was_written(now: datetime) -> None:
    assert read(write_markdown(entries(now))) == Sheet(drafts=DRAFTS, faults=())


@pytest.mark.parametrize("answer", ["请看：\n## 押金\n不退", "- 牵绳\n- 清理", "状态：待填写\n这样写", "开始: 早上"])
def test_an_answer_that_looks_like_markdown_comes_back_as_one_answer(answer: str, now: datetime) -> None:
    [draft] = read(write_markdown([Entry(question="遛狗", answer=answer, updated_at=now)])).drafts

    assert (draft.question, draft.others, draft.is_template) == ("遛狗", (), False)
    assert draft.answer.replace("\n ", "\n") == answer


def test_what_a_spreadsheet_copies_is_a_table_too() -> None:
    [draft] = read("问题\t答案\t结束\n遛狗\t牵绳。\t2026/3/31\n").drafts

    assert (draft.question, draft.answer, draft.valid_until) == ("遛狗", "牵绳。", date(2026, 3, 31))


@pytest.mark.parametrize(("text", "fault"), [
    ("问题,答复\n遛狗,牵绳\n", Fault(line=1, value="答案", text="第一行缺少这一列；可以有的列：问题、其他问法、答案、开始、结束、对象、状态。")),
    ("问题,答案,开始\n遛狗,牵绳,2026-02-30\n", Fault(line=2, value="2026-02-30", text="开始的日期写得不对，例如 2026-03-01。")),
    ("问题,答案\n遛狗,牵绳\n\n,没有问题\n", Fault(line=4, value="", text="问题没有写。")),
    ("问题,答案,对象\n遛狗,牵绳,邻居\n", Fault(line=2, value="邻居", text="对象只能写：所有人、已绑定住户。")),
    ("问题,答案\n遛狗,牵绳\n遛狗,抱着\n", Fault(line=3, value="遛狗", text="和第 2 行的问题一样，有效期也有重叠。")),
    ("问题,答案,状态\n电话,打【请填写：电话】,启用\n", Fault(line=2, value="【请填写：电话】", text="答案还没有填。填好再启用，或者先存着。")),
    ("问题,答案\n电话,打 {phone}\n", Fault(line=2, value="{phone}", text="答案花括号里只能写：{community.address}、{community.hours}、{community.name}、{community.phone}。")),
    ("问题,答案,开始,结束\n泳池,开,2026-06-01,2026-05-01\n", Fault(line=2, value="2026-05-01", text="结束比开始的日子（2026-06-01）早。")),
    ('问题,答案\n遛狗,牵绳\n"没有关,引号\n', Fault(line=3, value="unexpected end of data", text="这一行的引号没有配对，读不出来。请从表格软件另存为 CSV。")),
    ('问题,答案\n"遛狗\n## 押金",牵绳\n', Fault(line=2, value="遛狗 ## 押金", text="问题里面有换行或看不见的字，请写成一行。")),
    ("问题,答案\n遛狗,牵\0绳\n", Fault(line=2, value="", text="答案里面有看不见的字。")),
    ("问题,答案\n" + "".join(f"{n},好\n" for n in range(1001)), Fault(line=1002, value="1001", text="问题太多，一次最多 1000 个，请分几次导入。")),
    ("", Fault(line=1, value="", text="里面没有问题。")),
    ("# 知识库\n门禁卡\n## 遛狗\n\n牵绳\n", Fault(line=2, value="门禁卡", text="每个问题以“## ”开头，这一行不属于任何问题。")),
    ("## 遛狗\n\n结束：下个月\n\n牵绳\n", Fault(line=3, value="下个月", text="结束的日期写得不对，例如 2026-03-01。")),
])  # fmt: skip
def test_a_fault_is_named_with_its_line_and_value(text: str, fault: Fault) -> None:
    assert fault in read(text).faults


def test_the_same_question_may_stand_twice_for_two_times() -> None:
    assert read_csv("问题,答案,结束,开始\n费用,2 元,2026-03-31,\n费用,3 元,,2026-04-01\n").faults == ()


def test_list_items_after_the_answer_began_belong_to_it() -> None:
    [draft] = read_markdown("## 遛狗\n- 遛狗规定\n\n请：\n- 牵绳\n- 清理\n").drafts

    assert (draft.others, draft.answer) == (("遛狗规定",), "请：\n- 牵绳\n- 清理")


def test_every_shipped_template_is_marked_to_be_filled_in_and_asked_in_several_ways() -> None:
    templates = shipped()

    assert len(templates) >= 40
    assert [draft.question for draft in templates if not draft.is_template or TO_FILL not in draft.answer] == []
    assert [draft.question for draft in templates if len(draft.others) < 5] == []


def test_what_the_demo_knows_is_filled_in() -> None:
    filled = shipped("demo/knowledge.csv")

    assert len(filled) >= 8
    assert [draft.question for draft in filled if draft.is_template or TO_FILL in draft.answer] == []
