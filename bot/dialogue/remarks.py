"""Words that ask for nothing and belong to what was just done: 她带了个大箱子 after a pass, 敲门重一点 after a repair. Pure.

After a job about a thing, what nothing else would understand is a remark. After a job about a person it must tell of them or of
the gate, because whoever expects a guest talks of other things meanwhile. What may be danger, grief, a question, thanks or a wish
of its own is never taken for a remark.
"""

import re

from bot.dialogue.amending import ADDS, MORE_EXACTLY, asks
from bot.dialogue.facts import Facts
from bot.dialogue.following import LONGEST
from bot.dialogue.said import Heard
from bot.dialogue.standing import Person, Standing, Subject
from bot.dialogue.starting import ELSEWHERE, LIKELY, SPOKEN, accepted, wishes_plainly
from bot.dialogue.steps import Amend, Step
from bot.dialogue.subjects import OF_THEM, meant, named
from bot.language import courtesy
from bot.language.danger import aftermath
from bot.language.files import Intent

#: From here on words mean something else, whoever they speak of: 他家太吵了, 她吓坏了.
PLAIN = 0.85

#: Whoever comes is left out, as everybody knows who is meant: 带了两只狗, 穿红衣服, 是来修空调的, 到了给我打电话.
_TELLS_OF_THEM = re.compile(
    r"^(?:还|也|都|可能|要|会|就|身上|手里|手上)*(?:带着?|穿着?|戴着?|拎着?|抱着?|推着|拄着?|背着|牵着|坐着?轮椅)"
    r"|^(?:就|都|也|是|[他她佢]们?|冇车|没车|[，, ])*(?:骑着?|坐|搭|打|蹬|开着?|走着?)(?:个|辆|他|她)?(?:电瓶车|电动车|电驴|电车|摩托|自行车|单车|三轮|面包车|小货车|货车|地铁|公交|高铁|火车|的士|滴滴|出租|路)"
    r"|^(?:[他她]们?的?)?车(?:子|身)?是|^(?:人)?到了?(?:就|再|请|麻烦|让[他她])+(?:给我|打|叫|通知|喊)|^到了给我|(?:让|请|放|叫)[他她]"
)

#: What somebody is or comes for is nobody's wish: 是来修空调的.
_WHAT_THEY_ARE = re.compile(r"^(?:就|都|[他她])?是.{1,12}的[吧啊呀哦]?$")

#: How somebody hears, sees and walks; of oneself it is no remark.
_FRAIL = re.compile(
    r"^(?!我[耳腿眼走看听记不])(?:.{0,8}[，, ])?.{0,6}(?:耳朵?(?:背|不好|聋)|腿脚|轮椅|拐杖|拐棍|眼睛不好|[看听]不(?:太)?清|走得慢|走不(?:快|动)|记性|普通话|不识字)"
)

#: Who comes along, and that they come later: nobody is in danger, and nothing is asked for.
_HARMLESS = re.compile(
    r"(?:[他她]们?|人家)?(?:可能|大概|应该|估计|恐怕|会|要|得|路上堵车?|[，, ])*(?:晚|迟|早)(?:一?点|些|一会儿?)(?:儿|到|来|过来|才到|才来)*[吧啊呀哦了]*"
    r"|(?:[他她]们?|人家)?(?:还|也|都|可能|要|会|就)*(?:带|抱|推|牵)[着了]?(?:[一二两三四几俩\d]?[个位只条])?(?:很?[小老])?(?:小孩|孩子|宝宝|娃娃?|老人|老人家|狗|猫|狗狗|宠物)(?:来|过来|一起来?)?[吧啊呀哦的]*"
)

#: What whoever comes for a repair shall do when they come: 师傅来了找我媳妇, 上门前打这个电话.
_OF_WORKER = re.compile(
    r"(?:^|[，,。 ])(?:那|麻烦|到时候?|请|让|叫)*(?:师傅|工人|维修的?人?|他|人)?(?:要是|如果)?(?:来|到|上门|过来|进门|去)(?:了|的?时候|的话|之?前|以前)"
    r".{0,4}(?:找|打|联系|叫|喊|敲|按|问|跟|给|先|提前|直接|请|麻烦)"
)

#: How somebody is, which no workman is told: 我头有点晕, after a lamp was reported.
_OF_BODY = re.compile("头.{0,3}[晕昏疼痛]|血压|血糖|胸闷|心慌|心口|恶心|想吐|发烧|发热|咳嗽|不舒服|护士|医生|大夫|卫生站")

#: What the guard has to know of.
_AT_THE_GATE = re.compile("门岗|门卫|保安|扫不|手机没电|(?:没带?|没有|不会用|用不来)(?:智能)?手机|(?:没带?|忘带)身份证")

#: The doings of another household, and a wish on somebody's behalf: 他家太吵了, 她要退钱.
_ELSE_OF_THEM = re.compile(r"^(?:[他她]们?|人家)(?:家(?!人)|[也还]?(?:想|要(?!带|进|开|坐|晚|早|从|走|搬|拿|送|来|到|拄|人))|问)")

