"""Words that take a consent back, refuse or give it: 撤回健康打卡的同意, 不同意你们收集我的健康信息, 我同意你们记体温. As easily as it was given.

One consent, all of them, and all that is known of somebody are three wishes: who takes back the first has asked for neither of the others.
"""

import re
from collections.abc import Sequence

from bot.contract import Purpose, Resident, Turn, Wish, consents, personal
from integrations.privacy import asked
from integrations.privacy.actions import ASKS_HOW_LONG, OTHERS

#: Each sign may be read in one way alone: else the time it takes doubles with each 我现在.
_BEGUN = "我|俺|要|想|现在|请|麻烦|帮我|给我|把|那|就"
_BEGINS = f"(?:{_BEGUN})*"
_ENDS = r"(?:了|吧|啊|谢谢|[\s,，。.!！~～])*"

#: The whole message, nothing else: whoever says more is answered by what they mean.
_WITHDRAWS = re.compile(
    rf"{_BEGINS}(?:撤回|收回|取消|撤销|撤掉|不再)(?:我|俺)?(?:对|关于|给)?(?:的)?(?P<what>[\u4e00-\u9fff0-9]{{0,12}}?)(?:的)?(?:同意|授权)(?:书)?{_ENDS}"
    rf"|{_BEGINS}(?:(?P<said>[\u4e00-\u9fff0-9]{{2,10}}?)(?:的)?(?:同意|授权)(?:我)?(?:要)?(?:都|全|全部)?(?:撤回|收回|撤销|撤掉|取消)(?:掉)?){_ENDS}"
)
#: Both at once, in either order: 删除我的健康记录并撤回同意. To take a consent back deletes what was kept by it.
_BOTH = re.compile(
    rf"{_BEGINS}(?:删除?|删掉|清空|清除|清掉|抹掉|去掉)(?:掉|了)?(?:我|俺)?(?:家)?(?:的)?(?P<what>[\u4e00-\u9fff]{{2,10}}?)(?:[，,、 ]|并且?|同时|然后|也|再|以及|和|把|请)+(?:撤回|收回|撤销|取消)(?:我|俺)?(?:的)?(?:[\u4e00-\u9fff]{{0,6}}?)(?:同意|授权){_ENDS}"
    rf"|{_BEGINS}(?:撤回|收回|撤销|取消)(?:我|俺)?(?:的)?(?P<of>[\u4e00-\u9fff]{{0,6}}?)(?:的)?(?:同意|授权)(?:[，,、 ]|并且?|同时|然后|也|再|以及|和|把|请)+(?:删除?|删掉|清空|清除|清掉|抹掉|去掉)(?:掉|了)?(?:我|俺)?(?:的)?(?P<kept>[\u4e00-\u9fff]{{2,10}}?){_ENDS}"
)
#: By which a consent alone can be taken back: what else is called off may have been a visit.
_TAKES_BACK = re.compile("(?:撤回|收回|撤销|撤掉).*同意|同意.*(?:撤回|收回|撤销|撤掉)")
#: Thinks better of what was consented to: 上次同意的健康信息我不同意了, 孩子的体温我反悔了.
_REPENTS = re.compile(
    r"(?:[^\s]{0,6}(?:同意|答应)(?:过|了)?的)?(?P<what>[\u4e00-\u9fff0-9]{2,12}?)的?(?:我|俺|现在){0,2}(?:不同意|不答应|反悔|后悔)了[吧啊呀。.!！]{0,3}"
)
#: The child's alone, by a word for them and no more: 孩子那个不同意, 孩子的我不同意了.
_CHILDS = re.compile(
    r"(?:我|俺|那|就|还是|现在|不过|但|可是|[\s,，])*(?P<who>孩子|小孩|娃娃?|宝宝|细路|[大小]?(?:儿子|女儿|闺女)|孙子|孙女|囡囡|[大小二]宝|监护人)们?"
    r"(?:的|那个|这个|那份|那边|这边|那块|嗰个|嘅|我|俺|就|也|先|还是|健康|打卡|体温|同意|现在|[\s,，])*(?:不|唔|勿)(?:同意|答应|愿意|授权|要|记|肯)(?:记|存)?(?:了|吧|啊|呀|啦|咯|的|[\s。.!！])*"
    r"|(?:我|俺|那|就|还是|现在|请|帮我|[\s,，])*(?:撤回|收回|撤掉|取消)(?P<of>孩子|小孩|娃娃?|宝宝|细路)(?:的|那个|这个|那份|嘅|嗰个)+(?:[\s。.!！了吧])*"
)

