"""What is said while a form is open: an answer, a way out, a question in between, something else. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.dialogue import amending, beside, calling_off, following, forms, waiting
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, lacks, read_slots
from bot.dialogue.standing import Menu, Standing
from bot.dialogue.starting import (
    CALLS_OFF,
    ELSEWHERE,
    PATIENCE,
    PLAUSIBLE,
    SURE,
    accepted,
    advance,
    again,
    hand_over,
    is_all_or_nothing,
    is_known,
    is_proof,
    lacks_home,
    may_be_called_off,
    not_taken,
    quoted,
    resume,
    sound,
    start,
    wants_to_be_told,
    wants_to_see,
)
from bot.dialogue.steps import Aside, Ask, Do, Inform, Line, PassOn, Say, ShowMenu, Step
from bot.language import answers, contacts, courtesy, emoji, grievances, questions
from bot.language.corrections import corrects
from bot.language.danger import aftermath
from bot.language.files import Intent
from bot.language.kinds import consent
from bot.language.kinds.kind import SKIPPED, Aspect, Slot, Value
from bot.language.matching.matcher import TEMPLATE, Candidate
from bot.language.people import OWN_RELATIVE, RELATIVE
from bot.language.reading import Reading

#: Where any words would do for an answer (a place, a remark), another request must be this clear to be taken for one.
CLEAR = 0.95

#: An answer as short as this that fits the open question is an answer, whatever else it may resemble.
SHORT = 12

#: How words for a place end, whatever else is spoken of there: 驿站门口, 物业办公室那边.
_PLACE = re.compile(r"(?:口|边|旁|面|里|处|头|角|室|房|站|台|廊|院|场|馆|库|区|道|路|桥|亭|楼|层|侧|箱|柜|园|那儿)$")

#: Who cannot hear, or may not be disturbed, says how they are reached.
_NO_CALL = re.compile(
    r"(?:我|俺|请|麻烦|师傅|你们?|听不见|听不到|耳朵不好|耳背|在上班|不方便接|[，,。 ])*(?:不要|别|不用|勿|莫|唔好|甭|不能|没法|不方便|不)(?:给我|再)?(?:打|接|听)(?:我)?(?:的)?电话(?:了|啊|哈)?"
    r"(?:[，,。 ]|请|麻烦|给我|直接|就|都|只|可以|有事|我|听不见|听不到|耳朵不好|耳背|发|用|打|写|文字|字|短信|微信|消息|信息|留言|联系|说|吧|就行|就好)*[。！!]*"
)

_THINKS = re.compile("再?想想|想一想|再?考虑|先别|先不|再说")

#: Says of what can only be done or left that it shall be done another day.
_NOT_NOW = re.compile(
    "(?:到时候?|到?那天|以后|之后|晚点|过几天|过阵子|回头|搬走?的?时候)(?:再|我?会)|(?:不要|不用|别|先不|甭)(?:现在|这会儿|今天)|(?:现在|今天)(?:还|先)?(?:不|别)"
)

#: Takes back what was understood.
_NOT_SO = re.compile("我是说|我说的|我的意思|搞错|弄错|误会|没听懂|听不懂|什么呀|啥呀")

#: How a further wish begins, or what it says.
_BESIDES = re.compile("^(?:对了|还有|另外|再就是|顺便|哦对)|也|又")

#: Says of a flat that it is one more, or somebody else's.
_ANOTHER_FLAT = re.compile(
    f"^(?:对了|还有|另外|再就是|顺便)|[也再](?:帮|给|把|要|绑|登|加|有)|重新?(?:绑|登记)|(?:绑|登记)(?:定)?回[来去]|(?:还有|另外|第二|另)(?:一)?[户套个]"
    f"|(?:{RELATIVE}|{OWN_RELATIVE}|父母|老人|公婆|岳父母)(?:他们|们|家|那边|自己)*(?:是|也)?(?:住|在|家|那[套户]|的(?:房|家))"
)

#: Said by who has no flat here; whoever is no 业主 may be a tenant.
_NOT_HERE = re.compile(
    "^(?:我|俺|我们|咱|阿拉)?(?:又|并|也|都|现在|已经)?(?:不|没|冇|唔)(?:是)?(?:住|喺)(?:在)?(?:这里?|这儿|这边|呢度|你们(?:这|小区)|小区里?|里面)"
    "|(?:不|唔)(?:是|系)(?:这里|这儿|你们|这个|本)?(?:小区)?的?(?:住户|居民)|搬走了"
    "|^(?:我|俺)?(?:就|只)?是(?:来)?(?:送|跑|拉)(?:外卖|快递|餐|货|水|菜|东西)的|^(?:我|俺)?(?:就|只)?是(?:外卖|快递)(?:员|小哥|骑手)?"
    "|^(?:我|俺)?(?:就|只)?是(?:来(?:做客|串门|看房)的|路过的?|客人|中介|[他她](?:的|家的?)?(?:朋友|同学|同事|亲戚|客人))"
)

#: Asks what the open question means, or what it is for.
_WHAT_IS_ASKED = re.compile(
    r"(?:这|那|你|您|这个|问的|说的|回复数字)*(?:是|问)*(?:啥|什么|么子|咩|什嘛)(?:个)?(?:意思|东西|号|码)?[啊呀呢嘛\s?？]*"
    r"|(?:我|俺)?(?:看|听|搞|弄)?不(?:太)?(?:懂|明白|会)(?:弄|填|回|答|你说的)?(?:什么意思)?[了啊呀\s?？。]*|没[看听]懂[啊呀。]*"
    r"|怎么(?:回|填|答|弄|回复|选|说|报)[啊呀呢\s?？]*"
    r"|为(?:什么|啥)(?:要|还要)?(?:问|填|选|说|给|知道)?(?:我的?)?(?:这个|这些|手机号?码?|电话号?码?|号码|后四位|尾号|姓名|名字|小区)?[啊呀呢\s?？]*"
    r"|(?:问|要)这个?(?:干嘛|干什么|干啥|做什么|做啥|有什么用)[啊呀呢\s?？]*"
)

_TIMES = {Aspect.BEGINS, Aspect.ENDS, Aspect.WHEN}

_NUMBER = re.compile(r"第?[0-9一二三四五六七八九十]+个?")


def go_on(standing: Standing, form: Form, heard: Heard, facts: Facts) -> Step:
    """Go on with the open form, unless the message wants out of it or something else; what it wishes for besides waits behind that."""
    said, further = beside.parted(form, heard, facts)
    step = _go_on(standing, form, said, facts)
    return beside.with_further(step, further, facts)


def _go_on(standing: Standing, form: Form, heard: Heard, facts: Facts) -> Step:
    """Go on with the open form by one wish."""
    intent, text = facts.intents[form.intent], heard.text
    if text == "" and heard.match.candidates:  # a menu entry was touched or a code scanned
        return interrupt(standing, form, heard, facts)
    return (
        _wrong(standing, form, intent, text, facts)
        or _left(standing, form, intent, heard, facts)
        or _agreed(standing, form, intent, text, facts)
        or _unanswered(standing, form, text, facts)
        or _asks_first(standing, form, intent, heard, facts)
        or _of_what_waits(standing, form, intent, heard, facts)
        or _answered(standing, form, intent, heard, facts)
    )


def is_left_behind(form: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words pass over a guess that was read back: it was wrong, and they are heard as if it had not been made."""
    if not (form.is_guess and form.is_read_back) or courtesy.is_courtesy(heard.text) or courtesy.agrees_beside(heard.text):
        return False
    if courtesy.refuses(heard.text) or _is_leaving(heard.text, form) or answers.is_zero(heard.text):
        return False
    if answers.is_open(heard.text) or answers.is_any(heard.text) or answers.is_hesitation(heard.text):
        return False
    intent, asks, goes_on = facts.intents[form.intent], questions.is_question(heard.text), _goes_on(form, heard, facts)
    if form.brief and (asks or goes_on or _says_again(form, intent, heard.reading)):  # who told all of it asks or tells more
        return False
    if asks and (intent.releases_flat or intent.confirm):  # of what cannot be undone one asks what it means
        return False
    return forms.answer(form, intent, heard.reading) is None


