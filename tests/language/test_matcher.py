"""The matcher: what it may act on, what it must not, how sure it says it is, and that others' words teach it."""

import re
import time
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import config
from bot.language.files import Catalogue, load
from bot.language.matching import scores
from bot.language.matching.concepts import Concepts
from bot.language.matching.matcher import Candidate, Matcher, decide
from bot.language.matching.model import NONE, Model, mark
from bot.language.matching.sentences import AnyOf, TemplateFault, compile_sentence
from bot.language.normalise import Tables, strip_fillers
from bot.language.reading import Reading

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")
DATA = config.shipped("data")
TABLES = Tables.parse((DATA / "simplified.txt").read_text("utf-8"), (DATA / "pinyin.txt").read_text("utf-8"))

FILES = {
    "_common.yaml": "concepts:\n  pipe: [水管, 管道, 龙头]\n  leak: [漏水, 滴水, 渗水]\n",
    "leak.yaml": "intent: leak\ntitle: 漏水\nexamples: |\n  - 水管漏水了\n  - 厨房水管漏水\n  - 家里漏水\n",
    "guest.yaml": "intent: guest\ntitle: 访客\nexamples: |\n  - 朋友明天来访\n  - 预约访客\n  - 有客人来要登记\n",
    "fire.yaml": "intent: fire\ntitle: 火警\nemergency: true\nexamples: |\n  - 着火了\n  - 楼道冒浓烟\nkeywords: [着火]\nunless: [火灾险]\n",
    "sos.yaml": "intent: sos\ntitle: 求助\nemergency: true\nexamples: |\n  - 救命\n  - 有人晕倒\n  - 有人打架\n  - 被困电梯\nkeywords: [毒蜂]\n",
}


def catalogue(**changed: str) -> Catalogue:
    return load({**FILES, **{f"{name}.yaml": text for name, text in changed.items()}})


MATCHER = Matcher(catalogue(), TABLES, ["今天天气怎么样", "讲个笑话"])


@pytest.mark.parametrize(
    "text",
    "1 2 99 行 对 不要 错了 喂 嗯 嗯嗯 确认 好 好的 ok 是 是的 不 没有 哦 啊 知道了 稍等 第二个 三 A ? 。。。 随便 都行 不用了 可以 y 那个".split(),
)
def test_a_bare_word_opens_nothing(text: str) -> None:
    assert MATCHER.match(Reading.of(text, NOW)).decision == "reject"


def test_a_bare_word_that_an_admin_taught_is_a_wish() -> None:
    taught = Matcher(catalogue(yes="intent: yes\ntitle: 好\nexamples: |\n  - 好的\n"), TABLES)

    assert taught.match(Reading.of("好的", NOW)).candidates[0].intent == "yes"


def test_thanks_after_a_bare_word_teach_nothing_about_the_word() -> None:
    thanks = "intent: thanks\ntitle: 谢\nmatch: whole\nexamples: |\n  - 好的谢谢\nsentences: |\n  - [好的]谢谢[您]\n"
    taught = Matcher(catalogue(thanks=thanks), TABLES)

    assert taught.match(Reading.of("好的", NOW)).decision == "reject"
    assert taught.match(Reading.of("好的，谢谢您", NOW)).candidates[0].intent == "thanks"


def test_one_number_is_like_another_except_those_dialled_in_need() -> None:
    sos = FILES["sos.yaml"].replace("  - 救命", "  - 救命\n  - 要120")
    taught = Matcher(catalogue(sos=sos, price="intent: price\ntitle: 价\nexamples: |\n  - 我出50\n  - 加到30\n"), TABLES)

    assert taught.match(Reading.of("出到12000", NOW)).candidates[0].intent == "price"
    assert taught.match(Reading.of("要120", NOW)).candidates[0].intent == "sos"


def test_what_a_word_rules_out_leaves_its_share_to_the_others() -> None:
    text = "朋友家水管漏水"
    alone = Matcher(load({name: said for name, said in FILES.items() if name != "guest.yaml"}), TABLES)
    barred = Matcher(catalogue(guest=FILES["guest.yaml"] + "exclude: [漏水]\n"), TABLES)
    shares = [trained.match(Reading.of(text, NOW)).candidates[0] for trained in (MATCHER, barred, alone)]

    assert [share.intent for share in shares] == ["leak"] * 3
    assert shares[0].confidence < shares[1].confidence


