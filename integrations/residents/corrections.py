"""What residents say of how they stand on the roster: shown to them with its middle veiled, corrected by staff who check it first.

A right of theirs (PIPL art. 45 and 46), and a way into a flat for whoever holds somebody else's account: so nothing is changed by a word
in the chat, and nobody who is not bound reads anything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contract import (
    Ask,
    Desk,
    Happening,
    Refusal,
    Reply,
    Resident,
    Task,
    TaskKind,
    Turn,
    Wish,
    Work,
    action,
    is_unreadable,
    on,
    own_name_told,
    roster,
    tasks,
    tr,
)
from bot.contract import veiled_phone as veiled

#: What such a task is called, who sees to it, and what may come of it.
KIND, NEED = "resident.correction", "household.edit"
DONE, NOT_DONE, NOBODY = tr("已改好"), tr("核实后没有改"), tr("联系不上本人")

TASK = TaskKind(
    kind=KIND, title=tr("住户说登记错了"), path="/households/{flat}#p-{subject}", path_title=tr("核对后改"), need=NEED,
    outcomes=(DONE, NOT_DONE, NOBODY), ends_with_account=True,
)  # fmt: skip

#: What is told of somebody else's row, of a tag, of who is to be taken off it: the words, for the office to look into.
OTHERS = TaskKind(
    kind="resident.correction.other", title=tr("住户说名册上别人的登记不对"), path="/households/{flat}", path_title=tr("核对后改"), need=NEED,
    outcomes=(DONE, NOT_DONE, NOBODY), ends_with_account=True,
)  # fmt: skip

#: Such words of one account in a day.
MOST_OF_OTHERS = 6

INTENT = "residents.record"

#: What is added to the words on somebody else's row.
MORE = "more"

_LONGEST = 40
_NUMBER = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d){8}(?!\d)")
_PHONE = "(?:手机号码?|电话号码|号码|手机|电话|联系方式)"
_NAMED = "(?:姓名|名字|名(?![册单]))"
#: Says of what it is that it stands on record, or is whoever speaks'.
_MINE = "(?:我|俺|本人|登记|名册|预留|留给?你们|系统|绑定)"
_WRONG = "(?:错|不对|不准|打错|变了|换了|不用了|作废|不是我的|要改|想改|改一?下|更正|更新|改成|改为)"

_SHOWS = re.compile(
    rf"(?=.*{_MINE})(?:请问|那|帮我|查(?:一下|下)?|看(?:一下|下|看)?|告诉我|我想(?:知道|看)|你们|物业)*(?:我|俺|本人|你们|物业|名册|系统)?(?:上|里)?(?:我)?(?:在(?:你们|物业)(?:那|这)(?:里|儿)?)?(?:登记|预留|留|绑定|存|填)?(?:的|是)*(?:我的)?(?:{_PHONE}|{_NAMED})"
    rf"(?:登记|预留|留|填|写)?(?:的|成)?(?:是|叫)?(?:多少|什么|啥|哪个|哪一个|几号|谁的?)(?:号|名字)?[啊呀呢了的吗\s?？]*"
)
_SAYS_NEW = re.compile(rf"(?:我|俺)?(?:的)?(?:换|改|变)(?:了|过)?(?:个|新的?)?{_PHONE}(?:了|啦)?")
_SAYS_WRONG = re.compile(
    rf"(?P<whose>{_MINE})?.{{0,6}}(?P<what>{_PHONE}|{_NAMED}|信息|资料).{{0,6}}{_WRONG}|(?:把|将)?(?:我|俺)的?(?P<that>{_PHONE}|{_NAMED})(?:改|换)|(?:请|帮我|我要|我想|麻烦|给我)*(?:改|更正|更新)一?下?(?:我|俺)?(?:在你们那|的)?(?:登记|名册|预留)(?:上|里)?的?(?P<changed>{_PHONE}|{_NAMED}|信息|资料)"
)
_RIGHT_NAME = re.compile(
    rf"(?:应该?是|正确的?是|其实是|改成|改为|换成|叫|{_NAMED}是)(?P<name>[\u4e00-\u9fff·]{{2,8}}?)(?:才对|吧|啊|的|，.*|。)*$"
)
#: Somebody else's name or number: a guest's, a plumber's.
_OF_ELSE = re.compile(
    "客人|访客|朋友|师傅|物业电话|物业的|你们的电话|车牌|快递|他的|她的|通知|为什么|邻居|老公|老婆|爸|妈|儿子|女儿|通行|打错电话|打电话"
)


#: Somebody of the home, and what else stands in its row.
_KIN = (
    "(?:老公|老婆|爱人|丈夫|妻子|先生|太太|媳妇|老伴|屋里人|[大小二三]?(?:儿子|女儿|闺女|孩子|娃|宝)|爸爸?|妈妈?|爹|娘|父亲|母亲|父母|老汉|老豆|老妈子?"
    "|爷爷|奶奶|外公|外婆|姥爷|姥姥|公公|婆婆|岳父|岳母|丈人|丈母娘|哥哥?|姐姐?|弟弟?|妹妹?|嫂子?|姐夫|妹夫|女婿|儿媳妇?|外?孙子|外?孙女|侄子|侄女|外甥女?"
    "|亲戚|室友|租客|租户|房客|保姆|前夫|前妻|前任)"
)
_THEM = "(?:他们|她们|他|她|ta|TA|这个人|那个人|这人|那人|佢|伊)"
_NAME = r"[\u4e00-\u9fff·]{2,6}?"
_LIST = "(?:名册|名单|住户表|登记表|系统|档案|户口|家庭成员|成员|登记|物业)"
_MISWRITTEN = "(?:写|登记?|打|输|记|录|弄|搞|填)(?:得|的)?(?:错|不对|反|混)"
_ITS = "(?:名字?|姓名?|电话|手机号?|号码|联系方式|身份|关系|年龄|岁数|生日|性别|备注|标签|信息|资料)"
#: 我女儿名字登错了, 我爸的电话换了; 名册里廖子写错了应该是廖梓, 廖梓写成廖子了.
_THEIRS_WRONG = re.compile(
    rf"(?P<kin>{_KIN})(?:的|在)?.{{0,8}}?(?:{_ITS}.{{0,6}}?(?:{_WRONG}|{_MISWRITTEN})|{_MISWRITTEN})"
    rf"|{_LIST}(?:里|上)?(?:面|头|边)?(?:的|有个|把|那个)?(?P<named>{_NAME})(?:(?:的{_ITS}|的)?(?:被|给)?(?:你们)?{_MISWRITTEN}|的{_ITS}{_WRONG})"
    rf"|(?:把)?(?P<right>{_NAME})(?:的{_ITS})?(?:被|给)?(?:你们)?(?:写|登记?|打|输|记|录)成了?(?P<wrong>{_NAME})了?$"
    rf"|^(?P<bare>{_NAME})(?:这个)?(?:{_ITS})?(?:{_MISWRITTEN})了?[\s,，]*(?:应该?是|其实是|是|改成){_NAME}$"
)
#: Words that only a list of the office can be meant by, whatever was just spoken of.
_OF_LIST = re.compile("名册|名单|住户表|登记表|档案|家庭成员|物业.{0,3}登记|户主|标签|从我们?家")
_TAG = "(?:[\u4e00-\u9fff]{0,6}?标签|[\u4e00-\u9fff]{0,4}?标记|备注)"
_OFF = "(?:删|去|移|除|划|拿|撤|清|踢|剔|消|取消|摘|抹|解绑|解除绑定|解)(?:掉|除|去|出去|走|下来|下|名|开)?"
_FROM = rf"(?:从|在)?(?:我们?家|我屋头|我屋企|这一?户|我这一?户|{_LIST})(?:的)?{_LIST}?(?:里|上)?(?:面|头|边)?"
#: 把他删了, 把狗标签去掉, 把我爸从我家去掉, 我前妻还在名册上 删掉.
_TAKES_OFF = re.compile(
    rf"(?:请|麻烦|帮我|给我|帮|能不能|可以|我想|我要|想|要|你们|物业|再)*(?:(?:把|将|给|帮)(?:我们?家?的?|我屋头的?|我屋企嘅?|俺)?|我们?家的?|我屋头的?|我屋企嘅?)(?P<who>{_KIN}|{_THEM}|{_TAG}|{_NAME})(?:的|嘅)?(?:微信|绑定|登记|名字|号)?(?:也|都|给我)?"
    rf"(?:{_FROM})?(?:里|上|给)?{_OFF}(?:了|吧|掉|一下|哈|嘛|噻|咯|啦|行吗|好吗|可以吗|吗|[\s。.!！?？])*"
    rf"|(?:我们?家?的?|我屋头的?|俺)?(?P<gone>{_KIN})(?:已经|早就|早|都)?(?:搬走|搬出去|搬家|不住|去世|过世|走|退租|绑(?:到|在|错)(?:我这套|我这户|我家|这套)?)(?:了|这里|这儿|我家)*[\s,，]*(?:请|麻烦|帮我)*(?:把|将|给|帮)?(?:他们|他|她|佢|伊)?的?(?:微信|绑定|登记|名字)?(?:也|都|给我)?{_OFF}(?:了|吧|掉|一下|[\s。.!！])*"
    rf"|(?:请|麻烦|帮我)*(?:{_OFF})(?:我们?家?的?)?(?:{_LIST}(?:里|上)?(?:面|头)?的?)(?P<named>{_KIN}|{_NAME})(?:了|吧|[\s。.!！])*"
    rf"|(?:我们?家?的?|俺)?(?P<still>{_KIN}|{_NAME})(?:怎么|咋|为什么)?(?:都|已经|早就|早)?(?:搬走|搬出去|不住|去世|过世|走)?(?:了|这里|这儿)*[\s,，]*(?:还|怎么还)(?:在|挂在|留在)(?:{_FROM})[\s,，]*(?:请|麻烦|帮我)*(?:{_OFF})?(?:了|吧|呢|啊|[\s。.!！?？])*"
)
#: 名单上少了我女儿, 名册里漏了我爸.
_LEFT_OUT = re.compile(
    rf"(?:我们?家?的?|怎么|为什么|咋|物业|你们)*(?:名册|名单|住户表|登记表|家庭成员|户口|登记)(?:里|上)?(?:面|头|边)?(?:的人)?(?:怎么|好像|还)?(?:少|漏|缺|没有?|冇)(?:写|登记?|加|录|掉)*(?:了)?(?:我们?家?的?|俺)?(?:{_KIN}|{_NAME})(?:呢|啊|呀|的|[\s。.!！?？])*"
)
#: What of somebody's is another service's to take back.
_OF_SERVICE = re.compile("通行|访客|客人|邀请|报修|工单|打卡|体温|症状|聊天|记录|照片|消息|通知|师傅|快递|车")
#: One's own number or name, by the act alone: 我要更正电话, 更正一下我的手机号, 手机号码想改一哈.
_CHANGES_OWN = re.compile(
    rf"(?:我|俺|请问|请|帮|麻烦|给|想|要|需要|能不能|可不可以|可以|怎么|咋个?|如何|点样|去哪里?|在哪里?)*(?:更正|更改|修改|变更|改动|更新|更换|改|换)(?:一下子?|一哈|个|下)?"
    rf"(?P<own>我们?家?|俺|本人|自己|登记|名册|预留|绑定)?(?:的|在你们那里?|在物业|登记|名册|预留|留|里|上|绑定)*(?P<what>{_PHONE}|{_NAMED}|登记信息|个人信息|资料)"
    rf"(?P<rest>[\s,，:：是为成]*1[3-9][\d -]{{9,13}})?(?:吗|了|吧|呗|呢|啊|哈|一下|[\s。.!！?？])*"
)
#: A name or a number and no more: 廖梓, 不对 是陈小军.
_BARE = re.compile(
    r"(?:不对|不是|错了|写错了|哦|噢|啊|[\s,，])*(?:应该是|应该叫|是叫|是|叫|改成)?(?:(?P<name>[\u4e00-\u9fff·]{2,5}?)|(?P<number>1[3-9]\d{9}))(?:才对|[\s。.!！])*"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What of the record is meant, and how it is right; nothing where it is only to be shown.

    `words` are about somebody else's row, `whom` says whose where they do not.
    """

    words: str | None = None
    whom: str | None = None
    what: str | None = None
    name: str | None = None
    phone: str | None = None