def _says_again(form: Form, intent: Intent, said: Reading) -> bool:
    """Tell whether words say once more what was read back: 五点呀，不是早上."""
    values = said.take(intent.slots, known=form.values)
    return bool(values) and all(form.values.get(name) == value for name, value in values.items())


def _goes_on(form: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words tell more of what was guessed and read back: they wish for nothing else and take nothing back."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    other = facts.intents[best.intent] if best is not None and best.intent != form.intent else None
    is_else = other is not None and best is not None and best.confidence >= ELSEWHERE
    if other is not None and (_names_half_a_flat(other, heard, facts) or _follows(other, form, facts)):
        is_else = False
    if aftermath.is_unhurt(heard.reading, facts.judge):  # 莫绊着，人好着呢
        is_else = False
    return not is_else and not corrects(heard.text) and _NOT_SO.search(heard.text) is None


def _follows(other: Intent, form: Form, facts: Facts) -> bool:
    """Tell whether another wish only presses for what is being done: 快点. Who does not live there does not press for it."""
    return other.id in facts.intents[form.intent].follow_ups and not other.releases_flat


# ------------------------------------------------------------------ ways out


def _wrong(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step | None:
    """Return the question for what is wrong of what was told: 打错了 leaves nothing. What was told of nothing can only be the wish itself."""
    told = forms.given(form)
    if not told or form.is_guess or is_all_or_nothing(intent) or not answers.is_wrong(text):
        return None
    stays = standing.within(replace(forms.talked_over(form), tries=0))
    spoken = forms.spoken(form, intent, facts.now)
    values = "，".join(
        dict.fromkeys(_read_out([slot for slot in intent.slots if slot.name in told and spoken.get(slot.name)], spoken))
    )
    return Say(standing=stays, phrase=Line("form.wrong", {"values": values}), kind="asks", intent=intent.id)


def _left(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step | None:
    """Return the way out of a form that the words want; None when they want none."""
    text = heard.text
    if answers.wants_human(text):
        outer = form.outer if waiting.is_gate(intent) else None
        told = [words for one in forms.chain(outer) for words in one.words]
        topic = facts.intents[outer.intent].title if outer is not None else intent.title
        return hand_over(standing, facts, facts.catalogue.person, "\n".join((*told, *form.words, text)), topic=topic)
    if objection := _objected(standing, form, intent, text, facts):
        return objection
    if standing.elsewhere is not None and answers.is_zero(text):
        return elsewhere(standing, standing.elsewhere)
    if calling_off.keeps(form, intent, text):
        return _abandon(standing, form, intent, facts)
    if chosen := calling_off.several(form, intent, text):
        return _each(standing, form, intent, chosen, facts)
    if calling_off.ends_another(standing, form, intent, heard, facts):
        queued, said = waiting.queue(form, forms.begin(intent, read_slots(intent, heard), None, heard.text), heard.text)
        return again(standing, queued, (said,))
    if calling_off.agrees(intent, text) or calling_off.insists(standing, form, intent, heard, facts):
        return None
    if (
        answers.is_cancel(text)
        or (form.is_read_back and is_all_or_nothing(intent) and _declines(text))
        or (_asks_for_a_word(form, intent) and (_declines(text) or answers.spares(text) or _NOT_NOW.search(text) is not None))
        or (_is_leaving(text, form) and not _is_slip(heard.reading, intent))
        or _is_own_cancel(intent, heard, facts)
    ):
        return _instead(standing, form, intent, heard, facts) or _abandon(standing, form, intent, facts)
    if _is_of_binding(intent, facts) and not facts.is_bound and _NOT_HERE.search(text):
        return Say(
            standing=standing.within(None), before=_undone(form), phrase=Line("flat.not_here"), kind="cancelled", intent=intent.id
        )
    if form.tries >= PATIENCE and answers.is_yes(text) and not form.is_read_back and not _fits(form, intent, heard.reading):
        # to the person just offered
        return hand_over(standing, facts, facts.catalogue.person, "\n".join(form.words), topic=intent.title)
    return None


def _objected(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step | None:
    """Return the handing over of what is objected to or complained of while what cannot be undone is asked: it is no answer to that.

    The question stays open and is read back; whoever says beside it that nothing is to be done leaves it.
    """
    if not ((form.is_read_back and is_all_or_nothing(intent)) or _asks_for_a_word(form, intent)) or not grievances.objects(text):
        return None
    first = hand_over(replace(standing, unused=()), facts, facts.catalogue.person, text)
    others = [clause for clause in courtesy.clauses(text) if not grievances.objects(clause)]
    if any(answers.is_cancel(one) or answers.is_leaving(one) or answers.spares(one) or _declines(one) for one in others):
        return replace(first, before=(_called_off(form, intent),))
    return Aside(standing=standing, first=first, form=form)


def _each(standing: Standing, form: Form, intent: Intent, chosen: Sequence[str], facts: Facts) -> Step:
    """Call off all that were picked, one after the other: each is read back by itself."""
    first, *others = [replace(form, values={**form.values, form.asking: one}, tries=0, outer=None) for one in chosen]
    outer = form.outer
    for one in reversed(others[: forms.QUEUED]):
        outer = forms.begin(intent, one.values, outer)
    return advance(standing, replace(first, outer=outer), intent, facts)


def _is_of_binding(intent: Intent, facts: Facts) -> bool:
    """Tell whether an intent finds out where somebody lives, by whatever they have: it is filed with the one that gives a flat."""
    binding = facts.catalogue.binding
    if binding is None or intent.needs_home:
        return False
    return intent.id == binding.id or (bool(binding.group) and intent.group == binding.group)


def _declines(text: str) -> bool:
    """Tell whether words say no to what was read back: 不同意. Who asks what it means says neither yes nor no."""
    return courtesy.refuses(text) or (answers.declines(text) and not questions.is_question(text))


def _asks_first(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step | None:
    """Return the waiting of what cannot be undone, where whoever reads it asks of what is under way: 等一下 报修还没修好怎么办 urges nobody."""
    if not (form.is_read_back and is_all_or_nothing(intent)) or not (
        questions.is_question(heard.text) or answers.is_hesitation(next(iter(courtesy.clauses(heard.text)), ""))
    ):
        return None
    other = accepted(heard, facts.intents)
    if other is None or other.id == intent.id or other.emergency or other.hands_over or facts.only_shows(other):
        return None
    return Say(standing=standing.within(form), phrase=Line("confirm.first"), kind="confirms", intent=intent.id)


def _says_yes(intent: Intent, text: str) -> bool:
    """Tell whether words agree to what was read back; all or nothing takes the word 确认 alone, as it says: 好的 may only have been heard."""
    return courtesy.confirms(text) if is_all_or_nothing(intent) else courtesy.agrees(text)


def _fits(form: Form, intent: Intent, said: Reading) -> bool:
    """Tell whether a yes or a number answers what was asked last, however often that was missed."""
    return bool(form.agreed) or forms.answer(form, intent, said) is not None


def _is_leaving(text: str, form: Form) -> bool:
    """Tell whether words leave a form; 我再想想 does, too, where something that cannot be undone was read back."""
    if form.is_read_back and not form.values and _THINKS.search(text):
        return True
    return any(map(answers.is_leaving, (text, *courtesy.clauses(text))))


def _is_slip(said: Reading, intent: Intent) -> bool:
    """Tell whether words own up to a slip and set it right: 手滑 浙A12G7K."""
    slips = [clause for clause in courtesy.clauses(said.raw) if answers.is_slip(clause)]
    return bool(slips) and bool(said.take(intent.slots))


def elsewhere(standing: Standing, menu: Menu) -> Step:
    """Leave what was guessed for what else may have been meant."""
    open_ = replace(standing.within(None), menu=menu)
    if not menu.options:
        return Say(standing=open_, phrase=Line("elsewhere.free"), kind="clarifies")
    return ShowMenu(standing=open_, menu=menu, phrase=Line("elsewhere"))


def _is_own_cancel(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words call off what is being filled in: 访客不来了 while that visitor is invited, 不用来了 while a repair is reported."""
    ends = [sentence for name, said in intent.follow_ups.items() if _is_end(name, intent, facts) for sentence in said]
    if any(sentence.match(words) is not None for sentence in ends for words in _clauses(intent, heard.reading)):
        return True
    best = accepted(heard, facts.intents)
    return best is not None and intent.id in best.cancels and CALLS_OFF.search(heard.text) is not None


def _is_end(name: str, intent: Intent, facts: Facts) -> bool:
    return name in facts.intents and intent.id in facts.intents[name].cancels


def _clauses(intent: Intent, said: Reading) -> list[str]:
    """Return the clauses of words that give no value, one after the other and all together: 厂家来修 你们不用跑了."""
    clauses = [courtesy.unapologised(words) for words in courtesy.clauses(said.raw)]
    return [] if said.take(intent.slots) else ["".join(clauses), *clauses]


def _abandon(standing: Standing, form: Form, intent: Intent, facts: Facts) -> Step:
    said = _called_off(form, intent)
    left = standing.within(None)
    if form.outer is not None and not intent.provides_flat:
        step = resume(left, form.outer, facts)
        return replace(step, before=(said, *step.before))
    if undone := _undone(form) if intent.provides_flat else ():
        return Say(standing=left, before=(said,), phrase=undone[0], kind="cancelled", intent=intent.id)
    return Say(standing=left, phrase=said, kind="cancelled", intent=intent.id)


def _undone(form: Form) -> tuple[Line, ...]:
    """Return what to say of wishes that waited behind a form which is left, in the resident's own words."""
    words = [quoted(one.words[0]) for one in forms.chain(form.outer) if one.words]
    return (Line("form.undone", {"words": "”“".join(words)}),) if words else ()


def _called_off(form: Form, intent: Intent) -> Line:
    """Return what is said of a form that is left: what its action wants said, where that asked."""
    return Line("said", {"words": form.called_off}) if form.called_off else Line("form.cancelled", {"title": intent.title})


def _instead(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step | None:
    """Return the start of what is wished for in place of what is left: 那先不删 先把存的东西导一份给我看."""
    other = accepted(heard, facts.intents)
    if other is None or other.id == intent.id or other.small_talk or other.hands_over or len(courtesy.clauses(heard.text)) < 2:
        return None
    if intent.id in other.cancels or other.id in intent.follow_ups:
        return None
    return start(standing.within(None), other, heard, facts, outer=form.outer, before=(_called_off(form, intent),))


def take_up(standing: Standing, form: Form, heard: Heard, facts: Facts) -> Step | None:
    """Return how a form goes on that was put away, when a value for it comes late after all; a late yes or number is none.

    A consent that comes late is asked for once more: it was not forgotten, and holds for what is read again.
    """
    intent = facts.intents[form.intent]
    slot = forms.asked(form, intent)
    if slot is not None and slot.kind is consent.KIND and slot.name in heard.reading.take((slot,), asked=slot.name):
        return again(
            standing, replace(forms.talked_over(form), tries=0, is_listed=False), (Line("form.next", {"title": intent.title}),)
        )
    if (
        _NUMBER.fullmatch(heard.text)
        or following.tells_of_leaving(heard.text)
        or not heard.reading.take(intent.slots, known=form.values)
    ):
        return None
    open_ = replace(forms.talked_over(form), menu={}, tries=0, is_listed=False)
    step = go_on(standing.within(open_), open_, heard, facts)
    return replace(step, before=(Line("form.next", {"title": intent.title}), *step.before)) if step.standing.form else step


def too_late(standing: Standing, form: Form, facts: Facts) -> Step:
    """Say that the form which this message may have been meant for was put away."""
    title = Line("form.expired", {"title": facts.intents[form.intent].title})
    off = (Line("said", {"words": form.called_off}),) if form.called_off else ()
    return Say(standing=standing.within(None), before=(title,) if off else (), phrase=off[0] if off else title, kind="cancelled",
               intent=form.intent)  # fmt: skip


# ------------------------------------------------------------------ yes, no, and what is no answer


def _agreed(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step | None:
    """Return what follows a yes or a no to what was read back, or the naming of what shall change."""
    if form.prompt and form.stage is forms.Stage.REREAD and courtesy.agrees(text):  # to what was said in between
        return again(standing, form)
    if _asks_for_a_word(form, intent) and courtesy.agrees(text) and not courtesy.confirms(text):
        return Say(standing=standing, phrase=Line("confirm.words"), kind="confirms", intent=intent.id)
    if form.agreed and _says_so(
        form, text.replace(str(form.doubted), "")
    ):  # 对，没错; 对的1202: what was said, and none of those shown
        return advance(standing, replace(form, values={**form.values, form.asking: form.agreed}), intent, facts)
    if form.is_read_back and (_says_yes(intent, text) or calling_off.agrees(intent, text)):
        if form.stage is not forms.Stage.CONFIRM:
            return again(standing, form)
        return Do(standing=standing.within(None), form=replace(form, stage=forms.Stage.CONFIRMED))
    if form.is_read_back and courtesy.refuses(text):
        stays = standing.within(forms.talked_over(form))
        return Say(standing=stays, phrase=Line("form.change"), kind="asks", intent=intent.id)
    slot = forms.meant(form, intent, text)
    return again(standing, forms.ask(forms.without(form, slot), slot)) if slot is not None else None


def _asks_for_a_word(form: Form, intent: Intent) -> bool:
    """Tell whether an action read back what can only be done or left, and shows no numbers that a number could mean."""
    return is_all_or_nothing(intent) and forms.asks_whether(form, intent) and not form.menu


def _says_so(form: Form, text: str) -> bool:
    """Tell whether a yes is said to what was asked with it; a mere 好 picks none of several that are shown, and the one where one alone is."""
    shows_several = len(form.menu or ()) > 1
    return courtesy.agrees(text) and not (shows_several and all(map(answers.is_assent, courtesy.clauses(text) or [text])))


def _takes_numbers(form: Form, intent: Intent) -> bool:
    """Tell whether 120 may answer the open question: it is a room or a count, and no place, name or fault."""
    slot = forms.asked(form, intent)
    return slot is not None and not slot.kind.is_worded


def _unanswered(standing: Standing, form: Form, text: str, facts: Facts) -> Step | None:
    """Return how the form waits where nothing is answered yet: a sticker or 等下 is no useless answer."""
    if emoji.is_sticker(text):
        return again(standing, form, (Line("sticker"),))
    if emoji.is_only_emoji(text):
        return again(standing, form)
    if aftermath.is_number(text) and not _takes_numbers(form, facts.intents[form.intent]):
        return again(standing, form, (Line("emergency.call"),))
    intent = facts.intents[form.intent]
    if is_proof(text) and not (
        intent.provides_flat or _takes_numbers(form, intent)
    ):  # who proves where they live may be early with it
        return again(standing, form, (Line("digits.unasked"),))
    if answers.is_hesitation(text):
        return Say(standing=standing, phrase=Line("form.no_hurry"), kind="asks", intent=form.intent)
    return None


# ------------------------------------------------------------------ answers


def _answered(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step:
    if intent.id in facts.keeping and not form.prompt and _NO_CALL.fullmatch(heard.text):
        return _written(standing, form, intent, heard.text, facts)
    text = forms.suggestion(form, heard.text)
    if contacts.whose(heard.reading) == contacts.IN_NEED:  # the number proves nothing, and is nobody's who comes
        first = hand_over(replace(standing, unused=()), facts, facts.catalogue.person, heard.text)
        return Aside(standing=standing, first=first, form=form)
    if calling_off.insists(standing, form, intent, heard, facts):
        text = "是"
    said = heard.reading.part(text)
    if facts.is_alarm_open and not form.menu and _is_any_words(form, intent, said) and not answers.is_skip(text):
        return PassOn(standing=standing, words=text)
    if form.is_guess and form.is_read_back and (further := following.another(intent, form.values, heard, facts)):
        next_one = forms.begin(intent, read_slots(intent, further), form.outer, heard.text)
        return Do(standing=standing.within(None), form=replace(form, outer=next_one, stage=forms.Stage.CONFIRMED))
    changed = forms.answer(form, intent, said)
    if changed is not None and _is_of_another_wish(form, intent, changed, heard):
        if amending.told_in_full(heard, facts) is not None:
            return interrupt(standing, form, heard, facts)
        changed = None
    if changed is not None and _is_own_phrase(form, intent, changed, heard, facts):
        return interrupt(standing, form, heard, facts)
    if changed is None and form.is_guess and form.stage is forms.Stage.CONFIRM and _tells_more(form, intent, heard, facts):
        return Do(
            standing=standing.within(None), form=replace(forms.heard(form, heard.text, intent), stage=forms.Stage.CONFIRMED)
        )
    if more := _one_more(standing, form, intent, heard, facts):
        return more
    guessed = _guessed(form, intent, heard, facts) if changed is None else None
    if guessed is not None:
        changed = replace(forms.heard(guessed, heard.text, intent), is_guess=True)
        return advance(standing, changed, intent, facts, _noted(form, changed, intent, facts))
    if changed is not None and _asks_beside(form, changed, heard, facts):
        return interrupt(standing, forms.heard(changed, heard.text, intent), heard, facts)
    if _asks_what_is_known(form, intent, heard, changed, facts):
        return Aside(standing=standing, first=_informed(standing, intent, form, heard, facts), form=form)
    if changed is None and (amended := following.amended_beside(standing, heard, facts)) and not corrects(heard.text):
        return Aside(standing=standing, first=amended, form=form)  # 姓王, of the nanny, amid a check-in
    if _is_interruption(standing, form, intent, heard, changed, facts):
        return interrupt(standing, form, heard, facts)
    if shown := _shown_between(form, intent, heard, changed, facts):
        return interrupt(standing, form, heard, facts, shown)
    if changed is None:
        return _no_answer(standing, form, intent, said, heard, facts)
    changed = replace(forms.heard(changed, heard.text, intent), is_guess=False)
    lost = not_taken(heard.reading, intent, changed.values)
    is_agreed = courtesy.agrees_beside(heard.text) and not is_all_or_nothing(intent)
    if form.stage is forms.Stage.CONFIRM and is_agreed and not corrects(heard.text) and not lost:
        changed = replace(changed, stage=forms.Stage.CONFIRMED)
    return advance(standing, changed, intent, facts, (*_noted(form, changed, intent, facts), *lost))


def _is_of_another_wish(form: Form, intent: Intent, changed: Form, heard: Heard) -> bool:
    """Tell whether words, where it is asked whether something is called off, likely wish for something else: 让外卖进来 names nobody who stays away."""
    is_answered = changed.values.get(form.asking) != form.values.get(form.asking)
    if not intent.cancels or not forms.asks_whether(form, intent) or is_answered:
        return False
    best = heard.match.candidates[0] if heard.match.candidates else None
    return best is not None and best.intent != intent.id and best.confidence >= PLAUSIBLE and not corrects(heard.text)


def _tells_more(form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether whoever reads a harmless guess goes on about it, which is a yes."""
    is_harmless = not intent.confirm and not intent.cancels and not intent.releases_flat
    if not_taken(heard.reading, intent, form.values) or wants_to_see(heard, facts):  # 皖L5 is no whole plate
        return False
    tells = _goes_on(form, heard, facts) or _says_again(form, intent, heard.reading)
    return is_harmless and form.brief and not questions.is_question(heard.text) and tells


def _one_more(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step | None:
    """Return the noting of a further wish of the same kind for when this one is done: 对了楼下大门也刷不开, while a lamp is reported."""
    if intent.provides_flat:
        return _one_more_flat(standing, form, intent, heard)
    if courtesy.agrees(heard.text) or courtesy.refuses(heard.text):  # 好的 is nobody's name
        return None
    if intent.is_about_somebody and (further := following.another(intent, form.values, heard, facts)):  # 我姐后天也来
        return _queue(standing, form, forms.begin(intent, read_slots(intent, further), None, heard.text), heard)
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.intent != intent.id or best.confidence < PLAUSIBLE:
        return None
    told = {slot.name for slot in intent.slots if forms.is_told(form.values, slot)}
    said = read_slots(intent, heard)
    if not any(name in said and said[name] != form.values[name] for name in told):
        return None
    if not _BESIDES.search(heard.text) and not _is_elsewhere(form, intent, said, heard.text):
        return None
    if form.is_guess and form.is_read_back:  # who goes on with something else took it for granted
        next_one = forms.described(forms.begin(intent, said, form.outer, heard.text), intent)
        return Do(standing=standing.within(None), form=replace(form, outer=next_one, stage=forms.Stage.CONFIRMED))
    return _queue(standing, form, forms.described(forms.begin(intent, said, None, heard.text), intent), heard)


def _is_elsewhere(form: Form, intent: Intent, said: Mapping[str, Value], text: str) -> bool:
    """Tell whether another thing is named at another place, and nothing taken back: 厨房水管漏水, while a lamp in the hall is reported."""
    if corrects(text) or _NOT_SO.search(text):
        return False
    places = [slot.name for slot in intent.slots if slot.kind.aspect is Aspect.WHERE]
    return any(name in said and name in form.values and said[name] != form.values[name] for name in places)


def _one_more_flat(standing: Standing, form: Form, intent: Intent, heard: Heard) -> Step | None:
    """Return the noting of another flat for when this one is done: 我妈住8栋1单元1401，也帮我绑一下 is no correction of one's own."""
    said = {name: value for name, value in read_slots(intent, heard).items() if _is_part(intent, name)}
    known = {name: value for name, value in form.values.items() if _is_part(intent, name)}
    is_whole = all(
        slot.name in values for values in (said, known) for slot in intent.slots if slot.required and not slot.skippable
    )
    if not is_whole or said == known or corrects(heard.text) or not _ANOTHER_FLAT.search(heard.text):
        return None
    return _queue(standing, form, forms.begin(intent, said, None, heard.text), heard)


def _queue(standing: Standing, form: Form, further: Form, heard: Heard) -> Step:
    queued, said = waiting.queue(form, further, heard.text, first=True)
    return again(standing, queued, (said,))


def _is_part(intent: Intent, name: str) -> bool:
    return any(slot.name == name and slot.kind.is_part for slot in intent.slots)


def _guessed(form: Form, intent: Intent, heard: Heard, facts: Facts) -> Form | None:
    """Return the form with values whose words a language model pointed at; None when it pointed at none."""
    match = heard.match
    if match.decision != "clarify" or not match.said or match.candidates[0].intent != intent.id:
        return None
    asked_back = form.asking if form.prompt or form.menu else ""  # one of those shown, or nothing
    free = tuple(slot for slot in intent.slots if slot.name in match.said and slot.name != asked_back)
    said = read_slots(replace(intent, slots=free), heard)
    return replace(form, values={**form.values, **said}, tries=0) if said else None


def _no_answer(standing: Standing, form: Form, intent: Intent, said: Reading, heard: Heard, facts: Facts) -> Step:
    text = said.raw
    if facts.is_alarm_open:
        return PassOn(standing=standing, words=text)
    if aftermath.is_number(text):
        return again(standing, form, (Line("emergency.call"),))
    if questions.is_at_a_loss(text):
        return _in_other_words(standing, form, intent)
    if "帮我问" in text and standing.unused:  # what nobody knew a moment ago
        asked = hand_over(standing, facts, facts.catalogue.person, standing.unused[-1][1])
        return Aside(standing=standing, first=replace(asked, is_question=True), form=form)
    if _WHAT_IS_ASKED.fullmatch(text) and (slot := forms.asked(form, intent)) and slot.error:
        return _ask_again(standing, form, intent, text)
    if _WHAT_IS_ASKED.fullmatch(text) and (slot := forms.asked(form, intent)) and slot.kind is consent.KIND:
        return again(standing, form)  # what is asked says what it is for, and how it goes on
    is_any = any(map(answers.is_any, courtesy.clauses(text)))
    if is_any and not answers.is_any(text):  # 随时来，我都在屋头; 么子时候来都要得 asks nothing
        return _any_time(standing, form, intent, text, facts)
    if answers.is_any(text) and form.prompt and len(form.menu) > 1 and (slot := forms.asked(form, intent)) and slot.error:
        return Ask(standing=standing.within(form), with_help=True)  # 几点都行, of several that are shown: one is to be picked
    if answers.is_open(text) or (answers.is_any(text) and not questions.is_question(text)):  # 在哪栋俺说不清 asks nothing
        return _open(standing, form, intent, facts)
    if questions.is_question(text) and not is_any:
        return Aside(standing=standing, first=_informed(standing, intent, form, heard, facts), form=form)
    if form.prompt and any(
        slot.kind.is_of_several and slot.kind.grammar and said.found(slot.kind.grammar) for slot in intent.slots
    ):
        # 老公37.5, while the action asks what hurts: it sorts out whose it is
        return Do(standing=standing.within(None), form=forms.heard(form, text, intent))
    if amended := following.amended_beside(standing, heard, facts):
        return Aside(standing=standing, first=amended, form=form)
    if _is_of_what_was_done(standing, form, heard, facts) or _tells_something_else(form, heard, facts):
        return interrupt(standing, form, heard, facts)
    if lost := not_taken(said, intent, form.values):
        return again(standing, form, lost)
    if _is_of_binding(intent, facts) and (other := _tells_at_gate(intent, heard, facts)):
        return _wait_for_flat(standing, form, other, heard, facts)
    if ahead := _ahead(standing, form, heard, facts):
        return ahead
    if said.take(intent.slots, known=form.values):  # said before
        return again(standing, form)
    if _goes_without(form, intent, heard, facts):
        return _left_out(standing, form, intent, text, facts)
    return _ask_again(standing, form, intent, text)


def _written(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step:
    """Keep how somebody wants to be reached, which is neither a place nor a question: 不要打电话 发文字."""
    slot = forms.asked(form, intent)
    if slot is not None and slot.skippable:
        return _left_out(standing, form, intent, text, facts)
    return again(standing, forms.heard(form, text, intent), (Line("heard", {"words": quoted(text)}),))


def _goes_without(form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words say yes to, or talk past, a question that may be left out, of what can be changed in the next breath: 没人在里面, asked when to come.

    It is not asked twice: what is told later is kept just as well.
    """
    slot = forms.asked(form, intent)
    if slot is None or not slot.skippable or form.prompt or not may_be_called_off(intent, facts):
        return False
    if courtesy.agrees(heard.text):
        return not _NUMBER.fullmatch(heard.text)
    return len(heard.text) >= forms.TELLS and not corrects(heard.text) and _goes_on(form, heard, facts)


def _left_out(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step:
    """Go on without what was asked, and keep what was said instead."""
    kept = form if courtesy.is_courtesy(text) else forms.heard(form, text, intent)
    return advance(standing, replace(kept, values={**kept.values, form.asking: SKIPPED}, tries=0), intent, facts)


def _is_of_what_was_done(standing: Standing, form: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words that answer nothing tell all of what was done before once more: 老婆说错了 是36.8, after a check-in."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.confidence < ELSEWHERE or best.intent == form.intent:
        return False
    return any(known.intent == best.intent for known in standing.subjects) and not lacks(facts.intents[best.intent], heard)


def _tells_something_else(form: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words that answer nothing likely wish for something else and tell all of it: 卫生间漏水 有事打…, while a visitor is asked for."""
    other, best = amending.told_in_full(heard, facts), heard.match.candidates[0] if heard.match.candidates else None
    if other is None or best is None or best.confidence < ELSEWHERE or heard.match.decision != "accept":
        return False
    return other.id != form.intent and other.id not in facts.intents[form.intent].follow_ups and not other.provides_flat


def _tells_at_gate(intent: Intent, heard: Heard, facts: Facts) -> Intent | None:
    """Return what words surely give a value for, though they are too few to be sure of by themselves: 我37.8."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    other = facts.intents[best.intent] if best is not None and best.confidence >= SURE and best.intent != intent.id else None
    if other is None or other.emergency or not lacks_home(other, facts):
        return None
    return other if any(slot.kind.grammar for slot in other.slots if slot.name in read_slots(other, heard)) else None


def _in_other_words(standing: Standing, form: Form, intent: Intent) -> Step:
    """Put the open question once more, in the words for an answer that did not fit, to whoever did not understand it."""
    slot = forms.asked(form, intent)
    if slot is None or not slot.error:
        return again(standing, form, (Line("puzzled.in_form"),))
    return Ask(standing=standing.within(form), with_help=True, before=(Line("puzzled.in_form"),))


def _informed(standing: Standing, intent: Intent, form: Form, heard: Heard, facts: Facts) -> Inform:
    """Return the answer to a question in between from what is known; that nobody here knows is said, and kept."""
    words = forms.unproven(heard.text, intent, {}, form.asking)
    kept = replace(standing.missed(words, facts.now), misses=standing.misses)
    unknown = Say(standing=kept, phrase=Line("question.in_form"), kind="unknown", intent=intent.id, is_miss=True, text=words)
    return Inform(standing=standing, question=words, known=heard.known, otherwise=unknown)


def _open(standing: Standing, form: Form, intent: Intent, facts: Facts) -> Step:
    """Deal with 还没定 and 随便: the value is left out, kept as not known, or waited for."""
    slot = forms.asked(form, intent)
    if slot is not None and slot.skippable:
        return advance(standing, replace(form, values={**form.values, slot.name: SKIPPED}), intent, facts)
    if slot is not None and slot.unknown:
        return advance(standing, replace(form, values={**form.values, slot.name: slot.unknown}), intent, facts)
    unknown = "flat.ask_home" if intent.provides_flat else "form.open"
    return Say(standing=standing.within(form), phrase=Line(unknown), kind="asks", intent=intent.id)


def _any_time(standing: Standing, form: Form, intent: Intent, text: str, facts: Facts) -> Step:
    """Leave out a time that may be any, whatever was asked, and keep what is said beside it: 哪天来都在家，上门前打电话."""
    any_time = {slot.name: SKIPPED for slot in intent.slots if slot.kind.aspect is Aspect.BEGINS and slot.skippable}
    kept = forms.heard(replace(form, values={**any_time, **form.values}), text, intent)
    return advance(standing, kept, intent, facts, (Line("heard", {"words": quoted(text)}),))


def _ask_again(standing: Standing, form: Form, intent: Intent, text: str) -> Step:
    """Ask once more with help; the next time offer a person. What is known stays known."""
    tried = replace(form, tries=form.tries + 1)
    if form.is_read_back and is_all_or_nothing(intent):  # it is long, and was read already
        return Say(standing=standing.within(tried), phrase=Line("confirm.words"), kind="confirms", intent=intent.id)
    if tried.tries >= PATIENCE:
        return again(standing, tried, (Line("form.stuck"),))
    slot = forms.asked(form, intent)
    if courtesy.agrees(text) and not (form.menu and slot is not None and slot.error):
        return again(standing, tried)  # a yes to a question for a value: there is nothing wrong with it, it is only no value
    if slot is None or not slot.error:
        return again(standing, tried, (Line("form.unclear"),))
    return Ask(standing=standing.within(tried), with_help=True)


def _noted(form: Form, changed: Form, intent: Intent, facts: Facts) -> tuple[Line, ...]:
    """Return what to say of values given, replaced, or kept for later; when all is read back or done they are seen there."""
    if form.is_read_back or (intent.cancels and forms.asks_whether(form, intent)):
        return ()
    if form.asking and any(slot.kind is consent.KIND and slot.name == form.asking for slot in intent.slots):
        if any(slot.kind.is_of_several for slot in intent.slots):  # of whom it is stands in what is read once more
            return ()
    spoken = forms.spoken(changed, intent, facts.now)
    news = {name: said for name, said in spoken.items() if said and form.values.get(name) != changed.values[name]}
    if form.prompt:  # the action that asked says whose they are
        news = {
            name: said
            for name, said in news.items()
            if not any(slot.name == name and slot.kind.is_of_several for slot in intent.slots)
        }
    replaced = [slot for slot in intent.slots if slot.name in news and slot.name in form.values]
    if any(slot.kind.is_part for slot in replaced):
        replaced = [slot for slot in intent.slots if slot.name in news and (slot in replaced or slot.kind.is_part)]
    if replaced:
        return (Line("form.noted", {"values": "、".join(_read_out(replaced, news))}),)
    if not news:
        return ()
    if form.asking in news:
        told = [slot for slot in intent.slots if slot.name in news and changed.values[slot.name] is not False]
        goes_on = forms.proceed(changed, intent).kind == "asks" and forms.is_past(changed, intent, facts.now) is None
        return (Line("form.got", {"values": "，".join(map(quoted, _read_out(told, news)))}),) if goes_on else ()
    kept = [f"{slot.title} {news[slot.name]}".strip() for slot in intent.slots if slot.name in news]
    return (Line("form.kept", {"values": "，".join(kept)}),)


def _read_out(slots: Sequence[Slot], said: Mapping[str, str]) -> list[str]:
    """Return values as one says them, parts of one thing together: 3栋2单元, no 3，2."""
    parts = "".join(f"{said[slot.name]}{slot.kind.counted}" for slot in slots if slot.kind.is_part)
    whether = {slot.name: slot.title for slot in slots if slot.kind.aspect is Aspect.WHETHER}  # 紧急, no 是
    return [*([parts] if parts else []), *(whether.get(slot.name) or said[slot.name] for slot in slots if not slot.kind.is_part)]


# ------------------------------------------------------------------ something else in between


def _is_interruption(standing: Standing, form: Form, intent: Intent, heard: Heard, changed: Form | None, facts: Facts) -> bool:
    best = heard.match.candidates[0] if heard.match.candidates else Candidate("", 0.0, "")
    if (accepted(heard, facts.intents) is None and not _tells_when_else(intent, heard, facts)) or best.intent == intent.id:
        return False
    if answers.is_yes(heard.text) or answers.is_no(heard.text) or answers.is_skip(heard.text):
        return False
    other = facts.intents[best.intent]
    if _refuses_consent(form, intent, changed) and not amending.is_named(other, heard.text):  # 不同意，不想给你们 deletes nothing
        return False
    if intent.releases_flat and other.chooses_flat:  # 我妈家的, asked which flat is to be let go
        return False
    if intent.releases_flat and other.provides_flat and _ANOTHER_FLAT.search(heard.text):  # 我还有一户 6栋1单元102 is to be bound
        return True
    if intent.id in other.cancels:  # 改天吧 calls nothing off that is on record
        return False
    if other.id in intent.follow_ups and all(
        known.intent != intent.id for known in standing.subjects
    ):  # 快点, before all is said
        is_asked = wants_to_see(heard, facts) is other and not _leaves_open(heard.text)
        return is_asked and _answers_nothing(form, intent, heard, changed)
    if changed is None or (best.confidence >= CLEAR and questions.is_question(heard.text) and not other.provides_flat):
        return True
    if _is_only_named(form, intent, changed):
        return True
    if corrects(heard.text) or _is_all_taken(other, form, changed, heard, facts):
        return False
    if other.chooses_flat and not facts.means_other_flat and _says_where_it_is(form, intent, changed):  # 客厅的，1栋302那套
        return False
    if other.provides_flat and (facts.is_bound or _says_where(form, intent, changed, other, heard)):
        return False  # 3栋2单元 is a place, whoever lives there
    if best.confidence >= CLEAR and _is_any_words(form, intent, heard.reading):
        return True
    gives = sum(form.values.get(name) != value for name, value in changed.values.items())
    others = len(read_slots(other, heard))
    if best.confidence >= CLEAR and others and _fits_no_option(form, intent, heard):  # 婆婆也烧38, asked what is broken
        return True
    return best.confidence == 1.0 or others > gives or (len(heard.text) > SHORT and gives <= 1)


def _refuses_consent(form: Form, intent: Intent, changed: Form | None) -> bool:
    """Tell whether words answer the question for a consent with a no."""
    slot = forms.asked(form, intent)
    return slot is not None and slot.kind is consent.KIND and changed is not None and changed.values.get(slot.name) == consent.NO


def _tells_when_else(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words tell all of a likely wish, and a time that the open form has no place for: 我表姐明天下午两点来, for a code."""
    other = amending.told_in_full(heard, facts)
    if other is None or other.id == intent.id or any(slot.kind.aspect in _TIMES for slot in intent.slots):
        return False
    return any(slot.kind.aspect in _TIMES and slot.name in read_slots(other, heard) for slot in other.slots)


def _asks_what_is_known(form: Form, intent: Intent, heard: Heard, changed: Form | None, facts: Facts) -> bool:
    """Tell whether the community surely has the answer to words that answer nothing of the form: 停车怎么收费, whoever else may be asked."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is not None and best.confidence >= TEMPLATE and best.intent == intent.id:
        return False
    return _answers_nothing(form, intent, heard, changed) and is_known(heard, accepted(heard, facts.intents))


def _shown_between(form: Form, intent: Intent, heard: Heard, changed: Form | None, facts: Facts) -> Intent | None:
    """Return what only is to be shown, where words answer nothing of the form: 我有哪些客人, while a repair is reported."""
    if answers.is_yes(heard.text) or answers.is_no(heard.text) or answers.is_skip(heard.text):
        return None
    if _leaves_open(heard.text) or not _answers_nothing(form, intent, heard, changed):
        return None
    return wants_to_see(heard, facts) or wants_to_be_told(heard, facts)


def _leaves_open(text: str) -> bool:
    """Tell whether words leave open what was asked, whatever else they resemble: 随么子时候来都要得，我天天在屋里."""
    return any(answers.is_any(words) or answers.is_open(words) for words in courtesy.clauses(text))


def _answers_nothing(form: Form, intent: Intent, heard: Heard, changed: Form | None) -> bool:
    """Tell whether words answer nothing, or would only be kept because any words are."""
    return changed is None or _fits_no_option(form, intent, heard) or _is_any_words(form, intent, heard.reading)


def _fits_no_option(form: Form, intent: Intent, heard: Heard) -> bool:
    """Tell whether words fit none of the options that are asked for, and would be kept as another one."""
    slot = forms.asked(form, intent)
    return slot is not None and bool(slot.otherwise) and slot.name not in heard.reading.take((slot,))


def _says_where(form: Form, intent: Intent, changed: Form, other: Intent, heard: Heard) -> bool:
    """Tell whether half a flat answers where something is: 3栋2单元."""
    slot = forms.asked(form, intent)
    return slot is not None and slot.kind.aspect is Aspect.WHERE and slot.name in changed.values and lacks(other, heard)


def _says_where_it_is(form: Form, intent: Intent, changed: Form) -> bool:
    slot = forms.asked(form, intent)
    return slot is not None and slot.kind.aspect is Aspect.WHERE and slot.name in changed.values


def _is_own_phrase(form: Form, intent: Intent, changed: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words that could only be somebody's name are another intent's own: 邀请家人, 帮助, 健康打卡 36.5, 缴费 3栋."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.intent == intent.id or facts.intents[best.intent].provides_flat:
        return False
    news = [slot for slot in intent.slots if changed.values.get(slot.name) != form.values.get(slot.name)]
    if not news or any(slot.kind.aspect is not Aspect.WHO for slot in news):
        return False
    other = facts.intents[best.intent]
    if best.confidence < TEMPLATE:
        takes_its_word = any(changed.values[slot.name] in (other.title, *other.keywords) for slot in news)
        return takes_its_word and accepted(heard, facts.intents) is other
    return _has_no_place(intent, other, heard)


def _has_no_place(intent: Intent, other: Intent, heard: Heard) -> bool:
    """Tell whether all values of another wish are of kinds that the open form does not have: 张兰来做客 names somebody, however sure it sounds."""
    sorts = {slot.kind.sort for slot in intent.slots}
    told = read_slots(other, heard)
    read = [slot for slot in other.slots if slot.name in told]
    return all(slot.kind.aspect is not Aspect.WHO and slot.kind.sort not in sorts for slot in read)


def _asks_beside(form: Form, changed: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words surely ask what is only told, beside what they say of the form: 灯里也在滴水，要不要拉闸."""
    best = heard.match.candidates[0] if heard.match.decision == "accept" else None
    if best is None or best.intent == form.intent or best.confidence < CLEAR:
        return False
    other = facts.intents[best.intent]
    is_answered = form.asking in changed.values and form.asking not in form.values
    return facts.only_shows(other) and not other.small_talk and not is_answered


def _is_only_named(form: Form, intent: Intent, changed: Form) -> bool:
    """Tell whether words leave the open question open and only name somebody of whom it is not even asked: 我要邀请朋友来, for a code."""
    news = [slot for slot in intent.slots if changed.values.get(slot.name) != form.values.get(slot.name)]
    is_open = bool(form.asking) and form.asking not in changed.values
    return is_open and all(slot.kind.aspect is Aspect.WHO and not slot.ask for slot in news)


def _names_half_a_flat(other: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether a bound resident only says where something is: 就俺这个单元的."""
    return other.provides_flat and facts.is_bound and lacks(other, heard)


def _is_all_taken(other: Intent, form: Form, changed: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether the open form takes all that another request would: 我老公去接 车牌浙D1P09W."""
    wanted = read_slots(other, heard)
    news = [value for name, value in changed.values.items() if form.values.get(name) != value]
    answers_nothing = form.asking not in changed.values or form.asking in form.values
    is_else = answers_nothing and amending.is_named(other, heard.text)  # 帮他绑我家, asked when a visitor comes
    return bool(wanted) and all(value in news for value in wanted.values()) and not is_else


def _is_any_words(form: Form, intent: Intent, said: Reading) -> bool:
    """Tell whether words would be kept as they are, though nothing in them is what the open question asks for."""
    open_ = [slot for slot in intent.slots if slot.name == form.asking and slot.is_free]
    return bool(open_) and not _PLACE.search(said.raw) and not said.take(open_)


def interrupt(standing: Standing, form: Form, heard: Heard, facts: Facts, meant: Intent | None = None) -> Step:
    """Answer another request and come back: at once if it needs no form, else when that form is done."""
    other = meant or facts.intents[heard.match.candidates[0].intent]
    intent = facts.intents[form.intent]
    if other.emergency:
        return sound(standing, other, heard)
    if other.hands_over and grievances.complains(heard.text):  # a matter of its own, and none of what is open
        complaint = forms.unproven(heard.text, intent, {}, form.asking)
        return Aside(standing=standing, first=hand_over(replace(standing, unused=()), facts, other, complaint), form=form)
    if other.hands_over:
        words = forms.unproven(heard.text, intent, {}, form.asking)
        return hand_over(standing, facts, other, "\n".join((*form.words, words)), topic=intent.title)
    if other.id == intent.id:
        return _touched(standing, form, intent, heard, facts)
    if _is_of_binding(intent, facts) and lacks_home(other, facts):
        return _wait_for_flat(standing, form, other, heard, facts)
    if ahead := _ahead(standing, form, heard, facts, (other.id,)):
        return ahead
    if intent.chooses_flat and other.needs_home and heard.text:
        queued, said = waiting.queue(form, forms.begin(other, read_slots(other, heard), None, heard.text), heard.text)
        return again(standing, queued, (said,))
    put_aside = forms.aside(form, other.id)
    if any(slot.required for slot in other.slots) or other.confirm or lacks_home(other, facts):
        return start(standing, other, heard, facts, outer=put_aside)
    first = start(replace(standing, form=None), other, heard, facts)
    return Aside(standing=standing, first=first, form=form)


def _of_what_waits(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step | None:
    """Return the keeping of what is said at a gate of a wish that waits behind it: 不是，是大后天, 叫刘小雨."""
    return _ahead(standing, form, heard, facts) if waiting.is_meant(form, intent, heard, facts) else None


def _ahead(standing: Standing, form: Form, heard: Heard, facts: Facts, of: Collection[str] = ()) -> Step | None:
    """Return the keeping of what is said of a wish that waits behind the open form: 修灯的话周日上午九点."""
    kept = waiting.kept(form, heard, facts, of) if heard.text else None
    return again(standing, kept[0], (kept[1],)) if kept is not None else None


def _touched(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> Step:
    """The menu was touched again, or a code for the same was scanned: take the place it names and go on."""
    touched = replace(form, values={**form.values, **read_slots(intent, heard)})
    if touched.values == form.values:
        return again(standing, form)
    return advance(standing, touched, intent, facts, _noted(form, touched, intent, facts))


def _wait_for_flat(standing: Standing, form: Form, other: Intent, heard: Heard, facts: Facts) -> Step:
    """Put another request behind the binding; more about the one that waits already is no answer."""
    if any(one.intent == other.id for one in forms.chain(form.outer)):
        if ahead := _ahead(standing, form, heard, facts, (other.id,)):
            return ahead
        return again(standing, form) if heard.place else _ask_again(standing, form, facts.intents[form.intent], heard.text)
    begun = forms.begin(other, read_slots(other, heard), None, heard.text)
    is_first = waiting.goes_first(form, other, facts)
    queued, said = waiting.queue(form, begun, heard.text, first=is_first)
    if not is_first:  # what the address is enough for comes before it
        return again(standing, queued, (said,))
    wants = "flat.address" if other.needs_address and not other.needs_flat else "flat.first"
    return again(standing, queued, (said if queued is form else Line(wants, {"title": other.title}),))
