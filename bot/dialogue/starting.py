"""What a new wish leads to: it starts, is guessed and started, asked back, answered as a question, or not understood. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.dialogue import forms
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, lacks, read_slots
from bot.dialogue.standing import Menu, Offer, Offered, Person, Standing, Subject
from bot.dialogue.steps import Ask, Confirm, Do, HandOver, Inform, Join, Line, Say, ShowMenu, Sound, Step
from bot.language import answers, courtesy, leftovers, questions
from bot.language.danger.sorts import Danger
from bot.language.files import Intent
from bot.language.kinds import consent, flat
from bot.language.kinds import name as name_
from bot.language.kinds.kind import Aspect, Value
from bot.language.matching.matcher import TEMPLATE, Candidate
from bot.language.phrases import fill
from bot.language.reading import Reading

#: Times in a row that words are not understood before a person is offered.
PATIENCE = 2

#: So sure is a wish that goes before whatever is open or was just done: beside that, half a sentence may be about anything.
SURE = 0.9

#: From here on a harmless wish is begun, and read back before it is done, where nothing else is spoken of.
PLAUSIBLE = 0.4

#: From here on a question is answered by what only shows something.
TELLING = 0.3

#: From here on words mean something else than what is open or was just done.
ELSEWHERE = 0.7

#: From here on a harmless wish of which all is told is done without reading it back: of 24 by unknown writers 23 were meant. It is more
#: than the guess of a language model counts.
FIRM = 0.60

#: Candidates within this share of the best one are really close: only they are asked back.
CLOSE = 0.7

#: Below this even the best candidate is not worth a question.
LIKELY = 0.2

#: Characters of the resident's own words that are said back.
QUOTED = 24

#: From here on a matter that only people can deal with is given to them: they read the resident's own words.
FOR_PEOPLE = 0.45

#: From here on small talk goes before a wish that is a little likelier, and hardly likely itself.
SPOKEN = 0.3

#: From here on words call off or press for something that this talk does not know of: it may be days old.
OF_SOMETHING = 0.55

#: Without such words nothing is called off, however much a message resembles it.
CALLS_OFF = re.compile(
    r"不要(?=$|[，,。吧])|取消|作废|撤|删|停|不.{0,4}了|别|唔|莫|勿|甭|免|没空来|来不成|修好|弄好|搞好|好了|好使|能用|自己"
)

#: Points at one of those who come, and takes back what is on record of them.
_DENIED_OF_ONE = re.compile(
    "(?:来|约|报|登记|订|开)(?:了|好|过)?的(?:那|这)(?:一?[个位张次])[^0-9]{0,3}.*(?:没|不是|弄错|搞错|写错|怎么)"
)

#: Who wants something no more, or not at all, asks to see nothing: 不要给我发通知.
_DENIED = re.compile("[不别莫勿]")

#: Who has done it already asks nobody how: 已经拉闸了.
_HAS_DONE = re.compile("^(?:[我俺咱他她]们?|都|也)*(?:已经|已|早就|刚刚?|刚才)[^吗么?？]{1,10}[了过]")

#: What was done so lately may be what is still spoken of.
LATELY = timedelta(minutes=30)

#: Whoever speaks of their own home means no place on the map that was sent for something else.
_AT_HOME = re.compile(r"(?:[我俺咱自]家|家[里中]|屋[里头])(?!的?(?:楼[下上]|门口|门外|旁边|附近|对面|[前后]面))")

#: Asked without saying of what, it is asked of what was just done, not of parking.
_WHAT_IT_COSTS = re.compile(
    r"(?:那|请问|大概|一般|这个|师傅|上门|修|修一次|维修)*(?:要|需要|得|用|会)?(?:不要|收不收|要不要)?(?:收|给|付|花|出)?(?:多少|几多|好多)?(?:钱|费|费用|免费)(?:的)?(?:吗|么|不|啊|呀|嘛|呢|伐|咩)*[?？]?"
)

#: A place that is found by whoever is sent there: 3栋楼道, 东门路灯, 小区花园. 楼道 alone is in every building.
_TELLS_WHERE = re.compile(
    r"[\dA-Za-z一二三四五六七八九十]+(?:栋|幢|座|号|单元)|地下?车?库|小区|花园|乐园|健身|[东南西北正后侧大]门|岗"
)

#: Says that somebody comes or goes there.
_COMES = re.compile("来|去|到|上门|串门|拜访")

#: The last digits of a number on record, however they are said.
_PROOF = re.compile(r"(?:手机|尾号|后四位|号码?|是|就|应该|[，,：: ])*[\d零〇一二三四五六七八九幺两]{4}(?:吧|啊|呀|了)?")

#: Characters of what goes on about small talk.
CHAT = 30

#: Characters of a yes and a value after which nothing is left to be done.
ON = 8

#: So few words that are not understood are the beginning of a message; a number, a yes or a no is none.
_FRAGMENT = re.compile(r"(?![一二两三四五六七八九十是对好不没嗯行]+$|第|.+[个位人]$)[\u4e00-\u9fff]{1,3}")

#: Options of a menu at most.
SHOWN = 3

_COUNTS = "零一两三四五"


def accepted(heard: Heard, intents: Mapping[str, Intent]) -> Intent | None:
    """Return the intent that the words surely mean."""
    match = heard.match
    if not match.candidates or not (match.emergency or (match.decision == "accept" and match.candidates[0].confidence >= SURE)):
        return None
    return intents[match.candidates[0].intent]


def request(standing: Standing, heard: Heard, facts: Facts) -> Step:
    """Deal with words that belong to nothing open."""
    intent, demands = accepted(heard, facts.intents), questions.demands(heard.text)
    if proven := _proof_after_all(standing, heard, facts):
        return proven
    if intent is None and questions.is_at_a_loss(heard.text):
        return Say(standing=standing, phrase=Line("puzzled"), kind="answered")
    if (shown := _denied_of_one(standing, heard, facts)) is not None:
        return start(standing, shown, Heard.nothing(facts.now), facts)
    asks = (questions.is_question(heard.text) or questions.is_further(heard.text)) and not demands
    if asks and intent is None and (binding := _lives_there(heard, facts)):
        return start(standing, binding, heard, facts, is_guess=True, before=_understood(binding, heard, facts))
    if intent is not None and courtesy.worries(heard.text) and len(courtesy.clauses(heard.text)) > 1:
        asks = False  # 电梯一直响 会不会掉下来: told, not asked
    if _WHAT_IT_COSTS.fullmatch(heard.text) and _lately(standing, facts):
        return not_known(standing, heard.text, facts)
    is_more = standing.person is Person.ASKED and _is_for_who_waits(intent, heard.text) and not _wishes_anew(heard, facts)
    is_more = is_more and wants_to_see(heard, facts) is None and not wishes_plainly(heard, facts)
    visit = visit_there(standing, heard, facts) if intent is None or intent.chooses_flat else None
    step = visit or _wish(standing, heard, facts, asks=asks)
    if is_more:
        of_its_own = step if intent is not None and _is_for_people(intent) and not intent.hands_over else None
        step = Join(
            standing=standing.calm(), words=heard.text, matter=intent.id if of_its_own and intent else "", unless=of_its_own
        )
    if demands or (is_more and not is_known(heard, intent)):
        return step
    if (asks and (intent is None or not facts.only_shows(intent))) or is_known(heard, intent):
        known = heard.known if asks or is_known(heard, intent) else ()
        return Inform(standing=standing.calm(), question=heard.text, known=known, otherwise=step)
    return step


def _denied_of_one(standing: Standing, heard: Heard, facts: Facts) -> Intent | None:
    """Return what shows those that were made, where words point at one and take something back: 我朋友后天来的那个 我没说三个人 makes no other."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or not _DENIED_OF_ONE.search(heard.text) or not facts.intents[best.intent].is_about_somebody:
        return None
    return next((facts.intents[name] for name in facts.intents[best.intent].follow_ups if name in facts.shows), None)