#: All of them.
_ALL = re.compile("(?:过|所有|全部|一切|任何|每个|每一个|全|都|给过|给你们|之前|以前|以往|我|的|对你们)+")

#: To delete or keep no more what is known of somebody else: 老婆的信息也删掉, 把我妈的资料删了.
_KNOWN = "(?:个人)?(?:信息|资料|数据|记录|聊天记录|电话|手机号?|号码|档案|照片|名字|姓名)"
_DELETES_OTHERS = re.compile(
    rf"(?:{OTHERS}).{{0,4}}(?:{_KNOWN}).{{0,6}}(?:删|清空|清除|抹掉|去掉|注销)|(?:删|清空|清除|抹掉|去掉).{{0,4}}(?:{OTHERS}).{{0,4}}{_KNOWN}"
)
_GIVES = re.compile(
    rf"{_BEGINS}(?:又|重新|愿意|还是)?(?<!不)(?:同意|允许|授权)(?P<what>[\u4e00-\u9fff0-9]{{2,20}}?)(?:的同意)?{_ENDS}"
)

#: To keep something of somebody's, and what may stand around what that is.
#: What is done for somebody beside keeping it: 关心.
_KEEPS = "关心|关怀|照看|问候|惦记|收集|采集|搜集|保存|留存|存储|登记|上报|记录?|存|留|收|拿|用|看|查|问"
_BESIDE = re.compile(
    rf"{_KEEPS}|你们?|您|物业|社区|这个号|小助手|机器人|我们?|俺|咱|自己|家里?人?|本人|个人|任何|所有|全部|全|一切|这些|那些|信息|数据|资料|情况|记录|内容|隐私|每天|以后|再|继续|一直|对|被|给|让|来|去|把|都|也|的|下|着|了"
)
_NEVER = "不同意|不允许|不授权|拒绝|反对|抗议"
_NOT_TO_KEEP = "不(?:想|要|愿意?|让|许|准|用|必|该|能)|别|莫|勿|甭|唔(?:好|要|想)|停止|禁止"
_DELETES = "删除?|清空|清除|清掉|抹掉|去掉"
_WORDS = r"[\u4e00-\u9fff0-9]"

#: One clause: what is not to be kept, and that it is not; or that it is to be deleted.
_REFUSES = re.compile(
    rf"(?:我|俺|我们|我家|现在|以后|从现在起|请|麻烦|那|就|坚决|也|都)*(?:{_NEVER})(?P<never>{_WORDS}{{2,20}}?){_ENDS}"
    rf"|(?:我|俺|我们|我家|现在|以后|从现在起|请|麻烦|那|就|也|都)*(?:{_NOT_TO_KEEP})(?P<not_to>{_WORDS}{{0,6}}?(?:{_KEEPS}){_WORDS}{{1,14}}?){_ENDS}"
    rf"|(?:把|将|请|帮我|麻烦)*(?P<before>{_WORDS}{{2,14}}?)(?:(?:{_NEVER}|{_NOT_TO_KEEP}){_WORDS}{{0,6}}?(?:{_KEEPS})|(?:都|全|全部)?(?:{_DELETES})){_WORDS}?{_ENDS}"
    rf"|(?:我要|我想|请|帮我|麻烦|给我)*(?:{_DELETES})(?P<deleted>{_WORDS}{{2,14}}?){_ENDS}"
)


