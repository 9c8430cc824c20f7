"""The intent files while residents talk: read anew when saved, kept when broken."""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from bench.lessons import digest, lessons, normal_forms, shipped
from bot import config
from bot.dialogue import phrases
from bot.dialogue.understanding import Understanding, judge, read_folder, read_model
from bot.errors import Misconfigured
from bot.language import files
from bot.wechat import messages

TOWN = Path(__file__).parent / "intents"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small town's intents that may be changed."""
    return Path(shutil.copytree(TOWN, tmp_path / "intents"))


@pytest.fixture
def fresh(folder: Path) -> Understanding:
    return Understanding.load(folder, config.shipped("data"))


def save(path: Path, text: str) -> None:
    """Save a file as an editor does a moment later."""
    path.write_text(text, encoding="utf-8")
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


def test_a_saved_file_is_understood_after_the_next_look(fresh: Understanding, folder: Path, now: datetime) -> None:
    hours = folder / "hours.yaml"
    save(hours, hours.read_text(encoding="utf-8").replace("  - 物业几点上班", "  - 物业几点上班\n  - 前台啥时候有人"))

    assert judge(fresh, "前台啥时候有人", now).confidence < 1.0
    fresh.refresh()
    assert judge(fresh, "前台啥时候有人", now).confidence == 1.0


def test_who_saves_while_another_reads_finds_it_in_force_afterwards(fresh: Understanding, folder: Path, now: datetime) -> None:
    hours = folder / "hours.yaml"
    save(hours, hours.read_text(encoding="utf-8").replace("  - 物业几点上班", "  - 物业几点上班\n  - 前台啥时候有人"))

    def seen() -> float:
        fresh.refresh()
        return judge(fresh, "前台啥时候有人", now).confidence

    with ThreadPoolExecutor(4) as pool:
        assert [each.result() for each in [pool.submit(seen) for _ in range(4)]] == [1.0] * 4


def test_a_file_that_broke_keeps_its_last_good_version_and_is_told(fresh: Understanding, folder: Path, now: datetime) -> None:
    save(folder / "hours.yaml", "intent: faq.hours\nexamples: [\n")

    faults = [problem for problem in fresh.refresh() if problem.severity == "error"]
    assert {problem.file for problem in faults} == {"hours.yaml"}
    assert judge(fresh, "物业几点上班", now).intent == "faq.hours"
    assert judge(fresh, "路灯坏了", now).intent == "lamp.report"


def test_a_new_file_is_found_and_a_removed_one_forgotten(fresh: Understanding, folder: Path, now: datetime) -> None:
    save(folder / "pool.yaml", "intent: faq.pool\ntitle: 泳池\nexamples: |\n  - 泳池几点开门\nreply: 没有泳池。\n")
    (folder / "lamp.yaml").unlink()
    fresh.refresh()

    assert judge(fresh, "泳池几点开门", now).intent == "faq.pool"
    assert "lamp.report" not in fresh.catalogue.intents


def test_nothing_saved_means_nothing_is_trained_again(fresh: Understanding) -> None:
    matcher = fresh.matcher
    fresh.refresh()

    assert fresh.matcher is matcher


def test_a_folder_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="LINLI_INTENTS"):
        Understanding.load(tmp_path / "missing", config.shipped("data"))


def test_the_bots_own_words_are_there_although_the_folder_has_none(fresh: Understanding) -> None:
    assert not (TOWN / "_messages.yaml").exists()
    assert "welcome" in fresh.catalogue.messages


def test_phrases_missing_in_the_folders_own_file_are_the_shipped_ones(fresh: Understanding) -> None:
    (fresh.folder / "_messages.yaml").write_text("messages: {welcome: 您好}\n", encoding="utf-8")
    fresh.refresh()

    assert fresh.catalogue.messages["welcome"] == "您好"
    assert fresh.catalogue.messages["failed"]
    assert fresh.catalogue.messages["identity.joined"]


def test_shipped_menu_and_codes_know_their_intents() -> None:
    catalogue = files.load(read_folder(config.shipped("intents")))

    assert [len(catalogue.menu), len(catalogue.scenes)] == [3, 4]
    assert {path for path in catalogue.sources if path.startswith(files.SHIPPED)} == set()


def test_traditional_characters_are_read_as_simplified(fresh: Understanding, now: datetime) -> None:
    assert fresh.hear_text("路燈壞了", now).text == "路灯坏了"
    assert judge(fresh, "路燈壞了", now).intent == "lamp.report"