#: Somebody else comes, too.
_ANOTHER = re.compile("再[来开办约弄登给加]|还有[一两几个位]|另外|另一|也(?:要)?(?:来|到|过来|登记|嚟)|又来|多来?一?个人")

#: A pass is asked for.
_OF_A_PASS = re.compile("客(?!厅|服|气|房)|来人|有人|通行|码|证|登记|预约|邀请|报备|办")


def remark(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the keeping of a remark beside what was done just before; None where nothing keeps it, or it is none."""
    about = meant(standing, heard.text, facts)
    subject = next((known for known in about if known.intent in facts.keeping and facts.now - known.at < ADDS), None)
    if subject is None or asks(heard.text) or (standing.person is Person.ASKED and not _goes_on(standing, subject, heard, facts)):
        return None
    is_person = facts.intents[subject.intent].is_about_somebody
    is_plain = _OF_WORKER.search(heard.text) or MORE_EXACTLY.match(heard.text) or aftermath.is_unhurt(heard.reading, facts.judge)
    is_else = _OF_BODY.search(heard.text) is not None or _wants_else(heard, subject, facts)
    belongs = _is_of_person(subject, heard, facts) if is_person else bool(is_plain) or not is_else
    return Amend(standing=standing.calm(), subject=subject, values={}, words=heard.text) if belongs else None


def _goes_on(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> bool:
    """Tell whether words of somebody who waits for a person are for what was done with their last words: 下午两点以后, of a repair."""
    return standing.said_at == subject.at and not wishes_plainly(heard, facts)


def _wants_else(heard: Heard, subject: Subject, facts: Facts) -> bool:
    """Tell whether words plausibly wish for something else than they had before."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    follows = facts.intents[subject.intent].follow_ups  # 灯那个不用了 is no remark on the lamp
    least = LIKELY if best is not None and best.intent in follows else ELSEWHERE
    is_other = best is not None and best.intent != subject.intent and best.confidence >= least
    return is_other or accepted(heard, facts.intents) is not None


def _is_of_person(subject: Subject, heard: Heard, facts: Facts) -> bool:
    """Tell whether words tell of whoever is expected, or of their way in."""
    intent, text = facts.intents[subject.intent], heard.text
    if len(text) > LONGEST or _ANOTHER.search(text) or _ELSE_OF_THEM.search(text) or _thanks(text) or _is_known(heard):
        return False
    of_them = (OF_THEM, _TELLS_OF_THEM, _WHAT_THEY_ARE, _FRAIL)
    tells = (
        any(words.search(text) for words in of_them) or _HARMLESS.fullmatch(text) is not None or named(subject, text, facts) != ""
    )
    if _means_else(intent, heard, facts, tells=tells):
        return False
    return tells or _AT_THE_GATE.search(text) is not None or _is_of_visit(intent, heard, facts)


def _means_else(intent: Intent, heard: Heard, facts: Facts, *, tells: bool) -> bool:
    """Tell whether words mean danger, sorrow, the end of the visit or another wish; who tells of somebody is given more room."""
    wished = accepted(heard, facts.intents)
    if wished is None and _HARMLESS.fullmatch(heard.text):
        return False
    if wished is not None:
        return wished.id != intent.id or (not tells and _OF_A_PASS.search(heard.text) is not None)
    if any(facts.intents[one.intent].emergency and one.confidence >= LIKELY for one in heard.match.candidates):
        return True
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.intent == intent.id:
        return False
    if facts.intents[best.intent].small_talk:
        return best.confidence >= SPOKEN and not _FRAIL.search(heard.text)
    if best.intent in intent.follow_ups:
        return best.confidence >= (ELSEWHERE if _AT_THE_GATE.search(heard.text) else LIKELY)  # 手机没电扫不了码 ends nothing
    return best.confidence >= (PLAIN if tells else ELSEWHERE) and not _speaks_plainly(heard.text)


def _speaks_plainly(text: str) -> bool:
    """Tell whether words say what somebody is or can, whatever else they sound like."""
    return _WHAT_THEY_ARE.search(text) is not None or _FRAIL.search(text) is not None


def _is_of_visit(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words sound like the invitation, and invite nobody else: 从东门进."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    needed = [slot for slot in intent.slots if slot.required]
    return (
        best is not None and best.intent == intent.id and best.confidence >= LIKELY
        and not heard.reading.take(needed)
    )  # fmt: skip


def _thanks(text: str) -> bool:
    """Tell whether words only thank, for whomever: 她说谢谢你."""
    return courtesy.is_courtesy(OF_THEM.sub("", text).removeprefix("说").removeprefix("讲"))


def _is_known(heard: Heard) -> bool:
    """Tell whether the office surely has an answer: 门卡丢了."""
    return bool(heard.known) and heard.known[0].is_sure
