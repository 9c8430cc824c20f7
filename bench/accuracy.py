"""How well and how fast messages are understood: python bench/accuracy.py [FILE]

Everything goes the way of a resident's message (Understanding.load, hear_text, judge). Sets are bench/blind/*.tsv, by writers who saw
neither rules nor lines: messages.tsv and short.tsv, and others like them, hold intents (cases.py tells the columns), danger.tsv kinds of
danger, values.tsv values (values.py), wishes.tsv several wishes. A set that is not there is left out, a set that has been looked at
to mend something is worth nothing and goes to data/corpus.

FILE is public talk that is nobody's business, in which no danger should be heard: the 2,579 lines that SMP2019 ECDT, task 1
(conference.cipsc.org.cn/smp2019/evaluation.html), gave to train on, a JSON file; 1053399472/CAISandSMP on GitHub keeps it as
SMP/source/2019train.json.

What a community adds is measured on bench/community_zh.tsv: 53 intents, 20 lines each as an admin writes them (`train`), 8 messy
messages of residents for each and 180 that belong to no intent (`test`), those among the shipped background lines left out.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import pace, values  # noqa: E402  the checkout is importable from here on
from bench.cases import (  # noqa: E402
    NONE,
    Case,
    Cases,
    Handling,
    Line,
    Outcome,
    auroc,
    fits,
    group,
    macro,
    parts,
    read_set,
    read_talk,
    reliability,
    share,
    split,
)
from bench.values import Verdict  # noqa: E402
from bot import config  # noqa: E402
from bot.dialogue.understanding import Understanding, judge, read_data, read_folder  # noqa: E402
from bot.language.kinds.kind import Value  # noqa: E402
from bot.language.reading import Reading  # noqa: E402

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")
BLIND = Path(__file__).with_name("blind")
COMMUNITY = Path(__file__).with_name("community_zh.tsv")

#: Sets that hold other things than an intent a message.
DANGER, VALUES, WISHES = "danger", "values", "wishes"

#: What a writer calls a danger that the product names otherwise.
CALLED: Mapping[str, tuple[str, ...]] = {"electricity": ("electric",), "dying": ("self_harm", "self_harm_other")}

#: Intents of the development set that have no like among the shipped ones.
ADDED = ("volunteer", "school", "clinic_vaccine", "rent_house", "housekeeping", "pet", "elder_service", "lost_found")

#: Messages whose time is taken.
TIMED = 400


def main(talk: Path | None, blind: Path = BLIND) -> None:
    """Measure everything and print it."""
    understanding = pace.shipped()
    written = {path.stem: read_set(path) for path in sorted(blind.glob("*.tsv")) if path.stem != VALUES}
    heard = {name: hear(understanding, lines) for name, lines in written.items()}
    ordinary = {name: cases for name, cases in heard.items() if name not in {DANGER, WISHES}}
    for name, cases in ordinary.items():
        warn_of_strangers(understanding, name, cases)
    print_intents(ordinary)
    print_danger(understanding, heard, hear(understanding, read_talk(talk)) if talk else [])
    if (path := blind / f"{VALUES}.tsv").exists():
        print_values(understanding, path)
    print_wishes(heard.get(WISHES, []))
    print_reliability(every := list(chain.from_iterable(ordinary.values())))
    learn, judged = read_community()
    print_community(learn, judged)
    print_added(understanding, learn, judged, every)
    print_pace(understanding, list(chain.from_iterable(written.values())) or judged)


def hear(understanding: Understanding, lines: Iterable[Line]) -> list[Case]:
    """Understand messages."""
    cases = []
    for line in lines:
        heard = understanding.hear_text(line.text, NOW)
        cases.append(Case(line=line, matches=[heard.match, *(more.match for more in heard.more)]))
    return cases


def warn_of_strangers(understanding: Understanding, name: str, cases: Cases) -> None:
    """Print the intents of a set that are not in force: nothing can be right of them."""
    strange = {intent for case in cases for intent in case.meant} - {*understanding.catalogue.intents, NONE}
    if strange:
        print(f"{name}.tsv means intents that are not in force: {', '.join(sorted(strange))}")


# ------------------------------------------------------------------ intents


def print_intents(sets: Mapping[str, Cases]) -> None:
    """Print what residents get, by set, by intent and by voice."""
    head = f"{'lines':>8}{names(Outcome)}{'macro':>8}{'r@3':>8}"
    print(f"\n{'set':<24}{head} |{NONE:>8}{names(Handling)}")
    for name, cases in sets.items():
        inside, outside = split(cases)
        print(f"{outcomes(name, inside)} |{len(outside):>8}{columns(parts((case.handling for case in outside), Handling))}")
    every = split(case for cases in sets.values() for case in cases)[0]
    for title, key in (("intent", lambda case: case.meant[0]), ("voice", lambda case: case.line.voice)):
        found = {name: cases for name, cases in group(every, key).items() if name}
        if found:
            print(f"\n{title:<24}{head}")
        for name, cases in found.items():
            print(outcomes(name, cases))


def outcomes(title: str, cases: Cases) -> str:
    """Return a row of what residents get who mean an intent."""
    clear = [case for case in cases if NONE not in case.meant]
    told = [*parts((case.outcome for case in cases), Outcome), macro(clear), share(clear, lambda case: case.is_offered)]
    return f"{title:<24}{len(cases):>8}{columns(told)}"


def names(kinds: Iterable[str]) -> str:
    """Return the heads of columns."""
    return "".join(f"{kind:>8}" for kind in kinds)


def columns(figures: Iterable[float]) -> str:
    """Return figures in columns."""
    return "".join(f"{figure:>8.3f}" for figure in figures)


def print_reliability(cases: Cases) -> None:
    """Print what was promised beside what came true; what means no intent counts as wrong."""
    bins, off = reliability(cases)
    print(f"\n{'confidence':<14}{'messages':>10}{'promised':>10}{'right':>8}")
    for one in bins:
        print(f"{one.low:.1f} - {one.low + 0.1:<8.1f}{one.size:>10}{one.promised:>10.2f}{one.right:>8.2f}")
    print(f"expected calibration error {off:.3f}")


# ------------------------------------------------------------------ danger


def print_danger(understanding: Understanding, sets: Mapping[str, Cases], talk: Cases) -> None:
    """Print the dangers heard by kind, and the alarms that are false; `asked` is an emergency offered."""
    urgent = {intent.id for intent in understanding.catalogue.intents.values() if intent.emergency}
    asks: Callable[[Case], bool] = lambda case: case.is_asked and bool(urgent & {*case.offered})  # noqa: E731
    real, unreal = split(case for case in sets.get(DANGER, ()) if case.meant == (NONE,) or NONE not in case.meant)
    print(f"\n{'danger':<24}{names(('lines', 'heard', 'asked', 'kind'))}   (kind: of those heard, told right)")
    for name, cases in [*group(real, lambda case: case.meant[0]).items(), ("all", real)]:
        told = share([case for case in cases if case.is_alarm], is_told)
        print(f"{name:<24}{len(cases):>8}{columns((share(cases, is_alarm), share(cases, asks), told))}")
    print(f"\n{'no danger':<24}{names(('lines', 'false', 'asked'))}")
    others = {name: cases for name, cases in sets.items() if name != DANGER}
    ordinary = {f"{name}.tsv": [case for case in cases if urgent.isdisjoint(case.meant)] for name, cases in others.items()}
    for name, cases in {f"{DANGER}.tsv": unreal, **ordinary, "public talk": talk}.items():
        print(f"{name:<24}{len(cases):>8}{columns((share(cases, is_alarm), share(cases, asks)))}")
    if meant := [case for cases in others.values() for case in cases if not urgent.isdisjoint(case.meant)]:
        print(f"emergencies among them: {len(meant)}, heard {share(meant, is_alarm):.3f}, asked {share(meant, asks):.3f}")
    for handling in Handling if talk else ():
        print(f"public talk {handling.value}: {sum(case.handling is handling for case in talk)}")
    for case in talk:
        if case.is_alarm:
            print(f"    {case.line.text}  ({case.danger})")


def is_alarm(case: Case) -> bool:
    """Tell whether a danger was heard."""
    return case.is_alarm


def is_told(case: Case) -> bool:
    """Tell whether the danger heard is of a kind that was meant."""
    return case.danger in {kind for meant in case.meant for kind in CALLED.get(meant, (meant,))}


# ------------------------------------------------------------------ values and wishes


def print_values(understanding: Understanding, path: Path) -> None:
    """Print how values are read, by kind: through the product, and where it is known already what is wished."""
    rows = values.read_rows(path)
    judged = [judge(understanding, row.text, row.now) for row in rows]
    known = [replace(one, slots=read_alone(understanding, row)) for one, row in zip(judged, rows, strict=True)]
    print(f"\n{'values':<24}{'rows':>8}{names(Verdict)} |  known:{names(Verdict)}")
    for name in [*sorted({row.kind for row in rows}), "all"]:
        those = [k for k, row in enumerate(rows) if name in {"all", row.kind}]
        told = [[values.compare(found[k], rows[k]) for k in those] for found in (judged, known)]
        print(f"{name:<24}{len(those):>8}{columns(parts(told[0], Verdict))} |{'':>8}{columns(parts(told[1], Verdict))}")


def read_alone(understanding: Understanding, row: values.Row) -> dict[str, Value]:
    """Return the values that a row's words hold for an intent that has its slot."""
    wanted = set(row.slot.replace("..", "/").split("/"))
    intents = understanding.catalogue.intents.values()
    slots = next((intent.slots for intent in intents if wanted <= {slot.name for slot in intent.slots}), ())
    return Reading.of(row.text, row.now, read_data(config.shipped("data"))[0].simplified).take(slots)