def test_a_photo_says_nothing(fresh: Understanding, now: datetime) -> None:
    photo = messages.Photo(openid="o", account="a", created_at=now, key="k", media_id="m", url="")

    assert (fresh.hear(photo, now).text, fresh.hear(photo, now).match.decision) == ("", "reject")


def test_a_judgement_shows_what_a_turn_would_use(fresh: Understanding, now: datetime) -> None:
    sure, refused = judge(fresh, "我想寄个包裹给王芳，明天下午三点，大箱子", now), judge(fresh, "宇宙有多大", now)

    assert (sure.intent, sure.decision) == ("parcel.send", "accept")
    assert set(sure.slots) == {"recipient", "starts_at", "box"}
    assert (refused.intent, refused.decision, refused.slots) == ("none", "reject", {})


def test_needed_phrases_are_those_the_code_speaks() -> None:
    speaking = [*Path("bot/dialogue").glob("*.py"), Path("bot/contract/telling.py"), Path("bot/contract/handoffs.py")]
    code = "".join(path.read_text() for path in speaking if path.name != "phrases.py")
    spoken = dict(re.findall(r"Line\(\"([\w.]+)\"(?:, \{((?:\"\w+\": [^{}]+?)+)\})?\)", code))

    assert set(spoken) - {"said"} <= phrases.NEEDED
    assert {name for name in phrases.NEEDED if f'"{name}"' not in code} == set()
    for name, values in spoken.items():
        given = set(re.findall(r'"(\w+)": ', values))
        assert name == "said" or given == set(phrases.SAID[name].split())


def test_every_line_of_the_corpus_names_an_intent_that_ships() -> None:
    taught = [lesson for lesson in lessons() if lesson.source.startswith(("writer", "house"))]
    meanings: dict[str, set[str]] = {}
    for lesson in taught:
        meanings.setdefault(lesson.line, set()).add(lesson.intent)

    assert {lesson.intent for lesson in taught} - {"none"} <= set(shipped().intents)
    assert len(taught) > 15_000
    assert sum(len(meant) > 1 for meant in meanings.values()) < 40  # writers may differ, now and then


def test_model_was_learned_from_the_lines_that_lie_there() -> None:
    taught = lessons()

    assert read_model(config.shipped("data")).digest == digest(taught, normal_forms(taught)), "run `make train`"


def test_model_is_sure_of_what_ships_and_the_files_teach_nothing_more() -> None:
    model = read_model(config.shipped("data"))

    assert [intent.id for intent in shipped().intents.values() if not model.knows(intent.id, intent.examples)] == []


def test_corpus_is_heard_beside_the_files(now: datetime) -> None:
    shipped = Understanding.load(config.shipped("intents"), config.shipped("data"))

    assert judge(shipped, "亮堂了，老太太走路不怕黑了，替她谢你", now).intent == "smalltalk.thanks"
    assert judge(shipped, "箱子太长柜子塞不下，会放哪", now).intent == "faq.parcel"


def test_an_invitation_that_is_handed_on_whole_is_the_code_in_it(now: datetime) -> None:
    shipped = Understanding.load(config.shipped("intents"), config.shipped("data"))
    code, till = "0WXZSABFFQ", "只给一个人用，明天（11月30日 周一）21:50前有效，请不要发到群里。"
    bubble = f"请老婆关注我们，把下面这句发过来，就绑定到3栋2单元501了：\n邀请码 {code}\n{till}"

    for said in (bubble, f"{code}\n{till}", code, f"婆婆说发给你\n住户码 {code}"):
        heard = shipped.hear_text(said, now)
        assert (heard.match.candidates[0].intent, heard.more) == ("identity.join", ())
        assert heard.reading.take(shipped.catalogue.intents["identity.join"].slots)["code"] == code
    assert shipped.hear_text("马桶堵了\n我的电话13800138000", now).match.candidates[0].intent == "repair.report"


def test_what_is_told_beside_a_wish_is_no_wish(now: datetime) -> None:
    shipped = Understanding.load(config.shipped("intents"), config.shipped("data"))

    assert judge(shipped, "我妈过世了，她的信息请删除", now).intent == "privacy.delete"
    assert shipped.hear_text("我妈过世了，她的信息请删除", now).more == ()
    assert judge(shipped, "我妈过世了", now).intent == "smalltalk.grief"


def test_files_taken_back_to_what_is_in_force_are_not_learned_again(folder: Path, fresh: Understanding) -> None:
    texts = read_folder(folder)
    changed = fresh.with_files({**texts, "sky.yaml": "intent: sky\nexamples: |\n  - 今天天气怎么样\n"})

    assert "sky" in changed.catalogue.intents
    assert fresh.with_files(texts).matcher is fresh.matcher
