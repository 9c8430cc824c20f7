"""People called by what they are to somebody, or by what they come for: 我妹妹, 陈建国家的妹妹, 修空调的师傅, 送货的.

At a gate that is a name enough. Whose they are is left out when it is who writes: 我妹妹 is 妹妹.
"""

import re

from bot.language.normalise import longest_first

#: Called so with or without saying whose they are.
_PEOPLE = longest_first(
    "爷爷 奶奶 外公 外婆 姥姥 姥爷 爸爸 妈妈 老爸 老妈 爸妈 父亲 母亲 父母 爹妈 爷娘 阿爸 阿妈 公公 婆婆 公婆 岳父 岳母 丈人 老丈人 丈母娘 亲家 亲家母 "
    "舅舅 舅妈 叔叔 婶婶 婶子 姑姑 姑妈 姑父 姑姥姥 姨妈 姨父 小姨 大姨 阿姨 伯伯 大伯 伯父 伯母 大妈 大爷 大叔 大婶 哥哥 大哥 二哥 嫂子 弟弟 弟妹 弟媳 姐姐 大姐 二姐 姐夫 "
    "妹妹 妹夫 小舅子 大舅子 小姨子 小姑子 小叔子 表哥 表弟 表姐 表妹 表叔 表舅 堂哥 堂弟 堂姐 堂妹 侄子 侄女 外甥 外甥女 儿子 儿媳 儿媳妇 女儿 女婿 闺女 姑娘 孩子 孙子 孙女 外孙 外孙女 "
    "老公 老婆 爱人 媳妇 对象 老伴 男朋友 女朋友 亲戚 亲戚们 朋友 好朋友 老朋友 同学 老同学 同事 老同事 战友 老战友 老乡 邻居 闺蜜 发小 牌友 球友 网友 室友 客户 老板 徒弟 师兄 师姐 "
    "保姆 月嫂 护工 钟点工 保洁 保洁阿姨 家教 家教老师 老师 护士 医生 中介 司机 装修师傅 搬家师傅 安装师傅 快递员 快递小哥 送货员 外卖员 外卖小哥 搬家公司 装修公司 家具厂 理疗师".split()
)
#: Called so only with whose they are: 我妈, 老婆她哥.
_SHORT = "爸妈爹娘哥弟姐妹姑姨舅叔伯婶嫂爷奶"

_OWNER = r"(?:我们?家?|俺们?家?|咱们?家?|阿拉|[\u4e00-\u9fff]{2,4}?家)的?"
_TRADE = (
    r"(?:打扫|安装|维修|辅导|修|装|送|搬|收|换|通|量|擦|洗|刷|做|测|贴|铺|拆|查|拉|教|运)"
    r"(?!修|一)[\u4e00-\u9fff]{1,5}?的(?:师傅|阿姨|工人|小伙子|小伙|小哥|大哥|大姐|姑娘|老师|司机|人)?"
)
_KIN = re.compile(
    rf"(?<![看找接陪见顾访像])(?<![看找接陪见顾访][我俺咱他她])(?P<owner>{_OWNER})?(?P<n>(?:{_PEOPLE}|(?<=[我俺咱家的])[{_SHORT}])(?:(?:家|他|她)?的?(?:{_PEOPLE}|(?<=[家他她的])[{_SHORT}]))*)(?:们|俩)?"
    rf"|(?:^|(?<=[，,。；;、\s□个让帮给请是叫有位]))(?P<trade>{_TRADE})(?=$|[，,。；;、\s□来到要上下进过会开是今明后早晚中周]|还|们)"
)
#: Who comes is named where one says that they come.
_COMES = re.compile(r"^[^，,。；;！!？?]{0,14}[来到回嚟进]")

_AND = re.compile(r"[\s,，、]*(?:和|跟|与|还有|[,，、])?")

#: 我妈 is called 妈妈 by others, 我娘 is not 娘娘.
_DOUBLED = frozenset("爸妈哥弟姐妹姑舅叔伯婶爷奶")


def find(text: str) -> list[str]:
    """Return the first who are said to come, else the first who are spoken of: several where they are named in a row."""
    found = list(_KIN.finditer(text))
    first = next((place for place, one in enumerate(found) if _COMES.search(text[one.end() :])), 0)
    while first and _AND.fullmatch(text, found[first - 1].end(), found[first].start()):
        first -= 1
    together = found[first : first + 1]
    for one in found[first + 1 :]:
        if not _AND.fullmatch(text, together[-1].end(), one.start()):
            break
        together.append(one)
    return [_named(one) for one in together]


def _named(one: re.Match[str]) -> str:
    if one["trade"]:
        return one["trade"]
    owner, name = one["owner"] or "", one["n"]
    if not re.match("[我俺咱阿]", owner):
        return owner + name
    return name * 2 if name in _DOUBLED else name
