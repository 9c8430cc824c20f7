"""What is said after an alarm: that nobody need come, that help is there, the number one calls. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence

from bot.language import answers
from bot.language.danger.judge import Judge
from bot.language.danger.sorts import Danger
from bot.language.kinds.temperature import temperatures
from bot.language.reading import Reading

#: 别报警 is none of them: whoever is beaten says it out of fear.
_OVER = re.compile(
    r"误报|虚惊|(?:并无|没有|并没有|不是|不见)(?:明火|着火|起火|火情)|(?:勿|不用|不要|别)(?:惊动|打119|叫消防|拉警报)|不用报警|没事|冇事|没得事|不用来|别来了|唔使嚟|搞错|弄错|按错|发错|(?<!不是)误会|开玩笑|解决了|(?:火|火苗|明火)[^，。,]{0,3}灭(?:掉)?了|(?<![^\s，。,])(?:都|已经|总算|可算)?[扑浇盖弄]?灭(?:掉)?了|灭掉了|(?<![跑逃冲撤冒窜漏流喷溢漫渗烧飘闻听看叫哭])出来了|人醒了|醒过来了|找到(?:人|孩子|娃)?了|救出来了|好了$"
)
#: Whoever was hurt is in good hands: 送医院了, 已经在医院了.
_CARED = re.compile(
    r"(?<!要)(?<!想)(?<!快)(?:送|到|去|进|转|在)(?:到|去|往|了)?(?:[区市省]|人民|中心|儿童|第.)?医院了|住(?:进)?(?:医)?院了|[上抬]了?(?:救护车|急救车)了"
)

#: What was told first was none: 不是困住 是误会.
_MISTAKEN = re.compile(
    r"不是[^，。,？? ]{1,8}[，, ]*(?:原来|其实|就)?是?个?(?:误会|误报|误触|虚惊|[看听搞弄按]错)(?:一场)?(?:了|的)?[。！!]*"
)

#: Who gives up waiting does not say that all is well.
_GIVES_UP = re.compile("算[了啦喇咯哒数]|拉倒|再说|先这样|停|结束|退出")

#: All that was told of is over, not one of it.
_OF_ALL = re.compile("都|全部?|一切|大家|两个|两件")

#: By which words each kind of danger is spoken of once it is over.
_NAMED: Mapping[Danger, re.Pattern[str]] = {
    danger: re.compile(words) for danger, words in {
        Danger.FIRE: "火|烧着|着了", Danger.SMOKE: "烟", Danger.GAS: "煤气|燃气|天然气|液化气|漏气|气味|臭鸡蛋|阀", Danger.ELECTRIC: "触电|漏电|电到|电着",
        Danger.WATER: "落水|掉水|淹|水退", Danger.LIFT: "电梯|轿厢|(?<![跑逃冲撤医院吐])出来了", Danger.TRAPPED: "困|反锁|锁住|卡住|夹|(?<![跑逃冲撤医院吐])出来了", Danger.COLLAPSE: "塌|砸",
        Danger.CRIME: "打架|打人|吵架|打老[婆公]|小偷|贼|刀|撬|陌生|跟踪|尾随|敲门|那个?人|男的|治安", Danger.CHILD: "吞|呛|噎|烫", Danger.ANIMAL: "狗|蛇|蜂|猫",
        Danger.FALL: "摔|跌|绊", Danger.MISSING: "找到|找着|走丢|失联|接电话", Danger.MEDICAL: "[晕昏醒抽喘吐疼痛]|胸口|血压|中风|发烧|退烧|心脏|医院|住院|救护车|急病",
    }.items()
}  # fmt: skip

#: Kinds that one thing may be told as: who fell is ill, a child shut in is looked for.
_ALIKE = (
    {Danger.FIRE, Danger.SMOKE, Danger.GAS, Danger.ELECTRIC}, {Danger.CHILD, Danger.MEDICAL, Danger.FALL, Danger.ANIMAL, Danger.COLLAPSE, Danger.ELECTRIC},
    {Danger.CHILD, Danger.MISSING, Danger.TRAPPED}, {Danger.LIFT, Danger.TRAPPED}, {Danger.WATER, Danger.MEDICAL}, {Danger.TRAPPED, Danger.COLLAPSE}, {Danger.TRAPPED, Danger.WATER},
)  # fmt: skip

#: Of whom one speaks, in one group each where people are told apart by different words.
_PEOPLE: Sequence[re.Pattern[str]] = [re.compile(words) for words in (
    "孩子|小孩|娃|宝宝|崽|囡|儿子|女儿|闺女|孙|[大小二]宝|弟弟|妹妹", "(?<!姨)(?<!姑)(?<!舅)妈|母亲|老娘|婆婆|岳母|丈母娘", "爸|父亲|老爹|老豆|公公|岳父|老丈人", "老公|丈夫|先生|爱人|老伴|老头子",
    "老婆|妻子|太太|媳妇|爱人|老伴|老太婆", "奶奶|外婆|姥姥|阿婆|老太太", "爷爷|外公|姥爷|大爷|老爷子", "邻居|隔壁|对门|楼上|楼下",
    "[我俺](?![们家的妈爸老孩儿女爷奶外娃邻婆公媳爱先太弟妹哥姐姨舅叔姑岳丈看听见闻])",
)]  # fmt: skip

#: Somebody of whom it cannot be told who they are: 老人晕倒了.
_ANYBODY = re.compile("有人|老人|[他她佢伊]|一个人|男的|女的")

#: Said of somebody: 老公没事, 我妈也好了.
_FINE = re.compile(
    r"(?P<who>[^\s，。,.；;、\d]{1,6}?)(?:人|现在|已经|都|也|倒|还|挺|是)*(?:没事|冇事|没得事|好着|好好的|好了|平安|正常)"
)

#: Who has come: 救护车进来了, 消防到了.
_HELPED = re.compile(
    r"(?:120|119|110|救护车|消防车?|警察|民警|医生|保安|师傅|你们的?人)\S{0,4}(?:来了|到了|进来了|接走了|拉走了)"
)

#: Nobody came to harm by what was told: 莫绊着，人好着呢.
_UNHURT = re.compile(
    r"(?:没有?|莫|冇|未|弗)(?:人)?(?:受伤|伤[着到]|绊[着到]|摔[着到倒]?|磕[着到]|碰[着到]|砸[着到]|烫[着到]|夹[着到]|滑倒|吓[着到])"
    r"|(?:人|孩子|娃|老人|狗)(?:倒|都|也|还|是)*(?:没事|好着|平安|好好的)"
)

#: Beside help somebody is wanted who mends what it came from: 派电工来, 找个师傅来换插座.
_WORKMAN = re.compile(
    r"(?:那|现在|请|麻烦|快|赶紧|你们?|物业|帮我|给我|能不能|能|可以|可不可以|得|要|还要|再|也|[，, ])*"
    r"(?:派|叫|喊|请|找|安排|来|让|要)(?:个|一个|位|一位|一下|人)?(?:物业的?)?"
    r"(?:电工|水工|水电工?|水电师傅|管道工|师傅|维修的?(?:师傅|工人?|人)?|修理工?|锁匠|开锁的?(?:师傅|人)?|工人|工程部的?人?|人)"
    r"(?:过来|上门|来|去)?(?:一下|一趟)?(?P<what>(?:看看?|修理?|换|弄|接|检查|检修|处理|查|开锁?|装)[^，,。？?]{0,10})?(?:吧|啊|呀|嘛|吗|行吗|好吗|谢谢|[。！!?？ ])*"
)
#: Somebody alone may be anybody: 叫人来 asks for help.
_ANYONE = re.compile(r"(?:派|叫|喊|请|找|安排|来|让|要)(?:个|一个|位|一位|一下)?(?:物业的?)?人")

_NOT_OVER = re.compile("吗|么|不是|还没|没好|怎么|？|[?]")

_STILL = re.compile("还有|还在|还困|出不[来去]")

_NUMBER = re.compile(r"(?:打|拨|叫)?(?:1(?:20|19|10)|一二零|幺二零|一一九|幺幺九|一一零|幺幺零)[!！。.，,\s]*")


def is_over(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that nobody need come, or that whoever was hurt is cared for: 误报, 没事了, 取消, 送医院了."""
    if temperatures(said.raw):  # who goes on to say how all of them are does not say that nobody need come
        return False
    if answers.is_cancel(said.raw):
        return _GIVES_UP.search(said.raw) is None
    return _MISTAKEN.search(said.raw) is not None or _says(said, _OVER, judge) or _says(said, _CARED, judge)