def hear(turn: Turn, text: str) -> Wish | str:
    """Return the showing or the correction of what stands on record of whoever speaks; nothing for all other words."""
    text = text.strip()
    if len(text) > _LONGEST or turn.open.startswith("identity."):
        return ""
    if wish := _anew(turn, text) or _of_another(turn, text):
        return wish
    if _OF_ELSE.search(text):
        return ""
    own = _CHANGES_OWN.fullmatch(text)
    if own is not None and (own["own"] or not (turn.is_asked or _spoken_of(turn))):
        number = _NUMBER.search(text)
        if re.fullmatch(_PHONE, own["what"]):
            return Wish(intent=INTENT, values={"what": "phone", **({"phone": number[0]} if number else {})})
        return Wish(intent=INTENT, values={"what": "name"} if re.fullmatch(_NAMED, own["what"]) else {})
    if _SHOWS.fullmatch(text):
        return Wish(intent=INTENT)
    number = _NUMBER.search(text)
    said, is_new = _SAYS_WRONG.match(text), _SAYS_NEW.match(text)
    if said is None and is_new is None:
        return ""
    is_mine = is_new is not None or (said is not None and bool(said["whose"] or said["that"] or said["changed"]))
    if not is_mine and (turn.is_asked or _spoken_of(turn)):  # a guest's, who was just spoken of
        return ""
    word = "" if said is None else said["what"] or said["that"] or said["changed"]
    if is_new is not None or re.fullmatch(_PHONE, word):
        return Wish(intent=INTENT, values={"what": "phone", **({"phone": number[0]} if number else {})})
    if re.fullmatch(_NAMED, word):
        right = _RIGHT_NAME.search(text)
        return Wish(intent=INTENT, values={"what": "name", **({"name": right["name"]} if right else {})})
    return Wish(intent=INTENT)


