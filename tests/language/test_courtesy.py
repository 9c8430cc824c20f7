"""What is only polite, as tables both ways: what is a yes, a thank-you or a request, and what only looks like one."""

import pytest

from bot.language import courtesy


@pytest.mark.parametrize("text", [
    "行 那就弄上吧", "那就办吧", "好 就登记上呗",
    "好的", "对 谢谢侬哦", "👌", "[OK]", "嗯嗯，可以", "行，麻烦了", "确认", "同意", "好的，师傅", "是的没错", "可以，辛苦了", "得嘞 谢了老妹儿", "中，就这样",
    "对的对的", "1", "好滴，再见", "嗯呐", "嗯哪", "嗯嗯~",
])  # fmt: skip
def test_a_yes_is_a_yes_whatever_politeness_stands_beside_it(text: str) -> None:
    assert courtesy.agrees(text)


@pytest.mark.parametrize("text", [
    "", "谢谢", "再见", "不对", "不好", "好的，改成四点", "好像不是", "可以吗", "好不好", "确认不了", "同意不了", "👎", "👌👎", "🌹", "嗯…", "嗯，，", "行不行", "要多少钱", "对不起",
    "好的吧不要了", "2",
])  # fmt: skip
def test_what_is_no_plain_yes_agrees_to_nothing(text: str) -> None:
    assert not courtesy.agrees(text)


@pytest.mark.parametrize("text", ["嗯就他一个人，可以", "对，请财务核一下", "好的，改成四点", "车牌没有，行", "是的，还有我妈"])
def test_a_yes_beside_something_else_is_heard(text: str) -> None:
    assert courtesy.agrees_beside(text)


@pytest.mark.parametrize("text", ["对了，还有我妈", "好的", "不对，是四点", "四点，不行", "明天，后天", "是了，忘了说车牌", ""])
def test_what_comes_to_mind_or_stands_alone_is_no_yes_beside_something(text: str) -> None:
    assert not courtesy.agrees_beside(text)


@pytest.mark.parametrize(("text", "is_one"), [
    ("算了不问了 我自个儿走过去瞅瞅", True), ("那先不打听了", True), ("不用问物业了", True), ("不聊了", True), ("唔使问啦 我自己识睇 瞓觉先", True), ("算了我明天自己跑一趟", True), ("拉倒 我自己去看", False), ("算了不修了", False), ("他不说了算", False),
])  # fmt: skip
def test_who_asked_may_let_it_be(text: str, is_one: bool) -> None:
    assert courtesy.asks_no_more(text) is is_one


@pytest.mark.parametrize(("text", "is_one"), [
    ("对，请财务核一下", True), ("好，那就这样", True), ("行", True), ("对了，灯也坏了", False), ("不对", False), ("请财务核一下", False), ("", False),
])  # fmt: skip
def test_a_message_may_begin_with_a_yes(text: str, is_one: bool) -> None:
    assert courtesy.begins_with_yes(text) is is_one


@pytest.mark.parametrize("text", [
    "嗯呐", "得嘞 谢了老妹儿", "对的对的", "好的", "知道了", "谢谢", "谢谢师傅", "麻烦你们了", "辛苦辛苦", "收到，再见", "晚安", "拜拜", "那先这样", "唔该晒", "好的，谢谢，再见",
])  # fmt: skip
def test_what_wants_nothing_is_courtesy(text: str) -> None:
    assert courtesy.is_courtesy(text)


@pytest.mark.parametrize("text", [
    "", "2", "12", "谢谢，帮我修一下灯", "麻烦派人来看看", "麻烦帮我取消", "辛苦催一下", "不用", "取消", "灯坏了", "好的，灯坏了", "师傅几点来", "谢谢" * 20, "再见到那个人就报警",
])  # fmt: skip
def test_what_wants_something_is_no_courtesy(text: str) -> None:
    assert not courtesy.is_courtesy(text)


@pytest.mark.parametrize(("text", "parts"), [
    ("嗯，好的。谢谢！", ["嗯", "好的", "谢谢"]), ("哦那个好的", ["那个好的"]), ("[玫瑰]谢谢🌹", ["谢谢"]), ("嗯嗯", ["嗯嗯"]), ("🌹", []), ("，，", []),
])  # fmt: skip
def test_a_message_is_parted_at_its_pauses_without_what_fills_them(text: str, parts: list[str]) -> None:
    assert courtesy.clauses(text) == parts


@pytest.mark.parametrize(("text", "is_one"), [
    ("明天下午三点半来行吗", True), ("来之前打我电话好不好", True), ("能换个师傅吗", True), ("可以吗？", True), ("帮我改一下，行不行啊", True),
    ("行不行得通要看情况", False), ("多少钱", False), ("几点来", False), ("好吗啡", False), ("改成四点", False),
])  # fmt: skip
def test_a_polite_request_is_told_from_a_question(text: str, is_one: bool) -> None:
    assert courtesy.is_polite_request(text) is is_one


@pytest.mark.parametrize(("text", "is_so"), [
    ("他喘气有点费劲 要紧不", True), ("烧到38度，严重吗", True), ("这样没事吧", True), ("要不要紧", True), ("电梯响 会不会掉下来", True), ("墙裂了 会不会塌啊", True), ("这样安不安全", True), ("他会不会来", False), ("会不会停水", False), ("没事", False), ("几点来", False),
])  # fmt: skip
def test_a_worry_is_told_from_other_questions(text: str, is_so: bool) -> None:
    assert courtesy.worries(text) is is_so
