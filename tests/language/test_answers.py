"""Short answers: what means yes, no, stop, a person or number two; and that no message takes long to read."""

import pytest

from bot.language import answers

READERS = (
    answers.is_yes, answers.is_no, answers.is_cancel, answers.is_skip, answers.wants_human, answers.is_leaving, answers.is_hesitation,
    answers.is_open, answers.is_any, answers.is_now,
)  # fmt: skip


@pytest.mark.parametrize(
    "text", ["是的", "好的好的", "嗯嗯嗯", "对对对，没错", "可以了", "OK", "行，就这样吧", "系啊", "嗯呐", "对头", "对喽", "啱喇"]
)
def test_agreement_is_heard(text: str) -> None:
    assert answers.is_yes(text)


@pytest.mark.parametrize("text", ["算了", "算了不用了", "取消吧取消吧", "我不报修了", "不想弄了", "先不弄了", "改天再说吧"])
def test_calling_off_is_heard(text: str) -> None:
    assert answers.is_cancel(text)


@pytest.mark.parametrize("text", ["不是", "不对不对", "错了", "先不", "唔系"])
def test_refusal_is_heard(text: str) -> None:
    assert answers.is_no(text)


@pytest.mark.parametrize("text", ["好的坏了", "取消订单号是多少", "不是说今天来吗", "对面楼很吵"])
def test_word_inside_a_sentence_is_no_answer(text: str) -> None:
    assert not any(reads(text) for reads in READERS)


@pytest.mark.parametrize(
    "unit", ["算了不用了", "对", "对对", "嗯", "是的", "不要", "取消", "停", "好", "转人工", "啊", "谢谢", "第一"]
)
@pytest.mark.parametrize("count", [4, 26, 2000])
def test_repetition_with_a_tail_that_does_not_fit_is_read_at_once(unit: str, count: int) -> None:
    # With ambiguous groups the second count took seconds and the third for ever: the run itself would not end.
    text = unit * count + "，吧x"

    assert not any(reads(text) for reads in READERS)
    assert answers.pick(text, ["报修", "访客"]) is None


@pytest.mark.parametrize("text", [
    "那先别动", "那先别删 留着吧", "千万别取消", "先别解绑",
    "点错了", "按错了", "不弄了", "不搞了", "先不办", "算了吧", "我已经绑过了", "已经报过了", "不是这个", "搞错了", "换个别的", "不填了",
    "退出", "返回", "回主菜单", "唔搞喇", "不整了", "没事了", "当我没说", "改天", "改天吧", "点错了，不好意思", "不好意思点错了",
    "不是要这个", "我不是这个意思", "我要的不是这个", "太麻烦了不弄了", "太麻烦了，不弄了", "还是算了", "已经登记好了", "我绑过了", "早就绑了",
    "手滑了", "以后再说", "下次吧", "过两天再弄", "按错咗", "唔整喇", "唔系呢个", "算逑了", "返回主菜单", "不想填了", "办别的事", "先放放",
    "没啥事了", "先不弄了，谢谢", "拉倒吧", "不用登记了", "不需要了", "不报了",
    "哎呀我点错了", "按错键了", "弄错了不好意思", "我不是来报修的", "算咯", "不想办了", "别弄了", "已经报修过了", "昨天就报过了",
    "我家早登记了", "先不报了", "等我回家再弄", "我再想想吧算了", "退出登记", "不绑了", "打扰了，不弄了", "这个不用了", "我想办别的",
    "换件事", "没别的事了", "走错了", "进错了", "唔搞住先", "不要这个", "搞不来，算了", "太复杂了不弄了", "我还是打电话吧",
    "我直接打电话问吧", "关闭", "取消操作", "不玩了", "又碰到了 没事", "唔好意思 禁错掣", "那先莫下 月底那天再说", "先莫", "先别撤", "那先不慌", "算啦",
])  # fmt: skip
def test_what_sounds_like_leaving_leaves(text: str) -> None:
    assert answers.is_leaving(text)


@pytest.mark.parametrize("text", [
    "改天下午来", "不是这个是那个", "不是这个，是那个", "不是这个时间", "换个别的时间", "明天再来一个人", "返回的水很脏", "没事", "已经漏了三天了",
    "修了还是漏", "报过了还没来修", "点错了，我要报修", "不是3栋是5栋", "我不开车", "不来了吗", "已经到了", "不知道", "先不开车", "不亮了",
    "不是张三是李四", "门关不上了", "出去的门坏了", "下次来的人多", "来过了", "漏水了，昨天已经报过了", "好的", "不急", "没有", "不用",
    "没事没事", "碰到台阶了", "先别急", "先别来 明天下午来", "算算要多少钱", "不用改", "不改了",
])  # fmt: skip
def test_correction_or_answer_does_not_leave(text: str) -> None:
    assert not answers.is_leaving(text)


