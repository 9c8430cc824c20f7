"""Lists of words that ship below data/words/: data that whoever knows the language can mend. Read with the code that uses them."""

from bot import config


def words(name: str) -> tuple[str, ...]:
    """Return the words of a list in their order; what stands behind # is for its readers."""
    lines = (config.shipped("data") / "words" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines for word in line.partition("#")[0].split())
