"""Makes simplified.txt and pinyin.txt, once, by hand; nothing at run time needs the two libraries.

    pip install opencc-python-reimplemented==0.1.7 pypinyin==0.55.0
    python data/make_tables.py

Sources: OpenCC's TSCharacters (Apache-2.0) and pypinyin's table (MIT). Never zhconv, which is GPL.
"""

from pathlib import Path

import opencc
from pypinyin import lazy_pinyin

HERE = Path(__file__).parent
BASIC = range(0x4E00, 0xA000)


def simplified() -> str:
    """Return pairs of a traditional and its simplified character; of several readings the first."""
    source = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = (line.split("\t") for line in source.read_text(encoding="utf-8").splitlines())
    kept = ((old, new.split(" ")[0]) for old, new in pairs)
    return "\n".join(old + new for old, new in kept if len(old) == len(new) == 1 and old != new and ord(old) in BASIC)


def pinyin() -> str:
    """Return one line per toneless syllable: the syllable and all its characters."""
    by_sound: dict[str, list[str]] = {}
    for code in BASIC:
        [sound] = lazy_pinyin(chr(code))
        if sound.isascii():
            by_sound.setdefault(sound, []).append(chr(code))
    return "\n".join(f"{sound} {''.join(characters)}" for sound, characters in sorted(by_sound.items()))


if __name__ == "__main__":
    (HERE / "simplified.txt").write_text(simplified() + "\n", encoding="utf-8")
    (HERE / "pinyin.txt").write_text(pinyin() + "\n", encoding="utf-8")