_TIME = "(?:今天|昨天|前天|刚才|刚刚|方才|上周|上星期|上个?月|那天|之前|前面|上面|[0-9一二三四五六七八九十]{1,3}[月号日])的?"
_TAKES_OUT = "(?:删[除掉了]?|清空|清除|清掉|抹掉|去掉|撤掉|撤回)"
_CHECK_INS = "(?:健康)?(?:打卡|体温|症状)(?:记录|数据|信息)?"
_TALK = "(?:聊天记录|聊天|对话|说的话|说过的话|消息|话)"
_ONE = "(?:[那这]|最后|上|第)?[一二两三]?(?:条|句|段|次|笔)"
#: What alone of all is to be deleted: one's check-ins, a day's talk, one line.
_PART = (
    rf"(?:(?:我|俺|自己)?的?(?:{_TIME})?(?:{_ONE})?的?(?P<N_checkins>{_CHECK_INS})(?:{_ONE})?|(?:我|俺)?(?:跟你|和你|跟你们)?(?:{_TIME}|{_ONE}的?)+(?:(?:我|俺)?的?(?P<N_talk>{_TALK}))"
    rf"|(?:(?:我|俺)家?)?(?P<N_who>[\u4e00-\u9fff]{{0,3}}?)的?(?:{_TIME})?的?(?:那|这|上|最后|第)?[一二两三]?(?:条|次|笔)(?:记录|信息|数据)?)"
)
#: The whole message; whoever wants all deleted says more than that.
_TAKES_PART = re.compile(
    rf"(?:我|想|要|请|麻烦|帮我|给我|能不能|可以|能)*(?:把|将)?{_PART.replace('N_', 'a')}(?:都|全|全部|给我|帮我|也)*{_TAKES_OUT}(?:了|掉|吧|吗|么|行吗|可以吗)*[\s。!！?？]*"
    rf"|(?:我|想|要|请|麻烦|帮我|给我|能不能|可以|能|只)*{_TAKES_OUT}(?:掉|了)?{_PART.replace('N_', 'b')}(?:吧|了|就行|就好|行吗|可以吗|吗)*[\s。!！?？]*"
)


def _part(turn: Turn, text: str) -> str:
    """Return what can be deleted of what alone is to go: a single line is none of it, and nobody is asked whether all shall go."""
    said = _TAKES_PART.fullmatch(text) if len(text) <= _LONGEST else None
    if _ALL_OF.search(text) or _KEPT_PASSES.search(text):
        return ""
    of_check_ins = len(text) <= _LONGEST and _OF_CHECK_INS.search(text) is not None and not _KEPT.search(text)
    if said is None and not of_check_ins:
        return ""
    if said is None or said["acheckins"] or said["bcheckins"]:
        return _say(turn, "privacy.part.checkins")
    if said["atalk"] or said["btalk"]:
        return _say(turn, "privacy.part.talk")
    who = said["awho"] or said["bwho"] or ""
    return _say(turn, "privacy.part", who=who if _RELATED.fullmatch(who) else "")