@pytest.mark.parametrize("text", [
    "等下", "等会儿", "我想想", "我看看", "让我问问", "稍等", "马上", "别急", "嗯…", "这个嘛", "等等", "等一下", "等我一下",
    "我问问我妈", "我去问问", "我找一下车牌", "呃", "等我谂下", "等哈", "我想哈", "稍等一下哈", "好的稍等", "等会儿告诉你", "我量一下",
    "嗯，这个嘛", "等下，我看看", "让我想一想", "等我问清楚", "我看下", "我查查车牌", "一会儿发你", "慢点", "那个…",
    "等我两分钟", "我去拿下手机", "稍等我看一眼", "我先看看", "容我想想", "嗯嗯等下", "等我老公回来", "我翻翻聊天记录", "且等等",
    "我得问问我儿子", "我问一下我女儿", "等等我找眼镜", "我给他打个电话问问", "不急，我想想", "嗯......", "让我看看日历", "等下再说",
])  # fmt: skip
def test_asking_for_time_is_hesitation(text: str) -> None:
    assert answers.is_hesitation(text)


@pytest.mark.parametrize("text", [
    "确认取消", "等下来", "等会儿到", "我想下午来", "我想下周来", "我看看房明天来", "马上到", "马上来人", "嗯", "嗯嗯", "好的", "等下三点来", "我妹妹",
    "我想明天来", "看房的", "查水表的", "我问下几点到", "别来了", "这个要钱吗", "那个灯坏了", "等我妈来", "等了三天了", "张三", "慢慢来了",
    "我看不行",
])  # fmt: skip
def test_what_says_something_is_no_hesitation(text: str) -> None:
    assert not answers.is_hesitation(text)


@pytest.mark.parametrize("text", [
    "还没定", "不知道", "没想好", "到时候再说", "说不准", "看情况", "还不知道", "不清楚", "不确定", "几点还不知道", "不知道几点",
    "车牌我不知道", "我也不清楚", "他没说", "他没说几点", "不晓得", "唔知", "唔知道", "还没想好呢", "再说吧", "不一定", "说不好", "时间没定",
    "待定", "不知道他车牌", "还没问", "忘了", "记不清了", "睇情况", "具体几点说不准", "不知道他几点来", "看他", "没准儿",
    "还说不好", "没讲好", "他也没说准", "时间还没定下来", "具体时间没定", "暂时不清楚", "我忘了问", "到时候看", "不晓得几点",
    "还没跟我说", "车牌号还不知道", "这个不好说", "我不记得了", "我记不住", "这我哪知道", "谁知道呢", "没问他", "还没确定",
])  # fmt: skip
def test_not_knowing_yet_is_heard(text: str) -> None:
    assert answers.is_open(text)


@pytest.mark.parametrize("text", [
    "不知道怎么取消", "明天", "都行", "随便", "没有", "不开", "没定位", "不知道哪里漏水了", "看情况明天来", "张三", "我不知道绑了没有",
    "忘了带卡", "不一定要来修",
])  # fmt: skip
def test_knowing_is_not_taken_for_not_knowing(text: str) -> None:
    assert not answers.is_open(text)


@pytest.mark.parametrize("text", [
    "随时来都要得",
    "哪天来她都在家", "啥时候来老人都在",
    "啥时候都行", "随便", "都可以", "都行", "看你们方便", "师傅什么时候方便就什么时候", "随时", "随时都行", "你们定", "听你们安排", "哪天都行",
    "几点都行", "无所谓", "我都在家", "师傅方便就行", "随便你们", "什么时候来都行", "你们看着办", "好久都可以", "几时都得", "冇所谓", "是但",
    "家里一直有人", "明天都行", "你们方便就行", "看师傅", "师傅有空就来", "任何时间都可以", "都行的", "随时来",
    "哪个时间都可以", "什么时间都方便", "你们安排就好", "全天在家", "白天我都在", "早晚都行", "由你们定", "我随时有空", "啥时候来都中",
    "都方便", "听物业安排", "你们哪天有空哪天来", "越快越好", "你们说了算",
])  # fmt: skip
def test_not_minding_is_heard(text: str) -> None:
    assert answers.is_any(text)


@pytest.mark.parametrize("text", [
    "下午都可以来修", "不行", "明天", "随便停车的人", "都坏了", "都不行", "除了明天都行", "你们几点上班", "什么时候来", "师傅什么时候来", "看房",
    "听说停水", "师傅", "你们", "没问题",
])  # fmt: skip
def test_minding_is_not_taken_for_not_minding(text: str) -> None:
    assert not answers.is_any(text)