def test_words_of_one_kind_stand_for_each_other() -> None:
    without = Matcher(load({name: text for name, text in FILES.items() if name != "_common.yaml"}), TABLES)
    text = "卫生间龙头滴水"

    assert MATCHER.match(Reading.of(text, NOW)).candidates[0].intent == "leak"
    assert (
        MATCHER.match(Reading.of(text, NOW)).candidates[0].confidence
        > without.match(Reading.of(text, NOW)).candidates[0].confidence
    )
    assert "类" in MATCHER.explain(said := Reading.of(text, NOW), MATCHER.match(said))[0].why


def test_the_longest_word_of_a_kind_wins() -> None:
    found = Concepts.of({"lift": ["电梯"], "card": ["电梯卡"]}, lambda word: word)

    assert found.find("电梯卡丢了") == {"card": "电梯卡"}


def test_confidence_of_all_grows_with_the_odds_and_stays_below_one() -> None:
    told = [scores.calibrate(p) for p in (0.0, 0.01, 0.2, 0.5, 0.9, 0.999, 1.0)]

    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_two_that_are_close_are_asked_back() -> None:
    def likely(*chances: float) -> list[Candidate]:
        return [Candidate(str(number), chance, "") for number, chance in enumerate(chances)]

    assert decide(likely(0.9, 0.05)) == "accept"
    assert decide(likely(0.6, 0.5)) == "clarify"
    assert decide(likely(0.5)) == "clarify"
    assert decide(likely(0.05)) == "reject"
    assert decide([]) == "reject"


def test_background_gives_way_to_what_a_community_teaches() -> None:
    text = "今天天气怎么样"
    weather = Matcher(catalogue(weather=f"intent: weather\ntitle: 天气\nexamples: |\n  - {text}\n"), TABLES, [text])

    assert weather.match(Reading.of(text + "啊", NOW)).candidates[0].intent == "weather"
    assert weather.match(Reading.of("今天的天气会怎么样", NOW)).decision != "reject"


EXAMPLES = {"leak": ("水管漏水了", "厨房水管漏水", "家里漏水"), "guest": ("朋友明天来访", "预约访客", "有客人来要登记")}

#: A model that knows what 来访 and 漏水 mean, from lines that stand in no file.
LEARNED = Model(
    intents=("guest", "leak", NONE, "pool"),
    features={"丈": 0, "母": 1, "地": 2, "板": 3, "泳": 4, "天": 5, "水": 6},
    idf=np.ones(7, np.float32),
    weights=np.array(
        [[9, -9, -9, -9], [9, -9, -9, -9], [-9, 9, -9, -9], [-9, 9, -9, -9], [-9, -9, -9, 9], [-9, -9, 9, -9], [-9, 9, -9, -9]],
        np.int8,
    ),
    scale=np.full(4, 0.1, np.float32),
    bias=np.zeros(4, np.float32),
    slope=6.0,
    lift=0.0,
    seen=frozenset(mark(intent, line) for intent, said in EXAMPLES.items() for line in said),
    digest="",
)


def test_a_model_knows_more_of_an_intent_than_its_file_says() -> None:
    learned = Matcher(catalogue(), TABLES, model=LEARNED)

    assert MATCHER.match(Reading.of("地板鼓起来了", NOW)).decision == "reject"
    assert (
        learned.match(Reading.of("地板鼓起来了", NOW)).decision,
        learned.match(Reading.of("地板鼓起来了", NOW)).candidates[0].intent,
    ) == (
        "accept",
        "leak",
    )


def test_an_intent_that_no_file_has_is_never_offered() -> None:
    offered = Matcher(catalogue(), TABLES, model=LEARNED).match(Reading.of("泳", NOW)).candidates

    assert all(candidate.intent != "pool" and candidate.confidence < 0.1 for candidate in offered)


def test_what_a_community_adds_is_learned_beside_the_model() -> None:
    gym = "intent: gym\ntitle: 健身房\nexamples: |\n  - 健身房几点开门\n  - 想去健身房锻炼\n  - 办一张健身卡\n"
    learned = Matcher(catalogue(gym=gym), TABLES, ["今天天气怎么样"], LEARNED)

    assert learned.match(Reading.of("健身房办卡", NOW)).candidates[0].intent == "gym"
    assert learned.match(Reading.of("地板鼓起来了", NOW)).candidates[0].intent == "leak"


