"""What to do about what was said, as the talk stands: a pure function from values to a step.

Order: emergency → silence while a person has the word, but for what one may have at any time → the open alarm → the open form → the menu or question last shown →
what was done before → a new wish.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue import amending, contacts, filling, following, forms, remarks, starting, subjects
from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard, Picture, Place, Said, Unseen, Words
from bot.dialogue.standing import For, Menu, Offer, Offered, Person, Standing
from bot.dialogue.steps import Advise, Aside, Attach, CallOff, Join, Line, PassOn, Quiet, Say, Step
from bot.language import answers, courtesy, emoji, questions
from bot.language.corrections import corrects
from bot.language.danger import aftermath
from bot.language.danger.judge import Judge
from bot.language.danger.sorts import Danger
from bot.language.files import Intent
from bot.language.kinds import consent
from bot.language.kinds.kind import Aspect, Value
from bot.language.matching.matcher import TEMPLATE, Match
from bot.language.reading import Reading

_REFUSED = re.compile(r"^(?:不用|不要|别|算了|没必要|不必|唔使|(?:没有?|冇)(?=$|[\s，,。]))")

#: Words that come back to what was put away.
_RESUMED = re.compile(
    r"(?:我?回来了|好了|刚才有事)?[，, ]?(?:继续|接着|接着[办弄填来说]|刚才(?:那个|[弄办填说写]?到哪儿?了?))(?:[吧呗啊办弄填来]|一下)*"
)

#: Words other than yes that take up the offer of a person.
_ASKED = re.compile(
    r"^(?:那|好)?[，, ]?(?:就|麻烦|请|帮|你|您|给|去|我)*(?:问|转|找|叫|请)(?:问|一下|下|一哈|哈|物业|人|他们|吧|呗|嘛|噻|过去|来)+"
)

#: Characters that may follow it while the office is being asked already: 我等着.
WAITS = 6

#: Characters that may follow 帮我问问 and say nothing more: 一声吧。
BESIDE = 3


def decide(standing: Standing, said: Said, facts: Facts) -> Step:
    """Return the next step."""
    if standing.alarm is not None and not facts.is_alarm_open:  # staff have closed it
        standing = standing.eased()
    match said:
        case Words():
            return _words(standing, said, facts)
        case Picture():
            return _picture(standing, facts)
        case Place():
            return _place(standing, said, facts)
        case Unseen():
            return _unseen(standing, said, facts)


def _is_expected(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words that only sound like danger give what the open form asks for, or go on about what was just done: 叫婷婷."""
    if standing.form is not None:
        return _gives(standing.form.intent, standing.form.values, heard, facts, standing.form.asking)
    if standing.offer is not None and standing.offer.what is Offered.INTENT and _gives(standing.offer.intent, {}, heard, facts):
        return True
    fresh = [subject for subject in standing.subjects if facts.now - subject.at < amending.ADDS]
    ends = following.calls(standing, heard, facts)  # 老罗不来了 他婆娘生了
    if ends or any(following.presses_first(subject, heard.reading, facts) for subject in fresh):
        return not _is_danger_beside(heard.reading, facts.judge)  # 不用了，胸口像压了块石头
    return bool(fresh) and (
        corrects(heard.text) or any(_gives(subject.intent, subject.values, heard, facts) for subject in fresh)
    )


#: Since when something is gone and how far, in words that speak of nobody: 从早上八点就没了，整个单元.
_GONE = re.compile(
    r"(?=.*(?:没了|没有了|没得|停了|冇))(?=.*(?:[从早昨晚夜点刚整栋幢层楼水电网]|突然|忽然|单元|一滴|全部?没|都没))(?:[从自打到今昨前天日早晚上下中午夜半凌晨点钟分半刻时候一二两三四五六七八九十\d:：起来开始以后之前现在刚才还有突然就又都也全已经忽然一下子到这会儿为止呢的啊呀嘛"
    r"我们这那整个栋幢单元层楼梯道小区户家每几邻居隔壁对门上下左右所有全部水电网气暖热信号一滴点儿没得停了冇过，,。！!、 ])+"
)
#: Signs with which these words speak of people after all.
_OF_PEOPLE = re.compile("人|孩|娃|老|爸|妈|爷|奶|[他她]|气了|没气|呼吸|声|影|命")