def _of_another(turn: Turn, text: str) -> Wish | None:
    """Return the wish to have somebody else's row, or a tag of the flat, looked into; the row of whoever speaks is another wish."""
    said, off, left_out = _THEIRS_WRONG.search(text), _TAKES_OFF.fullmatch(text), _LEFT_OUT.fullmatch(text)
    if not (said or off or left_out) or _OF_SERVICE.search(text) or turn.resident is None or turn.flat is None:
        return None
    if (turn.is_asked or _spoken_of(turn)) and _OF_LIST.search(text) is None:  # a guest's, who was just spoken of
        return None
    if said is not None:
        named = said["named"] or said["bare"] or said["right"] or ""
        is_own = bool(turn.me.name) and turn.me.name in (named, said["wrong"] or "")
        if is_own and (right := _RIGHT_NAME.search(text) or said) is not None:
            name = said["right"] or right.groupdict().get("name") or ""
            return Wish(intent=INTENT, values={"what": "name", **({"name": name} if name else {})})
        if said["kin"] or _is_whose(named):
            return Wish(intent=INTENT, values={"words": text})
        return None
    if left_out:
        return Wish(intent=INTENT, values={"words": text})
    if off is None:
        return None
    who = off["who"] or off["named"] or off["still"] or off["gone"]
    if re.fullmatch(_THEM, who):
        return Wish(intent=INTENT, values={"words": text})
    at_home = {one.name for flat in turn.flats for one in roster.people_of(turn.session, flat)} - {turn.me.name, ""}
    is_known = who in at_home or bool(own_name_told(who)) or re.fullmatch(f"{_KIN}|{_TAG}", who) is not None
    return Wish(intent=INTENT, values={"words": text}) if is_known or (off["named"] and _is_whose(who)) else None