def test_lines_added_to_a_known_intent_count() -> None:
    leak = FILES["leak.yaml"].replace("examples: |\n", "examples: |\n  - 鱼缸裂了淌一地\n  - 鱼缸破了\n")
    best = Matcher(catalogue(leak=leak), TABLES, ["今天天气怎么样"], LEARNED).match(Reading.of("家里鱼缸裂了", NOW)).candidates[0]

    before = Matcher(catalogue(), TABLES, model=LEARNED).match(Reading.of("家里鱼缸裂了", NOW)).candidates[0]
    assert best.intent == "leak"
    assert best.confidence > before.confidence


def test_what_a_file_names_as_nobodys_business_is_refused_word_for_word() -> None:
    outside = "intent: out_of_scope\ntitle: 不归这里\nexamples: |\n  - 地板是什么木头的\n"

    assert (
        Matcher(catalogue(out_of_scope=outside), TABLES, model=LEARNED).match(Reading.of("地板是什么木头的", NOW)).decision
        == "reject"
    )


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("物业你好", "物业你好"),
        ("你好麻烦问下门禁卡", "门禁卡"),
        ("师傅什么时候到", "师傅什么时候到"),
        ("物业的电话", "物业的电话"),
        ("谢谢", "谢谢"),
    ],
)
def test_fillers_are_taken_off_and_subjects_are_not(said: str, left: str) -> None:
    assert strip_fillers(said) == left


def test_only_the_end_of_a_long_message_is_looked_through_for_politeness() -> None:
    assert strip_fillers("修灯" * 100 + "，谢谢啊") == "修灯" * 100 + "，"
    assert strip_fillers("修灯" + "啊呀" * 100) == "修灯" + "啊呀" * 70


def test_prefilter_finds_what_comparing_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["朋友后天来访", "厨房管道漏水", "预约一下访客", "卫生间渗水"]
    all_ = [MATCHER.match(Reading.of(text, NOW)) for text in texts]
    monkeypatch.setattr(scores, "FEW", 0)

    assert [match.candidates[0].intent for match in all_] == [
        MATCHER.match(Reading.of(text, NOW)).candidates[0].intent for text in texts
    ]


def test_training_in_blocks_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = MATCHER.match(Reading.of("厨房管道漏水", NOW)).candidates[0].confidence
    monkeypatch.setattr(scores, "BLOCK", 12)

    assert Matcher(catalogue(), TABLES, ["今天天气怎么样", "讲个笑话"]).match(Reading.of("厨房管道漏水", NOW)).candidates[
        0
    ].confidence == pytest.approx(whole, abs=1e-3)


@pytest.mark.parametrize(
    "text", ["水" * 2000, "1 2" * 666, "3栋2单元" * 400, "明天下午" * 500, "\n" * 2000, "😀" * 2000, "a," * 1000]
)
def test_two_thousand_characters_of_anything_are_judged_at_once(text: str) -> None:
    best = 1.0
    for _ in range(3):
        began = time.process_time()
        MATCHER.match(Reading.of(text, NOW))
        best = min(best, time.process_time() - began)

    assert best < 0.025  # five times what it takes, for slow machines


def test_a_template_with_many_free_slots_is_refused() -> None:
    slots = dict.fromkeys("abcde", "text")

    with pytest.raises(TemplateFault) as told:
        compile_sentence("给{a}{b}{c}{d}{e}", {}, {}, slots)
    assert "最多" in told.value.message
    compile_sentence("(给{a}{b}|{c}{d}的{e})", {}, {}, slots)


def test_a_template_tries_no_message_that_is_a_story() -> None:
    sentence = compile_sentence("给{a}{b}{c}{d}开码", {}, {}, dict.fromkeys("abcd", "text"))

    assert sentence.match("给" + "张" * 20 + "开码") is not None
    assert sentence.match("给" + "张" * 400 + "开码") is None


def test_of_many_templates_those_that_match_are_found_in_their_order() -> None:
    templates = ("给{a}开码", "(取消|作废)通行证", "给[张伟]{a}码")
    anyone = AnyOf([compile_sentence(template, {}, {}, {"a": "text"}) for template in templates])

    assert [anyone.fitting(text) for text in ("给张伟开码", "作废通行证", "给张伟码")] == [[0, 2], [1], [2]]
    assert [anyone.fitting(text) for text in ("给张伟", "通行证作废", "")] == [[], [], []]
    assert AnyOf([]).fitting("") == []