#: Words of check-ins and of deleting, in any order: 我不想要打卡记录了，删掉.
_OF_CHECK_INS = re.compile(rf"打卡.{{0,10}}{_TAKES_OUT}|{_TAKES_OUT}.{{0,6}}打卡")
#: All of them, or all that is known.
_ALL_OF = re.compile("全|都|所有|一切|统统|信息|资料|账号|数据|聊天记录|同意|授权")
#: Called off, not deleted: a pass, a repair.
_KEPT_PASSES = re.compile("通行证|访客|绑定|报修|工单|客人")
_RELATED = re.compile(rf"{OTHERS}|[爸妈爹娘爷奶哥姐弟妹]")


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words; nothing for all others."""
    text = text.strip()
    if said := _WITHDRAWS.fullmatch(text):
        return _withdraw(turn, said["what"] or said["said"] or "", is_consent=_TAKES_BACK.search(text) is not None)
    if (said := _BOTH.fullmatch(text)) and _names(turn, what := said["what"] or said["of"] or said["kept"]):
        return _withdraw(turn, what, is_consent=True)
    if answer := _part(turn, text):
        return answer
    if (said := _CHILDS.fullmatch(text)) and (what := f"{said['who'] or said['of']}的健康打卡") and _meant(turn, what):
        return _refuse(turn, what)
    for clause in _CLAUSES.split(text):
        if (said := _REPENTS.fullmatch(clause)) and not turn.asks_consent and _names(turn, said["what"]):
            return _withdraw(turn, said["what"], is_consent=True)
    for clause in _CLAUSES.split(text):
        if (said := _REFUSES.fullmatch(clause)) and (what := next(filter(None, said.groups()), "")) and _names(turn, what):
            return _refuse(turn, what)
    if (said := _GIVES.fullmatch(text)) and _names(turn, said["what"]):
        return _give(turn, said["what"])
    if _LISTS.fullmatch(text) and not turn.asks_consent:  # 同意什么, asked for one, is asked of that
        return _listed(turn)
    if len(text) <= _LONGEST and _KEPT_HOW_LONG.search(text):
        return Wish(intent="privacy.about")
    if len(text) <= _LONGEST and _DELETES_OTHERS.search(text) and not _KEPT.search(text):
        return Wish(intent="privacy.delete")  # which asks nothing of who writes, and hands it over
    return ""


#: Asks what was consented to, and nothing else: 我同意了哪些 is no vote.
_LISTS = re.compile(
    rf"(?:{_BEGUN}|查一?下?|看一?|列一?下?|都|一共|之前|以前|到底)*(?:给你们|跟你们|对你们)?"
    r"(?:(?:同意|授权|签|答应|允许|给)(?:过|了|的|你们|都)*(?:哪些|什么|啥|哪几[样项个])(?:东西|信息|个人信息|事情?|用途|同意书?|授权书?)?"
    r"|(?:有|给过|签过|同意过)?(?:哪些|什么|啥)(?:同意|授权)(?:书)?|(?:我的|所有|全部)?(?:同意|授权)(?:书)?(?:的)?(?:记录|清单|列表|情况|有哪些|都有哪些|都有啥)"
    r"|(?:同意|授权)(?:了|过)?哪些)(?:了|呢|啊|呀|的|吗|嘛|[\s,，。.?？!！])*"
)

#: Asks how long what is known of whoever writes is kept: 搬走后我的信息还留着吗.
_KEPT_HOW_LONG = re.compile(
    rf"(?:我|俺|居民|住户|我们)(?:家)?的?(?:{_KNOWN}|个人信息|隐私|体温).{{0,8}}(?:{ASKS_HOW_LONG.pattern})"
    rf"|(?:{_KNOWN}|隐私).{{0,4}}(?:存|留|保存|保留).{{0,2}}(?:多久|多长时间|几天|几个月|几年|到什么时候)"
)

#: Who says more than this tells of something.
_LONGEST = 40
#: Asks about it, or wants nothing deleted.
_KEPT = re.compile("[吗么呢?？]|别删|不要删|不删|怎么|能不能|会不会|通行证|访客|绑定")


#: What ends a clause; a question decides nothing and is none.
_CLAUSES = re.compile(r"[\s,，。.;；!！]+")


def _names(turn: Turn, what: str) -> bool:
    """Tell whether words name what is kept with consent, and nothing else: 你们记我的体温; 孩子去社区打卡点拍照 names more."""
    purposes = turn.context.services.purposes.values()
    called = {word for one in purposes for word in (one.title, *one.called)}
    things = [word for one in purposes if not one.as_guardian for word in (one.title, *one.called)]
    if _ONE_CHILD.search(what) and not any(word in what for word in things):  # 儿子的信息也删 is all that is known of him
        return False
    left = what
    for word in sorted(called, key=len, reverse=True):
        left = left.replace(word, "")
    return left != what and not _BESIDE.sub("", left)


def _meant(turn: Turn, what: str) -> Sequence[Purpose]:
    """Return what is called so, the one with the most fitting name alone: 孩子的健康打卡 is not 健康打卡."""
    fitting = [
        one for one in turn.context.services.purposes.values() if what == one.title or any(word in what for word in one.called)
    ]
    exact = [one for one in fitting if what == one.title]
    guardians = [one for one in fitting if one.as_guardian]
    return (exact or guardians or fitting)[:1]


#: One child of several, who all share one consent.
_ONE_CHILD = re.compile(r"(?:[大小老二]?(?:儿子|女儿|闺女|孙子|孙女|外孙女?)|囡囡|[大小二三]宝|丫头|幺[儿女]|小囡)")

#: Somebody of the family who is no child; what they are is no consent of theirs.
_GROWN = re.compile(
    rf"爸妈|父母|公婆|爷爷奶奶|老人|老头子?|老爷子|老太[太婆]?|老[爸妈爹娘]|{OTHERS}|^家?[爸妈爹娘爷奶哥姐](?=$|的|健康|打卡)"
)


def _withdraw(turn: Turn, what: str, *, is_consent: bool = True) -> str:
    """Take back what is meant, or all; what waits in an open form for it goes, too, and is told. What nobody keeps is answered with what is."""
    persons = personal.persons(turn, turn.openid)
    everything = tuple(turn.context.services.purposes.values())
    is_all = not what or _ALL.fullmatch(what) is not None
    purposes = everything if is_all else _meant(turn, what)
    grown = None if is_all or any(one.as_guardian for one in purposes) else _GROWN.search(what)
    if grown is not None and (purposes or is_consent):
        return _say(turn, "privacy.others_consent", who=re.sub("^(?:我|俺|咱)?家?(?!里|人)|的$", "", grown[0]))
    if not purposes:
        given = asked.given(turn)
        name = "privacy.unknown_consent" if given else "privacy.unknown_consent.none"
        return _say(turn, name, what=what, given=given) if is_consent else ""
    waited = {intent for one in purposes for intent in one.intents} & {*turn.waiting}
    turn.closes.update(intent for one in purposes for intent in one.intents)
    held = [(one, person) for one in purposes for person in persons if consents.in_force(turn, person, one)]
    if not held:
        return _say(
            turn, "privacy.not_kept" if waited else "privacy.not_consented", title="、".join(one.title for one in purposes)
        )
    gone = [_end(turn, person, purpose) for purpose, person in held]
    kept = list(dict.fromkeys(one.kept for one, _ in held))
    child = None if is_all or not purposes[0].as_guardian else _ONE_CHILD.search(what)
    return _say(
        turn,
        "privacy.withdrawn",
        titles="、".join(dict.fromkeys(one.title for one, _ in held)),
        kept="、".join(kept),
        child=child[0] if child else "",
        rows=sum(gone),
        title=held[0][0].title if is_all else next(iter(purposes)).title,
    )


def _listed(turn: Turn) -> str:
    """Tell what was consented to and since when, and how each is taken back; what was refused or withdrawn, too."""
    persons = personal.persons(turn, turn.openid)
    purposes = turn.context.services.purposes.values()
    held = [(one, found) for one in purposes for person in persons if (found := consents.held(turn, person, one)) is not None]
    lines = [
        turn.words(
            "· {title}，{at} 同意的。撤回就说：撤回{title}的同意", title=one.title, at=f"{found.given_at:%Y年%-m月%-d日 %H:%M}"
        )
        for one, found in held
    ]
    if not lines:
        return _say(turn, "privacy.consents.none")
    return _say(turn, "privacy.consents", given=lines)


def _end(turn: Turn, person: Resident, purpose: Purpose) -> int:
    return consents.end(turn, person, purpose)


def _refuse(turn: Turn, what: str) -> str:
    """Take back the consent that is meant, or keep in mind that none will be given; a question about it that stands open is left."""
    if not (purposes := _meant(turn, what)):
        return ""
    [purpose] = purposes
    if any(consents.in_force(turn, person, purpose) for person in personal.persons(turn, turn.openid)):
        return _withdraw(turn, what)
    if turn.resident is not None and turn.flat is not None and not consents.refused(turn, turn.resident, purposes):
        consents.refuse(turn, purpose)
    turn.closes.update(purpose.intents)
    return _say(turn, "privacy.refused", title=purpose.title)


def _give(turn: Turn, what: str) -> str:
    purposes = _meant(turn, what)
    if not purposes or turn.open in purposes[0].intents:  # it asks for the consent itself, when it is needed
        return ""
    [purpose] = purposes
    if turn.resident is None or turn.flat is None:
        return _say(turn, "privacy.not_bound", title=purpose.title)
    is_new = consents.held(turn, turn.resident, purpose) is None
    consents.give(turn, purpose, consents.Given.SAID)
    return _say(turn, "privacy.given" if is_new else "privacy.given.before", title=purpose.title, asks=purpose.words(turn))


def _say(turn: Turn, message: str, **values: object) -> str:
    return turn.words(turn.context.messages[message], **values)