def _anew(turn: Turn, text: str) -> Wish | None:
    """Return how a record is right after all, where a bare name or number follows what was told of it: it renames no guest."""
    if turn.is_asked or INTENT not in turn.lately or (said := _BARE.fullmatch(text)) is None:
        return None
    if (task := _last(turn)) is None or not (said["number"] or own_name_told(said["name"])):
        return None
    if task.kind == OTHERS.kind:
        return Wish(intent=INTENT, values={"what": MORE, "words": text})
    what, value = ("phone", said["number"]) if said["number"] else ("name", said["name"])
    return Wish(intent=INTENT, values={"what": what, what: value})


def _spoken_of(turn: Turn) -> bool:
    """Tell whether something else than the record was done lately, of which words may be."""
    return any(intent != INTENT for intent in turn.lately)


def _is_whose(word: str) -> bool:
    """Tell whether a word may be a name, and neither 我的 nor what stands beside one."""
    return bool(word) and re.search(f"[我俺你您的]|本人|自己|{_ITS}|{_LIST}", word) is None


@action(
    INTENT, Told,
    replies={"passed_on": "words flat", "whose": "known",
        "shown": "flat known phone large", "stranger": "", "which_name": "known", "which_phone": "known", "taken": "what value", "same": "what",
        "not_told": "known",
    },
)  # fmt: skip
def record(turn: Turn, slots: Told) -> Reply | Ask:
    """Show how whoever speaks stands on the roster, or let staff check what they say is wrong; nothing is changed here."""
    if turn.resident is None or turn.flat is None:
        return Reply("stranger", ok=False)
    me = turn.me
    if slots.words and slots.what == MORE:
        return _add(turn, slots.words)
    if slots.words:
        return _pass_on(turn, slots.words, slots.whom)
    if slots.what is None and slots.name is None and slots.phone is None:
        return Reply(
            "shown", flat=turn.home.label, known=_veiled_name(me.name), phone=_veiled(me.phone), large=turn.is_large or ""
        )
    if slots.what == "phone" and slots.phone is None:
        return Ask(slot="phone", name="which_phone", options={}, values={"known": _veiled(me.phone)}, called_off="not_told")
    if slots.what == "name" and slots.name is None:
        return Ask(slot="name", name="which_name", options={}, values={"known": _veiled_name(me.name)}, called_off="not_told")
    what, value = ("phone", slots.phone) if slots.phone is not None and slots.what != "name" else ("name", slots.name)
    called = tr("电话") if what == "phone" else tr("姓名")
    if value is None or value == getattr(me, what):
        return Reply("same", what=called)
    task = _assign(turn, what, value)
    return Reply("taken", about=task.about, called=tr("登记的更正"), what=called, value=value)