def visit_there(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the start of a visit to another flat of who writes: 后天下午两点我姑姑去6栋 says more than which flat is meant."""
    if not facts.means_other_flat or _COMES.search(heard.text) is None or questions.is_question(heard.text):
        return None
    comes = heard.of(heard.text.replace("去", "来"))  # they go there, and come to who lives there
    visits = (one for one in facts.intents.values() if one.is_about_somebody and one.needs_home and one.follow_ups)
    visit = next((one for one in visits if not lacks(one, comes)), None)
    return start(standing, visit, comes, facts) if visit is not None else None


def _proof_after_all(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the binding once more for whoever waits to be believed and now tells the number that proves it, and nothing else."""
    binding = facts.catalogue.binding
    secret = next((slot for slot in binding.slots if slot.kind.is_secret), None) if binding is not None else None
    if binding is None or secret is None or not _waits_for_proof(facts) or not is_proof(heard.text):
        return None
    given = heard.reading.take((secret,), asked=secret.name)
    return advance(standing, forms.begin(binding, {**_claimed(binding, facts), **given}), binding, facts) if given else None


def is_proof(text: str) -> bool:
    """Tell whether words are the last digits of a number and nothing else: 7940, 尾号7940."""
    return _PROOF.fullmatch(text.strip()) is not None


def unasked_digits(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what follows digits that nothing asks for: whoever waits to be believed proves who they are, and all others are told.

    On no ticket and to no matter do they belong.
    """
    if not is_proof(heard.text):
        return None
    return _proof_after_all(standing, heard, facts) or Say(standing=standing, phrase=Line("digits.unasked"), kind="unknown")


def _waits_for_proof(facts: Facts) -> bool:
    return facts.catalogue.binding is not None and not facts.is_bound and facts.claim is not None


def _lives_there(heard: Heard, facts: Facts) -> Intent | None:
    """Return the binding where somebody without a flat tells one in full, whatever they ask beside it: 4栋3单元1201 要登记啥不."""
    binding = facts.catalogue.binding
    if binding is None or facts.is_bound or all(one.intent != binding.id for one in heard.match.candidates):
        return None
    needs = any(slot.required for slot in binding.slots)
    return binding if needs and not lacks(binding, heard) else None


def _is_for_who_waits(intent: Intent | None, text: str) -> bool:
    """Tell whether words join what a person is waited for with; thanks and good-bye are answered for themselves."""
    if courtesy.is_courtesy(text):
        return False
    chats = intent is not None and intent.small_talk and not questions.is_question(text)  # 今天周几 is answered
    return intent is None or _is_for_people(intent) or chats


def wants_to_see(heard: Heard, facts: Facts) -> Intent | None:
    """Return what words likely ask for that is only shown, which nobody has to wait for: 我有哪些客人."""
    best = heard.match.candidates[0] if heard.match.decision == "accept" else None
    return _shown(best, facts) if best is not None and best.confidence >= ELSEWHERE else None


def wants_to_be_told(heard: Heard, facts: Facts) -> Intent | None:
    """Return what is only shown and is as likely meant as anything: 通行证怎么用; who does not ask must say so more plainly."""
    least = TELLING if questions.is_question(heard.text) else PLAUSIBLE
    likely = heard.match.candidates if heard.match.decision == "clarify" else ()
    close = [one for one in likely if one.confidence >= max(CLOSE * likely[0].confidence, least)]
    return next((shown for one in close if (shown := _shown(one, facts))), None)


def _shown(candidate: Candidate, facts: Facts) -> Intent | None:
    intent = facts.intents[candidate.intent]
    return intent if facts.only_shows(intent) and not intent.small_talk else None


def _wishes_anew(heard: Heard, facts: Facts) -> bool:
    """Tell whether words likely wish for something that can be called off again, and tell all of it: 顺便，我弟弟周六上午十点来."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.confidence < PLAUSIBLE or not may_be_called_off(facts.intents[best.intent], facts):
        return False
    return _is_told(best, heard, facts)


def wishes_plainly(heard: Heard, facts: Facts) -> bool:
    """Tell whether words wish for something that the bot does by itself, whatever waits for a person: 邀请我表妹来绑定, 我的报修."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or heard.match.decision == "reject" or _HAS_DONE.search(heard.text):
        return False
    if heard.match.decision == "clarify":
        return (
            not questions.is_question(heard.text)
            and not _DENIED.search(heard.text)
            and wants_to_be_told(heard, facts) is not None
        )
    intent = facts.intents[best.intent]
    return best.confidence >= FIRM and not (intent.small_talk or intent.cancels or _is_for_people(intent))


def _is_for_people(intent: Intent) -> bool:
    """Tell whether an intent ends with a person whatever is said."""
    return not intent.action and not intent.reply and not intent.emergency


def is_known(heard: Heard, intent: Intent | None) -> bool:
    """Tell whether the knowledge surely has the answer, and no intent is as sure."""
    best = heard.match.candidates[0].confidence if intent is not None else 0.0
    return bool(heard.known) and heard.known[0].is_sure and best < heard.known[0].confidence


def _wish(standing: Standing, heard: Heard, facts: Facts, *, asks: bool) -> Step:
    if questions.is_further(heard.text):  # it changes nothing, whatever it resembles
        best = facts.intents[heard.match.candidates[0].intent] if heard.match.candidates else None
        if best is None or not facts.only_shows(best):
            return not_known(standing, heard.text, facts)
    match heard.match.decision:
        case "accept":
            intent = facts.intents[heard.match.candidates[0].intent]
            if intent.small_talk and (other := _told_beside(heard, facts)):  # hi 新搬来的 7栋1单元1102
                return start(standing, other, heard, facts, is_guess=True)
            if intent.cancels and _lets_something_else_be(standing, intent, heard.text, facts):  # 算了先不弄商铺, after a repair
                return Say(standing=standing.calm(), phrase=Line("acknowledged"), kind="cancelled")
            if asks and intent.releases_flat and not questions.asks_how_to_end(heard.text):  # a question is no order
                return not_known(standing, heard.text, facts)
            return _serve(standing, heard, facts)
        case "clarify":
            return _guess(standing, heard, facts, asks=asks)
    return not_known(standing, heard.text, facts) if asks else not_understood(standing, heard.text, facts)


def _lets_something_else_be(standing: Standing, intent: Intent, text: str, facts: Facts) -> bool:
    """Tell whether words name what shall not be done, and it is nothing that was done, nor what the intent is about."""
    what = answers.lets_be(text)
    done = [words for known in standing.subjects for words in (known.called, known.said, *map(str, known.values.values()))]
    ended = [facts.intents[name] for name in intent.cancels if name in facts.intents]
    about = [word for one in (intent, *ended) for word in (one.title, *one.keywords)]
    return bool(what) and not any(what in words or words in what for words in filter(None, (*done, *about)))


def _is_told(candidate: Candidate, heard: Heard, facts: Facts) -> bool:
    """Tell whether words give all of the several values that a wish needs: who tells so much means it."""
    intent = facts.intents[candidate.intent]
    needed = sum(slot.required for slot in intent.slots)
    return needed > 1 and not intent.emergency and not lacks(intent, heard)


def _told_beside(heard: Heard, facts: Facts) -> Intent | None:
    """Return the wish that a greeting or thanks stands beside, where the words give all that it needs."""
    for candidate in heard.match.candidates[1:]:
        intent = facts.intents[candidate.intent]
        needs = any(slot.required for slot in intent.slots)
        if needs and not intent.emergency and not lacks(intent, heard):
            return intent
    return None


# ------------------------------------------------------------------ what is surely wished


def _serve(standing: Standing, heard: Heard, facts: Facts) -> Step:
    """Start all wishes of a message, the urgent one first; the others wait behind it."""
    first, *rest = sorted((replace(heard, more=()), *heard.more), key=lambda piece: not _is_urgent(piece, facts))
    waiting = _waiting(rest, facts)
    intent = facts.intents[first.match.candidates[0].intent]
    return _listed(start(standing, intent, first, facts, outer=waiting), first, waiting, facts)


def _waiting(pieces: Sequence[Heard], facts: Facts, *, is_guess: bool = False) -> Form | None:
    """Return the forms of further wishes, one behind the other."""
    waiting: Form | None = None
    for piece in reversed(pieces):
        intent = facts.intents.get(piece.match.candidates[0].intent)
        if intent is not None and not intent.emergency and (facts.is_bound or not intent.releases_flat):
            begun = forms.begin(intent, read_slots(intent, piece), waiting, piece.text)
            waiting = replace(begun, is_guess=is_guess and not facts.only_shows(intent))
    return waiting


def _listed(step: Step, first: Heard, waiting: Form | None, facts: Facts) -> Step:
    """Say how many wishes were heard, where there are several."""
    if waiting is None:
        return step
    intent = facts.intents[first.match.candidates[0].intent]
    behind = [(facts.intents[form.intent], "".join(form.words[:1])) for form in forms.chain(waiting)]
    titles = _titles([(intent, first.text), *behind])
    return replace(step, before=(Line("two.wishes", {"titles": f"{_COUNTS[len(titles)]}件：{'、'.join(titles)}"}), *step.before))


def _titles(wishes: Sequence[tuple[Intent, str]]) -> list[str]:
    """Return what wishes are called: those that wait with the resident's own words, those of one kind by nothing else."""
    named = [intent.id for intent, _ in wishes]
    titles = ["" if named.count(intent.id) > 1 else intent.title for intent, _ in wishes]
    return [
        f"{title}“{quoted(words)}”" if index or not title else title
        for index, (title, (_, words)) in enumerate(zip(titles, wishes, strict=True))
    ]


def _is_urgent(heard: Heard, facts: Facts) -> bool:
    intent = facts.intents[heard.match.candidates[0].intent]
    flags = [slot for slot in intent.slots if slot.kind.aspect is Aspect.WHETHER]
    return bool(flags) and any(read_slots(intent, heard).get(slot.name) is True for slot in flags)


def start(
    standing: Standing, intent: Intent, heard: Heard, facts: Facts, *, outer: Form | None = None, about: str = "",
    is_guess: bool = False, before: tuple[Line, ...] = (),
) -> Step:  # fmt: skip
    """Begin an intent with what the message already says; whoever needs a flat first is asked for it."""
    if intent.emergency:
        return sound(standing, intent, heard)
    if intent.hands_over:
        return hand_over(standing, facts, intent, heard.text or heard.place)
    if (
        is_all_or_nothing(intent) and not intent.cancels and (answers.spares(heard.text) or answers.is_leaving(heard.text))
    ):  # 先不删了 deletes nothing
        return Say(standing=standing.calm(), phrase=Line("form.nothing"), kind="cancelled")
    if intent.releases_flat and not facts.is_bound:
        return Say(standing=standing.calm(), phrase=Line("flat.none"), intent=intent.id, before=before)
    fragments = standing.fragments(facts.now)
    values = read_slots(intent, heard)
    for words in fragments:  # 周六 / 我同学来吃饭
        values = {**heard.reading.part(words).take(intent.slots), **values}
    standing, values = _with_spot(standing, intent, values, heard.text)
    form = replace(forms.begin(intent, values, outer, heard.text), about=about, is_guess=is_guess)
    form = replace(form, words=(*fragments, *form.words))
    if standing.shelved is not None and standing.shelved.intent == intent.id:  # 报修 again, after the first form was put away
        form = replace(form, values={**standing.shelved.values, **values}, words=(*standing.shelved.words, *form.words))
        standing = replace(standing, shelved=None)
    if heard.text and (values or not _is_bare(heard, intent, facts)):
        form = forms.described(form, intent)
    if lacks_home(intent, facts) and (shared := _at_shared_place(standing, form, intent, facts, before)):
        return shared
    if lacks_home(intent, facts):
        return bind_first(standing, form, intent, heard, facts, before)
    if (choosing := choice_before(intent, facts, is_new=True)) is not None:
        return choose_first(standing, choosing, form, heard, facts)
    if intent.listens or intent.chats:
        return Do(standing=replace(standing.within(None), listens=intent.id), form=form, before=before)
    step = advance(standing, form, intent, facts, (*before, *not_taken(heard.reading, intent, values)))
    says_back = isinstance(step, Ask) or (isinstance(step, Do) and any(slot.otherwise for slot in intent.slots))
    if says_back and not before and not _is_bare(heard, intent, facts):
        told = Line("understood.sure", {"title": intent.title, "words": quoted("，".join((*fragments, heard.text)))})
        step = replace(step, before=(told, *step.before))
    return replace(step, before=(*step.before, *_unseen(form, intent, heard.text, facts))) if isinstance(step, Ask) else step


def is_all_or_nothing(intent: Intent) -> bool:
    """Tell whether what is read back of an intent can only be done or left, and none of it be changed: all my data deleted."""
    return (intent.releases_flat or bool(intent.confirm)) and not any(slot.ask for slot in intent.slots)


def _unseen(form: Form, intent: Intent, text: str, facts: Facts) -> tuple[Line, ...]:
    """Return what to say of a plate or number that was taken from words too long to be said back."""
    said = forms.spoken(form, intent, facts.now)
    kept = [f"{slot.title} {said[slot.name]}" for slot in intent.slots if slot.kind.is_exact and said.get(slot.name)]
    kept = [words for words in kept if words.partition(" ")[2] not in quoted(text)]
    return (Line("form.kept", {"values": "，".join(kept)}),) if kept else ()


def quoted(text: str) -> str:
    """Return the resident's own words, short enough to be said back."""
    words = " ".join(text.split())
    return words if len(words) <= QUOTED else f"{words[: QUOTED - 1]}…"


def _is_bare(heard: Heard, intent: Intent, facts: Facts) -> bool:
    """Tell whether words only name the wish, as a file does, or nothing was said at all: 我要报修."""
    if not heard.text:
        return True
    is_known = bool(heard.match.candidates) and heard.match.candidates[0].confidence >= TEMPLATE
    return is_known and not read_slots(intent, heard)


def _with_spot(standing: Standing, intent: Intent, values: dict[str, Value], text: str) -> tuple[Standing, dict[str, Value]]:
    """Let a place that was sent before belong to a wish that wants one; what is said with the wish goes before, be it only 我家."""
    slot = intent.slot_for(Aspect.WHERE)
    if standing.spot is None or slot is None:
        return standing, values
    found = {} if _AT_HOME.search(text) else {slot.name: standing.spot[1]}
    return replace(standing, spot=None), {**found, **values}


def sound(standing: Standing, intent: Intent, heard: Heard) -> Sound:
    """Raise the alarm; what was just read back must be read back again before a yes counts."""
    return Sound(standing=standing.talked_over(), intent=intent.id, danger=heard.match.danger, words=heard.text or heard.place)


def hand_over(standing: Standing, facts: Facts, intent: Intent | None, words: str, topic: str = "") -> HandOver:
    """Give what was said, now and in vain before, to a person."""
    said = standing.words(words)
    name = intent.id if intent else facts.catalogue.person.id if facts.catalogue.person else ""
    stays = replace(standing.within(None), unused=())
    what = next(filter(_tells, words.split("\n")), "")
    return HandOver(standing=stays, intent=name, topic=topic or what or standing.matter, words=said)


def _tells(line: str) -> bool:
    """Tell whether words say what somebody wants of a person, and not only that they want one: no 转人工, no 2."""
    wants_one = answers.wants_human(line) or "帮我问" in line
    return not (wants_one or line.isdigit() or questions.is_at_a_loss(line))


def not_taken(said: Reading, intent: Intent, values: Mapping[str, Value]) -> tuple[Line, ...]:
    """Return what to say of values in the words that the form cannot hold."""
    if not said.raw or not intent.slots:
        return ()
    unread, broken = leftovers.unread(said, intent.slots, values), leftovers.broken_plate(said, intent.slots)
    lost = (Line("not_taken", {"values": "”“".join(unread)}),) if unread else ()
    return (*lost, Line("plate.broken", {"value": broken})) if broken else lost


# ------------------------------------------------------------------ what may be wished


def _guess(standing: Standing, heard: Heard, facts: Facts, *, asks: bool) -> Step:
    """Begin the likeliest wish where that does no harm; ask back only between wishes that are really close."""
    if asks and questions.dreads(heard.text):
        return not_known(standing, heard.text, facts)
    if spoken := _spoken_in_passing(heard, facts, asks=asks):
        return start(standing, spoken, heard, facts)
    if person := _person(heard, facts):
        return hand_over(standing, facts, person, heard.text)
    likely = [one for one in heard.match.candidates if _is_choice(one, heard.text, standing, facts)]
    if is_sorrow(standing, facts) and not asks and (not likely or likely[0].confidence < PLAUSIBLE):
        return hand_over(standing, facts, facts.catalogue.person, heard.text)  # nobody in sorrow has to find other words
    if not likely or (likely[0].confidence < LIKELY and (asks or not _is_told(likely[0], heard, facts))):
        return not_known(standing, heard.text, facts) if asks else not_understood(standing, heard.text, facts)
    best = facts.intents[likely[0].intent]
    close = [one for one in likely if one.confidence >= CLOSE * likely[0].confidence][:SHOWN]
    telling = next((one for one in close if facts.only_shows(facts.intents[one.intent])), None) if asks else None
    if telling is not None and telling.confidence >= TELLING:  # a question is answered, not asked back
        return start(standing, facts.intents[telling.intent], heard, facts)
    if telling is not None:
        return not_known(standing, heard.text, facts)
    if len(close) > 1 and (told := next((one for one in close if _is_told(one, heard, facts)), None)):
        close, likely = [told], [told, *(one for one in likely if one is not told)]
        best = facts.intents[told.intent]
    if len(close) > 1 and asks:
        return not_known(standing, heard.text, facts)
    if len(close) > 1 and likely[0].confidence < SPOKEN and _lately(standing, facts) is not None:  # told of what was done
        return not_understood(standing, heard.text, facts)
    if len(close) > 1:
        return clarify(standing, [facts.intents[one.intent] for one in close], heard.text)
    is_order = facts.only_shows(best) or not (likely[0].confidence < PLAUSIBLE or _is_for_people(best) or best.cancels)
    lately = _lately(standing, facts)
    if asks and lately is not None and lately.intent == best.id:  # 是不是楼上漏的呀, after a leak was reported
        is_order = False
    if asks and not is_order:  # 码可以转发给他们吗 calls nobody off
        return not_known(standing, heard.text, facts)
    waiting = _waiting(heard.more, facts, is_guess=True)
    if _is_for_people(best) and not asks and not best.confirm and not best.slots and likely[0].confidence >= FOR_PEOPLE:
        return _listed(start(standing, best, heard, facts, outer=waiting), heard, waiting, facts)
    if not asks and facts.only_shows(best) and likely[0].confidence < PLAUSIBLE:  # who tells something wants nothing shown
        return not_understood(standing, heard.text, facts)
    if _is_for_people(best) and likely[0].confidence < FOR_PEOPLE:
        offer = Offer(what=Offered.QUESTION, text=heard.text)
        return Say(
            standing=replace(standing.calm(), offer=offer),
            phrase=Line("offer.office", {"words": quoted(heard.text)}),
            kind="asks",
            intent=best.id,
        )
    is_plausible = likely[0].confidence >= PLAUSIBLE or (not asks and _is_told(likely[0], heard, facts))
    if not is_plausible or best.emergency or (best.releases_flat and asks):
        offer = Offer(what=Offered.INTENT, text=heard.text, intent=best.id)
        said = Line("unsure", {"title": best.offer or best.title, "words": quoted(heard.text)})
        if best.emergency and heard.match.danger is Danger.FALL:
            said = Line("unsure.fall")
        return Say(standing=replace(standing.calm(), offer=offer), phrase=said, kind="clarifies", intent=best.id)
    is_firm = likely[0].confidence >= FIRM or _tells_who_comes(best, heard, facts)
    if not asks and is_firm and may_be_called_off(best, facts):
        sure = start(standing, best, heard, facts, outer=waiting)
        if isinstance(sure, Do):
            return _listed(sure, heard, waiting, facts)
    if not asks and _is_proven(best, heard):
        return _listed(start(standing, best, heard, facts, outer=waiting), heard, waiting, facts)
    is_guess = not facts.only_shows(best) and not best.cancels  # who calls off is asked by what they call off
    step = start(standing, best, heard, facts, outer=waiting, is_guess=is_guess, before=_understood(best, heard, facts))
    step = _listed(step, heard, waiting, facts)
    return replace(step, standing=replace(step.standing, elsewhere=_others(likely[1:], heard.text)))


def _tells_who_comes(intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether a visit is told in full: 下午三点半老同事来跟我下棋."""
    is_told = intent.is_about_somebody and not lacks(intent, heard)
    return is_told and name_.is_told_of(heard.reading.message())


def _is_proven(intent: Intent, heard: Heard) -> bool:
    """Tell whether words give all that a wish needs and the proof of it, which nobody tells for anything else: 3栋2单元502 2160."""
    given = read_slots(intent, heard)
    return not lacks(intent, heard) and any(slot.kind.is_secret and slot.name in given for slot in intent.slots)


def may_be_called_off(intent: Intent, facts: Facts) -> bool:
    """Tell whether what an intent does can be changed and called off in the next breath: a repair, a pass."""
    return bool(intent.follow_ups) and any(intent.id in other.cancels for other in facts.intents.values())


def _spoken_in_passing(heard: Heard, facts: Facts, *, asks: bool) -> Intent | None:
    """Return small talk that is as likely as the likeliest wish, where that is hardly likely itself: 老头子走了三天了 is no repair."""
    if not heard.match.candidates:
        return None
    best = heard.match.candidates[0]
    near = next((one for one in heard.match.candidates if facts.intents[one.intent].small_talk), None)
    if near is None:
        return None
    is_grave = facts.intents[near.intent].listens and not facts.intents[best.intent].hands_over
    is_grave = asks or is_grave  # nobody hears 请节哀 for nothing; who is lonely is told of people, too
    if near.confidence < (PLAUSIBLE if is_grave else LIKELY):
        return None
    is_unsure = best.confidence < PLAUSIBLE or facts.intents[best.intent].hands_over
    is_near = near is best or (near.confidence >= max(SPOKEN, CLOSE * best.confidence) and is_unsure)
    return facts.intents[near.intent] if is_near and not facts.intents[best.intent].emergency else None


def _person(heard: Heard, facts: Facts) -> Intent | None:
    """Return the intent that asks for a person, where that is what is most likely wished: their words go along."""
    best, *others = heard.match.candidates
    is_alone = best.confidence >= PLAUSIBLE and all(one.confidence < CLOSE * best.confidence for one in others)
    intent = facts.intents[best.intent]
    return intent if intent.hands_over and is_alone else None  # 帮我叫一下管家


def _is_choice(candidate: Candidate, text: str, standing: Standing, facts: Facts) -> bool:
    """Tell whether a candidate may be offered.

    A person is always there, thanks are no choice, a danger that is hardly likely is none; and who calls off or presses for something mostly has it.
    """
    intent = facts.intents[candidate.intent]
    if intent.hands_over or intent.small_talk or (intent.emergency and candidate.confidence < PLAUSIBLE):
        return False
    if intent.cancels and CALLS_OFF.search(text) is None:  # 码可以转发给他们吗
        return False
    follows = [known for known in facts.intents.values() if intent.id in known.follow_ups]
    has_it = any(subject.intent == known.id for subject in standing.subjects for known in follows)
    return not follows or intent.id in facts.shows or has_it or candidate.confidence >= OF_SOMETHING


def _understood(intent: Intent, heard: Heard, facts: Facts) -> tuple[Line, ...]:
    said = Line("understood", {"title": intent.title, "words": quoted(heard.text)})
    return () if facts.only_shows(intent) or _is_for_people(intent) else (said,)


def _others(candidates: Sequence[Candidate], text: str) -> Menu:
    return Menu(options=tuple(one.intent for one in candidates[:SHOWN]), text=text, with_person=True)


def clarify(standing: Standing, intents: Sequence[Intent], text: str, phrase: str = "clarify") -> Step:
    """Ask which of several wishes is meant, each as a sentence."""
    menu = Menu(options=tuple(intent.id for intent in intents), text=text, with_person=True)
    return ShowMenu(standing=replace(standing.calm(), menu=menu), menu=menu, phrase=Line(phrase))


def not_known(standing: Standing, text: str, facts: Facts) -> Step:
    """Say that nobody here knows, and offer to ask the office."""
    offer = Offer(what=Offered.QUESTION, text=text)
    stays = replace(standing.calm().missed(text, facts.now), offer=offer)
    return Say(standing=stays, phrase=Line("dont_know", {"words": quoted(text)}), kind="unknown", is_miss=True, text=text)


def listened(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return a kind word for whoever goes on about their sorrow; what they plainly wish for is served."""
    if not standing.listens or questions.is_question(heard.text) or accepted(heard, facts.intents) is not None:
        return None
    if courtesy.is_courtesy(heard.text):
        return None
    is_sad = is_sorrow(standing, facts)
    if _wishes(heard, facts) or (not is_sad and (len(heard.text) > CHAT or _wishes(heard, facts, SPOKEN))):
        return None
    return Say(
        standing=standing, phrase=Line("listening" if is_sad else "acknowledged"), kind="answered", intent=standing.listens
    )


def is_sorrow(standing: Standing, facts: Facts) -> bool:
    """Tell whether somebody in sorrow is being listened to."""
    return bool(standing.listens) and facts.intents[standing.listens].listens


def told_more(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the keeping of what is added to a question that the office may be asked, while that stands open."""
    offer = standing.offer
    if (
        offer is None
        or offer.what is not Offered.QUESTION
        or questions.is_question(heard.text)
        or courtesy.is_courtesy(heard.text)
        or heard.text.isdigit()
    ):
        return None
    if accepted(heard, facts.intents) is not None or _wishes(heard, facts) or _spoken_in_passing(heard, facts, asks=False):
        return None
    more = replace(offer, text=f"{offer.text}，{heard.text}")
    return Say(standing=replace(standing, offer=more), phrase=Line("dont_know.more", {"words": quoted(heard.text)}), kind="asks")


def nodded(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return a nod to whoever sighs, or says yes and what they, or others, do themselves: 唉 白买了一冰箱菜, 中 我这就过去."""
    if standing.person is Person.ASKED or len(heard.text) > CHAT:
        return None
    if not (courtesy.begins_with_yes(heard.text) or courtesy.sighs(heard.text)) or len(courtesy.clauses(heard.text)) < 2:
        return None
    gives = heard.reading.unvalued != heard.reading.text
    is_said_on = (
        len(heard.text) <= ON and not standing.subjects and courtesy.begins_with_yes(heard.text)
    )  # 是的 到周六, of nothing that is kept
    if questions.is_question(heard.text) or (gives and not is_said_on):
        return None
    if accepted(heard, facts.intents) is not None or _wishes(heard, facts, OF_SOMETHING):
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("acknowledged"), kind="answered")


def _wishes(heard: Heard, facts: Facts, least: float = PLAUSIBLE) -> bool:
    """Tell whether words plausibly wish for something."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    return best is not None and best.confidence >= least and not facts.intents[best.intent].small_talk


def _lately(standing: Standing, facts: Facts) -> Subject | None:
    """Return what was just done and may still be spoken of."""
    return next((known for known in standing.subjects if facts.now - known.at < LATELY), None)


def not_understood(standing: Standing, text: str, facts: Facts) -> Step:
    """Say so, with a way on; the second time in a row a person is offered."""
    missed = standing.missed(text, facts.now)
    stays = replace(missed.calm(), misses=missed.misses)
    lately = _lately(standing, facts)
    if lately is not None and stays.misses < PATIENCE and len(text) <= CHAT:
        said = Line("unknown.after", {"called": lately.called})
        return Say(standing=stays, phrase=said, kind="unknown", is_miss=True, text=text)
    if stays.misses < PATIENCE and _FRAGMENT.fullmatch(text):  # 急, 空调, 周六: the rest is still being typed
        return Say(standing=stays, phrase=Line("unknown.fragment"), kind="asks", is_miss=True, text=text)
    if stays.misses < PATIENCE:
        return Say(standing=stays, phrase=Line("unknown"), kind="unknown", is_miss=True, text=text)
    offered = replace(stays, offer=Offer(what=Offered.PERSON, text=text))
    return Say(standing=offered, phrase=Line("misses.person"), kind="unknown", is_miss=True, text=text)


# ------------------------------------------------------------------ forms


def advance(standing: Standing, form: Form, intent: Intent, facts: Facts, before: tuple[Line, ...] = ()) -> Step:
    """Ask what is missing, read back, or do it."""
    past = forms.is_past(form, intent, facts.now)
    if past is not None and not past.required and not form.asking and form.stage is forms.Stage.FILLING:
        return advance(standing, forms.without(form, past), intent, facts, before)  # 从昨天晚上开始漏: told, not wished
    if past is not None:
        over = Line("form.past", {"value": past.say(form.values[past.name], facts.now)})
        form, before = replace(forms.without(form, past), brief=form.brief and past.required), (*before, over)
        if past.ask:
            return again(standing, forms.ask(form, past), before)
    after = forms.proceed(form, intent)
    if after.kind == "ready":
        return Do(standing=standing.within(None), form=after.form, before=before)
    return again(standing, after.form, before)


def again(standing: Standing, form: Form, before: tuple[Line, ...] = ()) -> Step:
    """Put the open question, or read back."""
    if form.is_read_back:
        return Confirm(standing=standing.within(replace(form, stage=forms.Stage.CONFIRM)), before=before)
    return Ask(standing=standing.within(replace(form, stage=forms.Stage.FILLING)), before=before)


def resume(standing: Standing, form: Form, facts: Facts) -> Step:
    """Come back to what was put aside, or begin what was wished for in the same breath."""
    intent = facts.intents[form.intent]
    if lacks_home(intent, facts) and (shared := _at_shared_place(standing, form, intent, facts, ())):
        return shared
    if lacks_home(intent, facts):
        return bind_first(standing, form, intent, Heard.nothing(facts.now), facts)
    if (choosing := choice_before(intent, facts)) is not None:
        return choose_first(standing, choosing, form, Heard.nothing(facts.now), facts)
    is_begun = not form.asking and form.stage is forms.Stage.FILLING
    step = advance(standing, form, intent, facts)
    if is_begun and isinstance(step, Ask | Confirm):
        return replace(step, before=(Line("form.next", {"title": intent.title}), *step.before))
    return step


def lacks_home(intent: Intent, facts: Facts) -> bool:
    """Tell whether it must be known first where somebody lives, or be proven."""
    if facts.catalogue.binding is None or facts.is_bound:
        return False
    return intent.needs_flat or (intent.needs_address and not facts.has_address)


def _at_shared_place(standing: Standing, form: Form, intent: Intent, facts: Facts, before: tuple[Line, ...]) -> Step | None:
    """Return how a report goes on of a place that is everybody's, whoever tells of it: which building it is in is asked for at most."""
    slot = intent.slot_for(Aspect.WHERE)
    place = str(form.values.get(slot.name, "")) if slot is not None else ""
    if slot is None or not intent.needs_address or not any(word in place for word in intent.shared):
        return None
    if _TELLS_WHERE.search(place):
        return advance(standing, form, intent, facts, before)
    asks = fill(facts.catalogue.messages["place.which"], {"place": place}, facts.now)
    return again(standing, replace(forms.ask(form, slot), prompt=asks), before)


def choice_before(intent: Intent, facts: Facts, *, is_new: bool = False) -> Intent | None:
    """Return the intent that asks which of several flats is meant, where that must be known first; `is_new`: by the words just said."""
    asks = facts.asks_flat or (is_new and facts.means_other_flat)
    return facts.catalogue.choosing if asks and intent.needs_home and not intent.releases_flat else None


def choose_first(standing: Standing, choosing: Intent, form: Form, heard: Heard, facts: Facts) -> Step:
    """Ask whoever has several flats which one is meant, with the form for what they want behind it; a flat that is named is it."""
    return advance(standing, forms.begin(choosing, read_slots(choosing, heard), form), choosing, facts)


def _claimed(binding: Intent, facts: Facts) -> dict[str, Value]:
    """Return the flat that somebody says they live in: what is missing is the proof, not the address."""
    said = dict(zip((kind.name for kind in (flat.BUILDING, flat.UNIT, flat.ROOM)), facts.claim or (), strict=False))
    return {slot.name: said[slot.kind.name] for slot in binding.slots if slot.kind.name in said}


def _own_values(binding: Intent, heard: Heard) -> dict[str, Value]:
    """Return what words for another wish say of whoever must be bound first: whoever comes to see them is not they."""
    who = {slot.name for slot in binding.slots if slot.kind.aspect is Aspect.WHO}
    is_own = courtesy.says_of_oneself(heard.text)
    return {name: value for name, value in read_slots(binding, heard).items() if is_own or name not in who}


def _asks_consent(intent: Intent) -> bool:
    """Tell whether what is told for an intent is kept with consent alone, which nobody can give who is not known yet."""
    return any(slot.kind is consent.KIND for slot in intent.slots)


def _why_flat(intent: Intent, facts: Facts) -> str:
    """Return the phrase that says why the flat is asked for: a report wants to know where, and waits for no proof."""
    if intent.needs_address and not intent.needs_flat:
        return "flat.address"
    return "flat.proof" if facts.claim else "flat.first"


def bind_first(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts, before: tuple[Line, ...] = ()) -> Step:
    """Ask whoever is not bound for the flat, with the form for what they want behind it."""
    binding = facts.catalogue.binding
    if binding is None:
        raise LookupError("no intent file says `provides: flat`")
    asking = forms.begin(binding, {**_claimed(binding, facts), **_own_values(binding, heard)}, form)
    noted = Line("heard.unkept") if _asks_consent(intent) else Line("heard", {"words": quoted(heard.text)})
    told = (noted,) if not before and not _is_bare(heard, intent, facts) else before
    step = advance(standing, asking, binding, facts, (*told, Line(_why_flat(intent, facts), {"title": intent.title})))
    return replace(step, is_for_outer=True) if isinstance(step, Ask) else step
