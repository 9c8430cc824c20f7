"""What is said only to be polite: yes, heard, thanks, good-bye and who is spoken to, in one message. Pure."""

import re

from bot.language import answers, emoji

_CLAUSES = re.compile(r"[\s,，。.!！~～、;；…]+")

_THANKS = re.compile(
    r"(?:那|那就|真是|真的|实在|非常|太|多|十分)?(?:感?谢|多谢|感激|辛苦|麻烦|唔该|劳烦|有劳|费心|难为|拜托|受累|thx|thanks?)"
    r"(?!.*(?:修|查|帮|派|看|转|催|取消|改|发|快|急|早点|让|放|指|开)).{0,8}",
    re.IGNORECASE,
)

_FILLERS = re.compile(r"^(?:[哦噢喔啊哎诶欸呃额唉嗨]+|那个|就是)(?=.{2})")

_MAY_I = re.compile(
    r"(?:"
    + "|".join(
        [
            # whether it may be
            r"行不行|行[吗么嘛不]|可以[吗么嘛不]|可不可以|好[吗么嘛不]|好不好|成不成?|中不中?|得唔得|要不要得|得不得行|要得[不嘛么吗]|好伐|来[三事]伐|可得行",
            # whether it can be, and how
            r"能不能|能.{1,8}[吗么嘛不]",
            r"(?:能不能|可不可以|能否|可否|可以|方便)(?:帮我?)?(?:等.{1,12}(?:再|后)|再|多|晚|早|改|提前|提早|延|推|加|换|往后|往前|挪|调).{1,12}",
        ]
    )
    + r")[?？呀啊哈]*(?:$|[\s，,。])"
)

_AGREED = re.compile(
    r"(?:嗯+|对|好)?(?:确认|确定|同意|肯定)(?!不|没|.*(?:[吗么谁啥怎哪屁]|什么|会|为|多久|不了|不起|有用|[?？])).{0,6}"
    r"|(?:那|那就|就)(?:给我|帮我|先)?(?:弄|办|整|登记?|绑定?|报|约|定|记|填|加|开)(?:上|好|了|一个)?(?:吧|呗|嘛)"
    # what was just done or read back is right so: 嗯这次对了, 就按这个来, 对就那个
    r"|(?:嗯|好的?|行|对|是的?|可以|没错|哦|噢|那|也|[，, ]){0,6}(?:这|那)(?:一?[次回下]|样|会儿?|个)(?:就|都|才|也|总算|倒)?(?:是)?(?:对|可以|行|好|没错|没问题|准|成)(?:了|啦|喇|咯|的|嘛)*"
    r"|(?:嗯|好的?|好嘞|行|对|是的?|可以|没错|没问题|那|[，, ]){0,6}就?(?:按|照|依)(?:着|照)?(?:这个?|那个?|您说的|你说的|上面的?|刚才的?)(?:样子?|时间)?(?:来|办|弄|定|走|登记?|约|报)?(?:就行|就好|好了|可以|吧|了|嘛|呗)*"
    r"|(?:嗯|好的?|行|对|是的?|可以|没错|那|[，, ]){0,6}就(?:这么|这样|恁么?)(?:定|办|着|来|弄|约|报)?(?:就行|就好|好了|吧|了|嘛|呗)*"
    r"|(?:嗯|对|是的?|没错){1,6}(?:就是?|是)(?:那|这)(?:个|里|边|儿|家|户|位|一?个(?:时间|地方|人))?(?:的|了|啊|呀|没错)*"
)

#: Says yes to what cannot be undone: by the word that is asked for, with what it is said of or without. 确认一下 looks first.
_CONFIRMED = re.compile(
    r"(?:我|俺|嗯|对|是的?|好的?|那|就|行|可以|请|都|全)*(?:确认|确定)(?:了|吧|的|要|就|把|帮|给我|我|全部?|都)*"
    r"(?:删除?|删掉|注销|销户|清空|解绑?|解掉|解除|退)?(?:了|吧|掉|全部?|都|我|的|个人|绑定|信息|资料|数据|账号)*"
)

_WORRIED = re.compile(
    r"(?:要紧|严重|危险|碍事|有事)(?:吗|么|不|嘛)[?？呀啊]*$|要不要紧[?？呀啊]*$|(?:没事|不要紧|不碍事|没关系)吧[?？]*$"
    r"|(?:会不会|该不会|不会)(?:突然|哪天|是)?(?:要)?(?:掉|塌|砸|断|爆|炸|出事|伤|坏掉|有事|有危险|有问题)[^，,。！!？?]{0,4}[?？呀啊吧]*$|安不安全[?？呀啊]*$|(?:安全)(?:吗|么)[?？呀啊]*$"
)

_ENGLISH = re.compile(r"great|perfect|awesome|cool|nice|you|so|very|much|a|lot|bro|guys", re.IGNORECASE)

_SIGH = re.compile(r"(?:唉|哎|哎呀|哎哟|嗨|害|哈+|嘿+|呵+|嘻+|艾玛|哎妈呀)[\s，,。.！!]")

_CALLED = re.compile(r"(?:小|老|大)?(?:同志|师傅|老师|妹儿?|妹子|姐|哥|亲|老板|朋友|邻|伙计|闺女|姑娘|阿姨|叔叔)(?:们)?")

#: 嗯~ is a soft yes, 嗯… none yet.
_TRAILS_OFF = re.compile(r"(?:…|[.。,，、]{2,})\s*$")

#: Words that agree when they stand alone and begin something else when more follows.
_BY_THE_WAY = {"对了", "是了"}