def print_wishes(cases: Cases) -> None:
    """Print how messages are parted, by the number of wishes in them."""
    if cases:
        print(
            f"\n{'wishes':<24}{names(('lines', 'number', 'more', 'fewer', 'right'))}   (number: as many as meant; right: and the right ones)"
        )
    for name, those in group(cases, lambda case: str(len(case.line.meant))).items():
        more = [len(case.matches) - len(case.line.meant) for case in those]
        shares = [sum(odd == 0 for odd in more), sum(odd > 0 for odd in more), sum(odd < 0 for odd in more)]
        right = share(those, lambda case: fits(case.line.meant, likeliest(case)))
        print(f"{name:<24}{len(those):>8}{columns([*(one / len(those) for one in shares), right])}")


def likeliest(case: Case) -> list[str]:
    """Return what each of the wishes heard is taken for."""
    return [match.candidates[0].intent if match.decision != "reject" else NONE for match in case.matches]


# ------------------------------------------------------------------ what a community adds


def read_community() -> tuple[Mapping[str, Sequence[str]], Sequence[Line]]:
    """Return the lines to learn by intent, and those to judge."""
    learn: defaultdict[str, list[str]] = defaultdict(list)
    judged = []
    background = set(read_data(config.shipped("data"))[1])
    for part, name, text in (row.split("\t") for row in COMMUNITY.read_text("utf-8").splitlines()[1:]):
        if part == "train":
            learn[name].append(text)
        elif text not in background:
            judged.append(Line(meant=(NONE if name.startswith("__") else name,), text=text))
    return learn, judged