def _is_of_report(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words that sound like danger, or like grief, only say since when, and how far, what was just reported is gone."""
    fresh = any(
        facts.now - subject.at < amending.ADDS and _is_report(facts.intents[subject.intent], facts)
        for subject in standing.subjects
    )
    return fresh and not facts.is_alarm_open and _GONE.fullmatch(heard.text) is not None and not _OF_PEOPLE.search(heard.text)


def _is_danger_beside(said: Reading, judge: Judge) -> bool:
    """Tell whether what stands before or behind one clause of a message is danger by itself."""
    clauses = courtesy.clauses(said.raw)
    return any(judge.find(said.part("，".join(words))) is not None for words in (clauses[1:], clauses[:-1]) if words)


def _gives(name: str, known: Mapping[str, Value], heard: Heard, facts: Facts, asked: str | None = None) -> bool:
    """Tell whether words give a value of an intent that is known by its form; a place or a remark may be any words.

    A number of people counts only where it was asked for: 我一岁的娃一个人在家门锁了.
    """
    read = [
        slot
        for slot in facts.intents[name].slots
        if not slot.kind.fits_any_words and (slot.kind.aspect is not Aspect.HOW_MANY or slot.name == asked)
    ]
    return bool(heard.reading.take(read, asked=asked, known=known))


def sounds_alarm(standing: Standing, heard: Heard, intents: Mapping[str, Intent]) -> bool:
    """Tell whether words raise an alarm whoever has the word."""
    best = starting.accepted(heard, intents)
    return best is not None and (heard.match.emergency or (best.emergency and standing.form is None))


def _words(standing: Standing, said: Words, facts: Facts) -> Step:
    heard = said.heard
    if heard.match.is_vague and _is_expected(standing, heard, facts):
        heard = replace(heard, match=Match(text=heard.text))
    if _is_of_report(standing, heard, facts):
        heard = replace(heard, match=Match(text=heard.text))
    calls_off_form = standing.form is not None and answers.is_cancel(heard.text)  # 算了, amid a request: that, and no fire
    if (
        facts.is_alarm_open
        and not calls_off_form
        and (aftermath.is_over(heard.reading, facts.judge) or aftermath.is_helped(heard.reading, facts.judge))
    ):
        # no second alarm by 消防到了，火灭了
        return _passed_on(standing, heard.text)
    if sounds_alarm(standing, heard, facts.intents) or (heard.match.is_asked and standing.form is not None):
        return starting.sound(standing, facts.intents[heard.match.candidates[0].intent], heard)
    if standing.person is Person.TAKEN:
        return _by_right(standing, heard, facts) or _quiet(standing)
    if step := _advised(standing, heard, facts):
        return step
    if said.is_spoken and not heard.text:
        return Say(standing=standing, phrase=Line("voice.unheard"), kind="unknown")
    if step := _mended(standing, heard, facts):
        return step
    if facts.is_alarm_open and standing.form is None and heard.text:
        if _goes_back(standing, heard, facts):
            standing = standing.resumed()
        elif _is_more(standing, heard, facts):
            best = _wished(heard, facts)
            presses = best is not None and not facts.is_alarm_calm and _presses_for_nothing_else(best, standing, heard, facts)
            is_of_it = _may_be_of_it(standing, heard, facts)
            return _passed_on(standing, heard.text, is_of_it=is_of_it, presses=presses)
    if facts.is_alarm_open and contacts.is_of_alarm(standing, heard):  # 儿子电话139…, whatever was asked before
        return _passed_on(standing, heard.text)
    if standing.form is not None and _RESUMED.fullmatch(heard.text) and facts.is_alarm_open:
        return starting.again(standing, standing.form)
    if step := following.ended(standing, heard, facts) or following.kept(standing, heard, facts):
        return step
    if step := following.of_another(standing, heard, facts):
        return step
    if standing.form is not None and filling.is_left_behind(standing.form, heard, facts):
        standing = standing.within(None)
    if standing.form is not None:
        return filling.go_on(standing, standing.form, heard, facts)
    if standing.shelved is not None and _RESUMED.fullmatch(heard.text):
        return starting.again(
            replace(standing, shelved=None), replace(forms.talked_over(standing.shelved), tries=0, is_listed=False)
        )
    if standing.expired is not None and starting.accepted(heard, facts.intents) is None and not answers.wants_human(heard.text):
        late = filling.take_up(standing, standing.expired, heard, facts)
        fresh = None if late else _spoken(replace(standing, expired=None), heard, facts)
        if fresh is None or isinstance(fresh, Say):  # nothing by itself: it may have been meant for the form
            return late or filling.too_late(standing, standing.expired, facts)
        return fresh
    return _spoken(standing, heard, facts)


def _spoken(standing: Standing, heard: Heard, facts: Facts) -> Step:
    """Deal with words while no form is open."""
    return (
        _chosen(standing, heard, facts)
        or starting.unasked_digits(standing, heard, facts)
        or _said_in_passing(standing, heard, facts)
        or starting.listened(standing, heard, facts)
        or starting.told_more(standing, heard, facts)
        or remarks.remark(standing, heard, facts)
        or starting.nodded(standing, heard, facts)
        or starting.request(standing, heard, facts)
    )


def _by_right(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what follows where one may have it at any time (`always`), and a bare answer to what was asked of that; None for all else.

    What was open besides is put away: people talk of something else. Of what cannot be undone questions are for them, too, and all
    words but the plain ones that stand in its file: 我搬走了 may be what the talk is about.
    """
    form, best = standing.form, starting.accepted(heard, facts.intents)
    if form is not None and facts.intents[form.intent].always and form.stage is not forms.Stage.REREAD and _is_bare(heard.text):
        return filling.go_on(standing, form, heard, facts)
    is_lasting = best is not None and (best.releases_flat or best.confirm)
    asks = questions.is_question(heard.text) and not questions.demands(heard.text)
    is_plain = bool(heard.match.candidates) and heard.match.candidates[0].confidence >= TEMPLATE and not asks
    if best is None or not best.always or (is_lasting and not is_plain):
        return None
    aside = standing.form if standing.form is not None and standing.form.intent != best.id else standing.shelved
    return starting.start(replace(standing.within(None), shelved=aside), best, heard, facts)


def _is_bare(text: str) -> bool:
    return courtesy.agrees(text) or courtesy.refuses(text) or answers.is_cancel(text) or text.isdigit()


def _advised(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what to do in a danger that is only supposed: 要是煤气漏了怎么办; what was open before goes on behind it."""
    supposed = heard.match.supposed
    words = supposed.words if supposed is not None else questions.supposed(heard.text) if facts.warning else ""
    if not words:
        return None
    first = Advise(
        standing=replace(standing, misses=0),
        words=words,
        intent=supposed.intent if supposed is not None else "",
        danger=supposed.danger if supposed is not None else Danger.UNKNOWN,
    )
    return Aside(standing=standing, first=first, form=standing.form) if standing.form is not None else first


def _quiet(standing: Standing) -> Step:
    return Quiet(standing=standing.talked_over())


def _passed_on(standing: Standing, words: str, *, is_of_it: bool = True, presses: bool = False) -> Step:
    """Let words, or a photo, belong to the alarm: a yes said next to it is none to what was asked before."""
    return PassOn(standing=standing.talked_over(), words=words, is_of_it=is_of_it, presses=presses)


def _goes_back(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words amid an alarm go on with what was being filled in before: 接着弄小姨那个; an address alone is for who comes."""
    form = standing.alarm.form if standing.alarm is not None else None
    if form is None or facts.is_alarm_calm:
        return False
    intent, best = facts.intents[form.intent], _wished(heard, facts)
    who = [form.values.get(slot.name) for slot in intent.slots if slot.kind.aspect is Aspect.WHO]
    is_same = best is not None and best.id == form.intent and _asks_for(best, heard, facts)
    return bool(_RESUMED.fullmatch(heard.text)) or is_same or any(isinstance(name, str) and name in heard.text for name in who)


def _wished(heard: Heard, facts: Facts) -> Intent | None:
    """Return what words wish for beside an alarm, small talk included. What may be of the danger, as 窗户打不开, is at most answered."""
    best = heard.match.candidates[0] if heard.match.decision == "accept" and heard.match.candidates else None
    sure = starting.accepted(heard, facts.intents)
    if not facts.judge.is_far(heard.reading):
        is_named = sure is not None and not sure.emergency and sure.title in heard.text  # 厨房漏水了 帮我报修
        return sure if sure is not None and (is_named or facts.only_shows(sure) or sure.provides_flat) else None
    if sure is not None or best is None or best.confidence < starting.FIRM:
        return sure
    intent = facts.intents[best.intent]
    return None if intent.small_talk or intent.emergency else intent


def _is_more(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words after an alarm belong to it, such as where it is; whoever is tired of life is heard whatever they say.

    Nobody in danger is asked for their flat, or for a consent, because of what else their words resemble.
    """
    best = _wished(heard, facts)
    is_of_else = subjects.names(standing, heard.text, facts) and not facts.is_alarm_calm  # 接着弄小姨那个
    return (
        (best is None and not is_of_else)
        or (best is not None and (best.small_talk or (best.provides_flat and not _asks_for(best, heard, facts))))
        or aftermath.is_over(heard.reading, facts.judge)
        or facts.names_place
        or facts.is_alarm_calm
        or (best is not None and (_would_ask_who_it_is(best, heard, facts) or amending.is_place_alone(best, heard)))
        or (best is not None and _presses_for_nothing_else(best, standing, heard, facts))
    )


def _mended(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the report, beside an open alarm, of what it came from, where somebody is wanted to mend that: 派电工来. The alarm stays."""
    if not facts.is_alarm_open or facts.is_alarm_calm or standing.form is not None or not aftermath.wants_workman(heard.text):
        return None
    report = next((one for one in facts.intents.values() if _is_report(one, facts)), None)
    if report is None or starting.lacks_home(report, facts):
        return None
    return starting.start(standing, report, Heard.unmatched(f"{facts.alarm_said}，{heard.text}", facts.now), facts)


def _is_report(intent: Intent, facts: Facts) -> bool:
    """Tell whether an intent takes down what is broken and where, and further words beside it."""
    tells = any(slot.required and slot.kind.describes for slot in intent.slots)
    return intent.id in facts.keeping and tells and intent.slot_for(Aspect.WHERE) is not None and bool(intent.follow_ups)


def _would_ask_who_it_is(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether a wish leads to the question for a flat or a consent, and is not named: 窗户打不开, of somebody unknown."""
    asks = starting.lacks_home(intent, facts) or any(slot.kind is consent.KIND for slot in intent.slots)
    return asks and intent.title not in heard.text and not intent.provides_flat


def _may_be_of_it(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words after an alarm are likely of it, so that what comes next is, too: 今天周几 is not."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or facts.is_alarm_calm or facts.names_place or best.confidence < starting.PLAUSIBLE:
        return True
    intent = facts.intents[best.intent]
    return intent.emergency or intent.provides_flat or _presses_for_nothing_else(intent, standing, heard, facts)


def _presses_for_nothing_else(intent: Intent, standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words press for, ask about or call off what was just asked for, and that was help: 你们快点, 怎么还不来."""
    follows = [one for one in facts.intents.values() if intent.id in one.follow_ups]
    alarmed = facts.alarmed_at
    newer = [known.intent for known in standing.subjects if alarmed is None or known.at > alarmed]
    if not follows or any(one.id in newer for one in follows):
        return False
    things = (
        word for one in follows for slot in one.slots if slot.kind.describes for words in slot.options.values() for word in words
    )
    had_any = any(known.intent == one.id for known in standing.subjects for one in follows)
    # 你们怎么还不来修, with nothing else to be repaired, is said to those who are to come
    is_of_work = had_any and subjects.is_of_work(heard.text)
    names_its_own = is_of_work or any(one.title in heard.text for one in (intent, *follows))
    return not names_its_own and not any(word in heard.text for word in things)


def _asks_for(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words name what they want, beside the values for it: 绑定3栋2单元501; of somebody unknown also 我住3栋2单元501."""
    return any(word in heard.text for word in intent.keywords) or (not facts.is_bound and "住" in heard.text)


# ------------------------------------------------------------------ what was shown or asked


def _chosen(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what follows the choice from a menu, a yes or no to an offer, or 0 after a guess."""
    text = heard.text
    if standing.menu is not None and (step := _picked(standing, standing.menu, text, facts)):
        return step
    if standing.offer is not None and (step := _replied(standing, standing.offer, heard, facts)):
        return step
    if standing.elsewhere is not None and answers.is_zero(text):
        return filling.elsewhere(standing, standing.elsewhere)
    if standing.offer is not None and standing.offer.what is Offered.INTENT and _says_more(standing.offer, heard, facts):
        return _taken_up(standing, replace(standing.offer, text=f"{standing.offer.text}，{text}"), facts)
    return None


def _says_more(offer: Offer, heard: Heard, facts: Facts) -> bool:
    """Tell whether words go on about what was asked with yes or no, instead of answering it: 係2單元嗰部."""
    wished = starting.accepted(heard, facts.intents)
    if questions.is_question(heard.text) or (wished is not None and wished.id != offer.intent):
        return False
    return (wished is not None) or bool(heard.reading.take(facts.intents[offer.intent].slots))


def _replied(standing: Standing, offer: Offer, heard: Heard, facts: Facts) -> Step | None:
    """Return what follows a yes or a no to an offer; what is said beside a yes goes with it: 对，请财务核一下."""
    text, wished = heard.text, starting.accepted(heard, facts.intents)
    if courtesy.agrees(text):
        return _taken_up(standing, offer, facts)
    if courtesy.refuses(text):
        return Say(standing=standing.calm(), phrase=Line("acknowledged"))
    wishes_else = wished is not None and not wished.small_talk and len(courtesy.clauses(text)) > 1  # 先不删 导一份给我看
    if answers.is_cancel(text) or (not wishes_else and any(map(answers.is_leaving, courtesy.clauses(text)))):  # 行了，不用了
        return Say(standing=standing.calm(), phrase=Line("acknowledged"), kind="cancelled")
    asked = _ASKED.search(text) if offer.what is not Offered.INTENT else None
    if asked is not None and len(text) - asked.end() <= BESIDE:  # 那帮我问问呗
        return _taken_up(standing, offer, facts)
    if asked is not None or courtesy.begins_with_yes(text):
        between = "，" if offer.what is Offered.INTENT else "\n"  # a wish is read as one sentence, people read lines
        return _taken_up(standing, replace(offer, text=between.join(filter(None, (offer.text, text)))), facts)
    refuses = _REFUSED.match(text) or answers.is_hesitation(text)  # 我先问问别人
    return Say(standing=standing.calm(), phrase=Line("acknowledged")) if refuses else None


def _picked(standing: Standing, menu: Menu, text: str, facts: Facts) -> Step | None:
    titles = [title(option, menu, standing, facts.intents) for option in menu.options]
    shown = [*titles, *([facts.catalogue.messages["clarify.none"]] if menu.with_person else [])]
    index = answers.pick(text, shown)
    if index is None and menu.shown_for is For.INTENTS:  # by the short name of what the sentence stands for
        index = answers.pick(text, [facts.intents[option].title for option in menu.options])
    if index is None:
        return None
    if index == len(menu.options):
        step = starting.hand_over(standing, facts, facts.catalogue.person, menu.text)
        return replace(step, is_miss=bool(menu.text))  # what was offered was not what was meant
    if menu.shown_for is For.PHOTOS:
        return Attach(standing=standing.calm(), about=menu.options[index])
    if menu.shown_for is For.CHANGE:
        return following.change(standing, menu.options[index], menu.text, facts)
    words = Heard.unmatched(menu.text, facts.now)
    return starting.start(standing, facts.intents[menu.options[index]], words, facts)


def title(option: str, menu: Menu, standing: Standing, intents: Mapping[str, Intent]) -> str:
    """Return how an option of a menu is shown."""
    if menu.shown_for is not For.INTENTS:
        return next((known.called for known in standing.subjects if known.about == option), "")
    return intents[option].offer or intents[option].title


def _taken_up(standing: Standing, offer: Offer, facts: Facts) -> Step:
    """Do what a yes was said to."""
    if offer.what is Offered.INTENT:
        words = Heard.unmatched(offer.text, facts.now)
        if facts.intents[offer.intent].emergency:  # the advice is for what was told
            words = replace(words, match=replace(words.match, danger=facts.judge.sort(words.reading)))
        return starting.start(standing, facts.intents[offer.intent], words, facts)
    step = starting.hand_over(standing, facts, facts.catalogue.person, offer.text)
    return replace(step, is_question=offer.what is Offered.QUESTION)


# ------------------------------------------------------------------ what is said in passing, or of what was done


def _said_in_passing(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    text, waits = heard.text, standing.person is Person.ASKED
    if waits and not standing.unused and (asked := _ASKED.search(text)) and len(text) - asked.end() <= WAITS:  # 帮我问，我等着
        return Join(standing=standing.calm(), words=text)
    doubt = standing.offer if standing.offer is not None and standing.offer.what is Offered.INTENT else None
    if "帮我问" in text and doubt is not None:  # whatever was meant, people shall hear it
        return starting.hand_over(standing, facts, facts.catalogue.person, f"{doubt.text}\n{text}")
    if answers.wants_human(text) or ("帮我问" in text and not standing.offer and not questions.is_question(text)):
        return starting.hand_over(standing, facts, facts.catalogue.person, text)
    if waits and answers.is_cancel(text):
        return CallOff(standing=standing.calm())
    if emoji.is_sticker(text) and not waits:
        return Say(standing=standing, phrase=Line("sticker"))
    if emoji.weeps(text):
        return Say(standing=standing, phrase=Line("listening" if starting.is_sorrow(standing, facts) else "emoji.sad"))
    if emoji.is_only_emoji(text):
        return Say(standing=standing, phrase=Line("acknowledged"))
    if aftermath.is_number(text):
        return starting.clarify(standing, _emergencies(facts), text, "emergency.number")
    if step := contacts.told(standing, heard, facts) or following.follow(standing, heard, facts):
        return step
    if answers.is_cancel(text):
        return Say(standing=standing.calm(), phrase=Line("form.nothing"), kind="cancelled")
    if courtesy.asks_no_more(text) and not _ends_something(standing, heard, facts):
        return Say(standing=standing.calm(), phrase=Line("acknowledged"), kind="cancelled")
    if _is_thanks(heard, facts):
        return None
    if courtesy.is_courtesy(text):
        return Say(standing=replace(standing, misses=0), phrase=Line("acknowledged"))
    ease = following.at_ease(standing, heard, facts)
    return (remarks.remark(standing, heard, facts) or ease) if ease and following.says_more(text) else ease


def _ends_something(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words surely call off something that was done: 算了我自己找人修."""
    wished = starting.accepted(heard, facts.intents)
    return wished is not None and any(known.intent in wished.cancels for known in standing.subjects)


def _is_thanks(heard: Heard, facts: Facts) -> bool:
    """Tell whether an intent has words of its own for what is said in passing: 不客气."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    return best is not None and best.confidence >= starting.PLAUSIBLE and facts.intents[best.intent].small_talk


def _emergencies(facts: Facts) -> list[Intent]:
    """Return what staff can be called for at once, help before fire."""
    return sorted((intent for intent in facts.intents.values() if intent.emergency), key=lambda intent: intent.id, reverse=True)


# ------------------------------------------------------------------ photos, places, what cannot be looked at


def _picture(standing: Standing, facts: Facts) -> Step:
    """Let a photo belong to what is open, to what was just done, or ask what it is about."""
    if facts.is_alarm_open:
        return _passed_on(standing, "")
    if standing.person is Person.TAKEN:
        return _quiet(standing)
    if standing.form is not None:
        return _picture_in_form(standing, standing.form, facts)
    if step := following.picture(standing, facts):
        return step
    if standing.person is Person.ASKED:
        return Join(standing=standing, words="")
    return _what_for(Aspect.PICTURE, standing, "photo.what", "photo.what.free", facts)


def _picture_in_form(standing: Standing, form: forms.Form, facts: Facts) -> Step:
    intent = facts.intents[form.intent]
    slot = intent.slot_for(Aspect.PICTURE)
    if slot is None:
        waiting = [facts.intents[item.intent] for item in forms.chain(form)]
        wanted = any(intent.slot_for(Aspect.PICTURE) for intent in waiting)
        return starting.again(standing, form, (Line("photo.received" if wanted else "photo.not_now"),))
    received = replace(form, values={**form.values, slot.name: "[图片]"})
    return starting.advance(standing, received, intent, facts, (Line("photo.received"),))


def _place(standing: Standing, said: Place, facts: Facts) -> Step:
    """Take a place for the open form's place, or for what waits for a person; else ask what for."""
    if facts.is_alarm_open:
        return _passed_on(standing, f"[位置] {said.label}")
    if standing.person is Person.TAKEN:
        return _quiet(standing)
    if standing.form is None:
        if step := following.place(standing, said.label, facts):
            return step
        if standing.person is Person.ASKED:
            return Join(standing=standing, words=f"[位置] {said.label}")
        return _what_for(Aspect.WHERE, replace(standing, spot=(facts.now, said.label)), "place.what", "place.what.free", facts)
    intent = facts.intents[standing.form.intent]
    slot = intent.slot_for(Aspect.WHERE)
    if slot is None:
        return starting.again(standing, standing.form, (Line("place.not_now"),))
    filled = replace(standing.form, values={**standing.form.values, slot.name: said.label})
    return starting.advance(standing, filled, intent, facts)


def _what_for(aspect: Aspect, standing: Standing, phrase: str, free: str, facts: Facts) -> Step:
    """Ask what a photo or place is for: a menu of several intents that take one, else the words for it."""
    offers = [intent for intent in facts.intents.values() if intent.slot_for(aspect)]
    if len(offers) > 1:
        return starting.clarify(standing, offers[: starting.SHOWN], "", phrase)
    return Say(standing=standing.calm(), phrase=Line(free), kind="clarifies")


def _unseen(standing: Standing, said: Unseen, facts: Facts) -> Step:
    """Say kindly what the bot cannot look at, and what to send instead."""
    if standing.person is Person.TAKEN:
        return _quiet(standing)
    if standing.form is not None:
        return starting.again(standing, standing.form, (Line(said.phrase),))
    if standing.person is Person.ASKED:
        return Join(standing=standing, words=said.what)
    return Say(standing=standing, phrase=Line(said.phrase), kind="unknown")