def _pass_on(turn: Turn, words: str, whom: str | None) -> Reply | Ask:
    """Let staff look into what is said of somebody else's row, in the words it was said in; of 他 it is asked who that is."""
    if whom is None and re.search(_THEM, words) and not re.search(_KIN, words):
        return Ask(slot="whom", name="whose", options={}, values={"known": ""}, called_off="not_told")
    told = f"{words}（{whom}）" if whom else words
    same = next((one for one in tasks.about(turn.session, _others(turn)) if told in one.data.get("words", ())), None)
    if same is None and not turn.take("record.others", MOST_OF_OTHERS):
        raise Refusal(turn.words(tr("今天您已经说过几件登记要改的，物业先核对这些。急的话请打 {community.phone}。")))
    task = same or turn.assign(
        OTHERS.kind, NEED, _title(turn, [told]), openid=turn.openid, household=turn.flat, subject=_others(turn), words=[told], flat=turn.home.key,
    )  # fmt: skip
    return Reply("passed_on", about=task.about, called=tr("登记的更正"), words=told, flat=turn.home.label)


def _add(turn: Turn, words: str) -> Reply | Ask:
    """Add to what was told last of somebody else's row."""
    task = _last(turn)
    if task is None or task.kind != OTHERS.kind:
        return _pass_on(turn, words, None)
    before = [*task.data.get("words", ())]
    said = before if any(words in one for one in before) else [*before, words]
    task.title, task.data = _title(turn, said), {**task.data, "words": said}
    turn.session.add(task)
    return Reply("passed_on", about=task.about, called=tr("登记的更正"), words="；".join(said), flat=turn.home.label)