def is_of_another(text: str, told: str) -> bool:
    """Tell whether words say only of others than those an alarm was told of that they are fine: 老公没事, of a child in danger."""
    fine = {group for found in _FINE.finditer(text) for group in _groups(found["who"])}
    endangered = _groups(_FINE.sub("", told))
    return bool(fine and endangered) and _ANYBODY.search(told) is None and fine.isdisjoint(endangered)


def _groups(text: str) -> Collection[int]:
    return {place for place, words in enumerate(_PEOPLE) if words.search(text)}


def is_of_all(text: str) -> bool:
    """Tell whether words say that all is over, and not one thing of several: 都没事了."""
    return _OF_ALL.search(text) is not None


def named(text: str) -> Collection[Danger]:
    """Return the kinds of danger that words say are over, by what they speak of: 煤气味 没事了."""
    return {danger for danger, words in _NAMED.items() if words.search(text)}


def alike(one: Danger, other: Danger) -> bool:
    """Tell whether two kinds may be told of the same thing."""
    return one is other or any({one, other} <= kinds for kinds in _ALIKE)


def is_helped(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that help has come: 救护车进来了."""
    return _says(said, _HELPED, judge)


def is_unhurt(said: Reading, judge: Judge) -> bool:
    """Tell whether the words say that nobody came to harm, and nothing worse after it: 莫绊着，人好着呢."""
    return _says(said, _UNHURT, judge)


def is_number(text: str) -> bool:
    """Tell whether the message is nothing but a number that one calls: 120."""
    return _NUMBER.fullmatch(text.strip()) is not None


def _says(said: Reading, words: re.Pattern[str], judge: Judge) -> bool:
    """Tell whether a message says so, and goes on with nothing worse: 火灭了，可是我妈晕倒了 is another alarm."""
    told = words.search(said.raw)
    if told is None or _NOT_OVER.search(said.raw) is not None:
        return False
    rest = said.raw[told.end() :]
    return _STILL.search(rest) is None and (not rest or judge.find(said.part(rest)) is None)


def wants_workman(text: str) -> bool:
    """Tell whether the whole message asks for somebody who mends what an alarm came from: 派电工来; 叫人来 asks for help alone."""
    said = _WORKMAN.fullmatch(text.strip())
    return said is not None and (said["what"] is not None or _ANYONE.search(text) is None)