_ASKS_NO_MORE = re.compile(
    r"(?:算了?|得了|那|就|先|我|也|唉|哎)*(?:不|别|甭|莫|唔|勿|覅)(?:用|使|要|消|好|必)?(?:问|打听|查|聊|说|讲|倾|麻烦你?们?)(?:物业|别人|他们)?(?:了|啦|喇)(?:吧|啊)?"
    r"|(?:算了|拉倒|得了|罢了)(?:吧)?我?(?:明天|今天|等会儿?|待会儿?|晚点|回头|还是)*(?:自己|自个儿?)*(?:打(?!.*1(?:10|19|20)(?!\d))(?:个)?(?:电话|客服|给|[0-9])|去|来|跑|问|看|查|搞|弄|走|想|找).{0,6}"
)

_EXCUSE = re.compile(
    r"(?:[哈啊哦哟嘛呀]*(?:不好意思|对不起|抱歉|对不住|添麻烦了?|麻烦(?:你们?|您)?了|谢谢(?:你们?|您)?了?|多谢|辛苦了?)[哈啊哦]*)+$"
)

_FAREWELL = re.compile(
    r"(?:那)?(?:先这样|就这样|回头见|再见|拜拜?|回聊|(?:我)?(?:就)?(?:等|听|候)(?:你们?|您|着)?的?(?:好)?(?:信儿?|消息|通知|回复|电话|回音)|先忙|你们?忙|您忙|晚安|明天见|没别的事?了?)[了吧哈啊]*"
)


#: Who says what they themselves are called.
_ONESELF = re.compile("(?:我|俺|咱|阿拉|本人|自己)(?:叫|是|姓|就是|名字|的名字)|^(?:本人|户主|业主)")


def says_of_oneself(text: str) -> bool:
    """Tell whether words tell the name of whoever speaks: 我叫刘琳. 叫刘小雨 is whoever was spoken of."""
    return _ONESELF.search(text) is not None


def agrees(text: str) -> bool:
    """Tell whether a message is a yes, whatever politeness stands beside it: 对 谢谢侬哦, 👌. 嗯… is none."""
    if _TRAILS_OFF.search(text) and answers.is_hesitation(text):
        return False
    said = clauses(text)
    return emoji.agrees(text) or (any(map(_is_yes, said)) and all(map(_is_polite, said)))


def confirms(text: str) -> bool:
    """Tell whether a message agrees by the one word that it is asked for: 确认, 嗯 确认删除. 好的, 知道了, 👌 and a number do not."""
    said = clauses(text)
    return any(map(_CONFIRMED.fullmatch, said)) and all(_CONFIRMED.fullmatch(one) or _is_polite(one) for one in said)


def refuses(text: str) -> bool:
    """Tell whether a message is a no: 不对, 👎."""
    return answers.is_no(text) or emoji.refuses(text)


def agrees_beside(text: str) -> bool:
    """Tell whether a message begins or ends with a yes and says something else, too: 嗯就他一个人，可以."""
    said = clauses(text)
    return len(said) > 1 and (begins_with_yes(text) or answers.is_yes(said[-1]))


def asks_no_more(text: str) -> bool:
    """Tell whether who asked lets it be, whatever they do instead: 算了不问了 我自个儿走过去瞅瞅."""
    return any(_ASKS_NO_MORE.fullmatch(words) for words in clauses(text)[:2])


def begins_with_yes(text: str) -> bool:
    """Tell whether a message begins with a yes: 对，请财务核一下. 对了 begins something else."""
    first = (clauses(text) or [""])[0]
    return answers.is_yes(first) and first not in _BY_THE_WAY


def sighs(text: str) -> bool:
    """Tell whether a message begins with a sigh or a laugh: 唉 白买了一冰箱菜."""
    return _SIGH.match(text) is not None


def is_courtesy(text: str) -> bool:
    """Tell whether a message wants nothing: 嗯呐, 得嘞 谢了老妹儿, 对的对的."""
    return (
        0 < len(text) <= answers.LONGEST
        and not text.strip().isdigit()
        and bool(said := clauses(text))
        and all(map(_is_polite, said))
    )


def gives_thanks(text: str) -> bool:
    """Tell whether a message does nothing but thank, in however many words: 好好好 谢谢你幺儿, 要得嘛 麻烦你们了."""
    return is_courtesy(text) and any(map(_THANKS.fullmatch, clauses(text)))


def unapologised(words: str) -> str:
    """Return words without the thanks or excuse behind them: 不用来了 of 不用来了哈不好意思."""
    return _EXCUSE.sub("", words) or words


def clauses(text: str) -> list[str]:
    """Return the parts of a message between its pauses, without emoji and without what only fills a pause: 哦, 那个."""
    parts = (_FILLERS.sub("", words) or words for words in _CLAUSES.split(emoji.without_emoji(text)))
    return [words for words in parts if words]


def is_polite_request(text: str) -> bool:
    """Tell whether a question asks for something to be done: 明天下午三点半来行吗, 来之前打我电话好不好."""
    return _MAY_I.search(text) is not None


def worries(text: str) -> bool:
    """Tell whether a question only says that what is told troubles one: 他还有点喘，要紧不."""
    return _WORRIED.search(text) is not None


def _is_yes(words: str) -> bool:
    return answers.is_yes(words) or _AGREED.fullmatch(words) is not None


def _is_polite(words: str) -> bool:
    return (
        _is_yes(words) or answers.is_heard(words)
        or any(pattern.fullmatch(words) for pattern in (_THANKS, _CALLED, _FAREWELL, _ENGLISH))
    )  # fmt: skip
