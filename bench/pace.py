"""How long understanding takes, and what it holds. `python bench/pace.py` prints the seconds and MB of one fresh start."""

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402  the checkout is importable from here on
from bot.dialogue.understanding import Understanding  # noqa: E402
from bot.language.reading import Reading  # noqa: E402
from bot.services import load_services, understand  # noqa: E402

#: Characters of the longest message that WeChat lets through.
LONGEST = 2_000

#: Fresh starts, of which the quickest counts.
STARTS = 3


def shipped() -> Understanding:
    """Return how messages are understood as it ships."""
    return understand(config.shipped("intents"), load_services(config.load_local()))


def clock(act: Callable[[], object]) -> float:
    """Return the milliseconds of CPU that something takes, which neighbours on the machine do not change."""
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1e3


def times(understanding: Understanding, texts: Iterable[str], now: datetime) -> Sequence[float]:
    """Return the milliseconds that each message takes at its best of three, the quickest first."""
    return _best(lambda text: understanding.hear_text(text, now), texts)


def match_times(understanding: Understanding, texts: Iterable[str], now: datetime) -> Sequence[float]:
    """Return the milliseconds for which what each message means is looked for, without danger, parting and knowledge."""
    return _best(lambda text: understanding.matcher.match(Reading.of(text, now)), texts)


def _best(act: Callable[[str], object], texts: Iterable[str]) -> Sequence[float]:
    return sorted(min(clock(partial(act, text)) for _ in range(3)) for text in texts)


def starts() -> tuple[float, float]:
    """Return the seconds in which the quickest of some fresh processes understands its first message, and the MB that it then holds more."""
    told = [subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True).stdout for _ in range(STARTS)]
    seconds, megabytes = min(tuple(map(float, line.split())) for line in told)
    return seconds, megabytes


def pathological() -> list[str]:
    """Return messages of LONGEST characters that look for trouble."""
    chance = random.Random(3)
    words = "人 孩子 老人 电梯 着火 怕 会 不 没有 救命 摔 掉 在 里 关 了 ， 。 昨天 如果 煤气 漏 门 血 笑 得 死 1 栋 点 明天 138 粤B".split()
    mixed = ["".join(chance.choices(chance.sample(words, 8), k=LONGEST)) for _ in range(12)]
    han = "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(LONGEST))
    repeated = ["水", "着火", "3栋2单元", "1", "1 2", "a,", "😀", "\n"]
    return [*(text[:LONGEST] for text in mixed), han, *((text * LONGEST)[:LONGEST] for text in repeated)]


def _resident() -> float:
    """Return the MB that this process holds; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def _start() -> tuple[float, float]:
    before, began = _resident(), time.perf_counter()
    understanding = shipped()
    understanding.hear_text("厨房水管漏水了", datetime.fromisoformat("2026-03-11T10:00:00+08:00"))
    return time.perf_counter() - began, _resident() - before


if __name__ == "__main__":
    print(*_start())