def intent_file(name: str, lines: Sequence[str]) -> str:
    """Return what an admin writes who adds an intent."""
    return f"intent: {name}\ntitle: {name}\nexamples: |\n" + "".join(f"  - {line}\n" for line in lines) + "reply: 好\n"


def print_community(learn: Mapping[str, Sequence[str]], judged: Sequence[Line]) -> None:
    """Print how well intents are told apart that a community has all by itself, and what it takes to learn them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in learn.items():
            (Path(folder) / f"{name}.yaml").write_text(intent_file(name, lines), "utf-8")
        loaded: list[Understanding] = []
        took = pace.clock(lambda: loaded.append(Understanding.load(Path(folder), config.shipped("data"))))
        cases = hear(loaded[0], judged)
    inside, outside = split(cases)
    apart = auroc([case.confidence for case in inside], [case.confidence for case in outside])
    print(f"\n{'own intents':<24}{names(('lines', *Outcome, 'macro', 'r@3', 'AUROC', 'CPU s'))}")
    print(f"{outcomes(f'{len(learn)} intents', inside)}{columns((apart, took / 1e3))}")


def print_added(understanding: Understanding, learn: Mapping[str, Sequence[str]], judged: Sequence[Line], before: Cases) -> None:
    """Print how an intent fares that a community adds to the shipped ones, and what it takes from those."""
    print(
        f"\n{'added':<24}{names(('lines', *Outcome, 'macro', 'r@3'))} |  taken:{names(('first', 'acted'))} | sets:{names(('right', 'before'))}"
    )
    shipped = read_folder(understanding.folder, understanding.services)
    was, every = share(before, is_right), []
    for name in ADDED:
        grown = understanding.with_files({**shipped, f"own/{name}.yaml": intent_file(name, learn[name])})
        own = hear(grown, [line for line in judged if line.meant == (name,)])
        every += own
        after = hear(grown, [case.line for case in before])
        taken = f"{sum(case.best == name for case in split(after)[0]):>8}{sum(name in case.acted for case in after):>8}"
        print(f"{outcomes(name, own)} |{'':>8}{taken} |{'':>6}{columns((share(after, is_right), was))}")
    print(outcomes("all", every))


def is_right(case: Case) -> bool:
    """Tell whether the right thing was done at once; where nothing is meant, nothing."""
    return case.outcome is Outcome.RIGHT


# ------------------------------------------------------------------ speed


def print_pace(understanding: Understanding, lines: Sequence[Line]) -> None:
    """Print how long messages take, and what a start does."""
    texts = [line.text for line in lines[:: max(len(lines) // TIMED, 1)]]
    took, matched = pace.times(understanding, texts, NOW), pace.match_times(understanding, texts, NOW)
    worst = pace.times(understanding, pace.pathological(), NOW)[-1]
    seconds, megabytes = pace.starts()
    print(f"\nmatched, ms of CPU: p50 {matched[len(matched) // 2]:.2f}, p95 {matched[len(matched) * 95 // 100]:.2f}")
    print(f"understood, ms of CPU: p50 {took[len(took) // 2]:.2f}, p95 {took[len(took) * 95 // 100]:.2f}, "
          f"worst {pace.LONGEST:,} characters {worst:.1f}")  # fmt: skip
    print(f"ready for a first message in {seconds:.1f} s, holding {megabytes:.0f} MB more than before")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