@pytest.mark.parametrize("text", [
    "就现在", "已经到了", "已经在门口了", "人到了", "马上到", "现在", "到门口了", "人在门口", "人已经到了", "他到楼下了", "刚到", "到了",
    "快到了", "马上就到", "已经到咗", "而家", "人都到门口了", "在门口等着", "车到大门口了", "现在就来", "人已经在门岗了", "就在楼下", "这就到",
    "在门卫那里", "我朋友到了", "现在来", "已经来了",
    "已经到大门口了", "他就在门口", "人就在门岗", "客人已经到了", "她到南门了", "正在门口等", "马上就要到了", "在保安亭", "刚刚到",
    "现在就在楼下", "这会儿就到了", "车已经在道闸那里了", "我妈到了", "立刻",
])  # fmt: skip
def test_being_here_means_now(text: str) -> None:
    assert answers.is_now(text)


@pytest.mark.parametrize("text", [
    "到了吗", "到了？", "人到了没", "明天到", "什么时候到", "现在漏水", "现在不行", "三点到", "到门口的灯坏了", "快到期了", "就是", "人", "快",
    "马上取消", "现在改成后天", "到货了吗", "没到",
])  # fmt: skip
def test_other_times_and_questions_do_not_mean_now(text: str) -> None:
    assert not answers.is_now(text)


@pytest.mark.parametrize("text", [
    "不开", "没车", "不开车", "打车来", "没有", "不用填", "他不开车", "没开车", "他没车", "走路来", "骑车来", "坐地铁来", "冇车",
    "唔揸车", "空着", "不填", "先不填", "不开的", "坐高铁来",
    "没有车", "没有车牌", "他不开车来", "走过来的", "她坐公交来", "不开车的", "不用写", "没车呀", "走路", "骑车", "无车",
    "打的来", "坐出租车来", "不知道车牌", "没开车来", "空", "跳过吧", "没买车",
])  # fmt: skip
def test_coming_without_a_car_and_leaving_empty_skip(text: str) -> None:
    assert answers.is_skip(text)


@pytest.mark.parametrize("text", [
    "不开门", "没车位", "车牌", "开车来", "走了", "不填了", "开的",
])  # fmt: skip
def test_other_words_do_not_skip(text: str) -> None:
    assert not answers.is_skip(text)


@pytest.mark.parametrize(
    "text", ["我就都也还" * 6, "等我先去再" * 6, "不知道几点" * 6, "点错了" * 9 + "x", "随便都行" * 7 + "x", "现在马上就" * 6]
)
def test_longest_answer_that_almost_fits_is_read_at_once(text: str) -> None:
    for reads in READERS:
        reads(text)


@pytest.mark.parametrize(("text", "any_"), [
    ("随么子时候来都要得", True), ("啥辰光来修侪可以", True), ("随便好久去都行", True), ("几时来都有人", True),
    ("什么都坏了", False), ("啥时候来？", False), ("什么时候都没人", False),
])  # fmt: skip
def test_any_time_is_said_in_many_tongues(text: str, any_: bool) -> None:
    assert answers.is_any(text) is any_


def test_a_number_is_a_yes_once() -> None:
    assert answers.is_yes("1")
    assert not answers.is_yes("1111")


PLACES = ["和苑小区", "和苑小区东区", "锦绣花园"]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("和苑", "和苑小区"),
        ("就是和苑小区 不是东区", "和苑小区"),
        ("不是东区，是和苑小区", "和苑小区"),
        ("和苑小区的呀", "和苑小区"),
        ("我住在和苑那边", "和苑小区"),
        ("东区", "和苑小区东区"),
        ("和苑小区东区的", "和苑小区东区"),
        ("锦绣的", "锦绣花园"),
        ("我是3栋2单元502业主 锦绣花园", "锦绣花园"),
        ("小区", None),
        ("我是他朋友", None),
        ("不是和苑小区", None),
        ("啥意思", None),
    ],
)
def test_an_option_is_named_whole_or_in_part_and_none_where_it_may_be_several(words: str, place: str | None) -> None:
    index = answers.named(words, PLACES)

    assert (None if index is None else PLACES[index]) == place


@pytest.mark.parametrize("words", ["我不是吕勇", "不是吕勇", "没有吕勇这个人"])
def test_who_denies_an_option_does_not_pick_it(words: str) -> None:
    assert answers.pick(words, ["我就是吕*勇", "我是这家的其他人"]) is None