#: Templates that a regular expression tries at one message in more ways than there are seconds.
HOSTILE = [
    "[甲]" * 40, "[甲|甲甲]" * 30, "[甲|甲甲][甲]" * 30, "([甲]|[甲][甲])" * 40, "[[[甲]甲]甲]" * 20, "(甲|甲|甲)" * 40 + "丙", "[{x}]" * 4 + "[甲]" * 40,
    "<more>" * 6, "[{list}]" * 40, "(甲乙|甲乙丙|甲)" * 26, "((甲;甲;甲;甲);(甲;甲;甲;甲);(甲;甲;甲;甲))",
]  # fmt: skip


@pytest.mark.parametrize("template", HOSTILE)
def test_template_with_countless_ways_to_fit_takes_a_message_no_longer_than_its_length(template: str) -> None:
    rules, lists = {"more": "[甲][甲]" * 5}, {"list": {"甲": "1", "甲甲": "2"}}
    sentence = compile_sentence(template, rules, lists, {"x": "text"})

    for text in ("甲" * 79 + "乙", "甲乙" * 39 + "丁", "甲" * 80):  # a regular expression would not come to an end
        assert (AnyOf([sentence]).fitting(text) == [0]) == (sentence.match(text) is not None)
    assert sentence.match("甲" * 79 + "乙") is None or "{x}" in template


@pytest.mark.parametrize(("template", "position"), [
    ("[甲]" * 700, 1), ("甲" * 10_001, 10_001), ("好<ten>", 2), ("好<empty>", 2), ("{list}", 1), ("(<one>;<one>;<one>;<one>)", 1),
])  # fmt: skip
def test_template_that_is_written_out_too_long_is_a_fault_with_its_place_and_a_way_out(template: str, position: int) -> None:
    rules = {"one": "甲" * 500, "nothing": "", "ten": "<hundred>" * 10, "hundred": "<thousand>" * 10, "thousand": "<one>" * 2,
             "empty": "<void>" * 100, "void": "<blank>" * 100, "blank": "<nothing>" * 100}  # fmt: skip
    lists = {"list": {f"{n:05}": "" for n in range(3000)}}

    with pytest.raises(TemplateFault) as caught:
        compile_sentence(template, rules, lists, {})

    assert (caught.value.code, caught.value.position) == ("E305", position)
    assert "请分成几行写" in caught.value.hint


def test_samples_of_parts_in_any_order_are_no_more_than_are_used() -> None:
    many = "|".join("abcdefghijklmnopqrstuvwxyz0123456789")

    assert len(compile_sentence(f"(({many});({many});({many});({many}))", {}, {}, {}).samples) == 30


#: Templates, and what the same is as a regular expression: an independent judge of what fits and which words stand for which slot.
SIGNS = st.sampled_from("甲乙丙").map(lambda sign: (sign, sign))
FORMS = st.recursive(SIGNS, lambda inner: st.one_of(
    st.lists(inner, max_size=4).map(lambda parts: ("".join(p for p, _ in parts), "".join(r for _, r in parts))),
    inner.map(lambda part: (f"[{part[0]}]", f"(?:{part[1]})?")),
    st.lists(inner, min_size=2, max_size=3).map(
        lambda parts: (f"({'|'.join(p for p, _ in parts)})", f"(?:{'|'.join(r for _, r in parts)})")
    ),
), max_leaves=8)  # fmt: skip


@given(before=FORMS, between=FORMS, after=FORMS, text=st.text("甲乙丙丁", max_size=9))
def test_what_fits_and_what_stands_for_a_slot_is_what_a_regular_expression_says(
    before: tuple[str, str], between: tuple[str, str], after: tuple[str, str], text: str
) -> None:
    template = f"{before[0]}{{x}}{between[0]}[{{y}}]{after[0]}"
    sentence = compile_sentence(template, {}, {}, {"x": "text", "y": "text"})

    found = re.fullmatch(f"{before[1]}(?P<x>.{{1,24}}?){between[1]}(?:(?P<y>.{{1,24}}?))?{after[1]}", text)

    assert sentence.match(text) == (None if found is None else {name: said for name, said in found.groupdict().items() if said})
    assert (AnyOf([sentence]).fitting(text) == [0]) == (found is not None)