def _last(turn: Turn) -> Task | None:
    """Return the request that was told last, as long as nothing else was done for the resident since."""
    if turn.resident is None:
        return None
    asked = [*tasks.about(turn.session, turn.resident.about), *tasks.about(turn.session, _others(turn))]
    ours = [one for one in asked if one.kind in (KIND, OTHERS.kind) and one.openid == turn.openid]
    last = max(ours, key=lambda one: one.opened_at, default=None)
    since = next((one.at for one in turn.context.services.matters(turn)), None)
    return last if last is not None and (since is None or since <= last.opened_at) else None


def _title(turn: Turn, said: Sequence[str]) -> str:
    """Return what staff read: the words whole, but for the middle of a number."""
    words = _NUMBER.sub(lambda number: veiled(re.sub(r"\D", "", number[0])), "；".join(said))
    return f"登记更正：{turn.home.label} {turn.me.name}说“{words}”"


def _others(turn: Turn) -> str:
    return f"record:{turn.me.public_id}"


def _assign(turn: Turn, what: str, value: str) -> Task:
    """Open the task, one for each person, that a later word changes; its title holds no number, which not everybody may read."""
    task = next((one for one in tasks.about(turn.session, turn.me.about) if one.kind == KIND), None)
    says: dict[str, str] = {**(task.data.get("says", {}) if task else {}), what: value}
    shown = "、".join(
        f"{word}应为{_veiled(said) if name == 'phone' else said}"
        for name, word in (("name", "姓名"), ("phone", "电话"))
        if (said := says.get(name))
    )
    title = f"登记更正：{turn.home.label} {turn.me.name}，{shown}"
    if task is not None:
        task.title, task.data = title, {**task.data, "says": says}
        turn.session.add(task)
        return task
    return turn.assign(
        KIND, NEED, title, openid=turn.openid, household=turn.flat, subject=turn.me.about, says=says, flat=turn.home.key,
    )  # fmt: skip


def asked(desk: Desk, resident: Resident) -> Mapping[str, str]:
    """Return how somebody says that their record is right, for the form that corrects it; a number for who may read whole ones."""
    task = next((one for one in tasks.about(desk.session, resident.about) if one.kind == KIND), None)
    says = task.data.get("says", {}) if task is not None and not is_unreadable(task.data) else {}
    return {name: value for name, value in says.items() if name != "phone" or desk.may("phone.view")}


def _veiled(phone: str) -> str:
    return "" if is_unreadable(phone) or not phone else veiled(phone)


def _veiled_name(name: str) -> str:
    """Return a name without its middle: 陈*军, 陈*."""
    return f"{name[0]}*{name[-1] if len(name) > 2 else ''}" if name else ""


@on("resident.corrected", "what")
def settle(work: Work, happening: Happening) -> None:
    """Close what somebody asked for once the record was corrected so."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    for task in tasks.about(work.session, happening.subject):
        says = task.data.get("says", {}) if task.kind == KIND and resident is not None else {}
        if says and all(getattr(resident, name, None) == value for name, value in says.items()):
            work.call_off(task, DONE)


@on("task.closed", "task")
def tell(work: Work, happening: Happening) -> None:
    """Tell whoever asked what came of it; the staff's remark stays with them."""
    task: Task | None = (
        tasks.find(work.session, happening.subject.partition(":")[2])
        if happening.data.get("task") in (KIND, OTHERS.kind)
        else None
    )
    ended = next((one for one in (DONE, NOT_DONE, NOBODY) if task is not None and task.outcome.startswith(one)), "")
    if task is not None and task.openid and ended:
        work.tell(task.openid, "record.settled", done="yes" if ended == DONE else "", outcome="" if ended == DONE else ended)
