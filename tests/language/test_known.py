"""What may answer a message is looked for when somebody asks for it, and once."""

from bot.language.known import Known, Sought

FEES = Known(entry="E1", community_id=1, confidence=0.8)


def test_it_is_looked_for_when_somebody_asks_and_once() -> None:
    looked: list[str] = []

    def look() -> tuple[Known, ...]:
        looked.append("looked")
        return (FEES,)

    sought = Sought(look)
    assert looked == []

    assert bool(sought)
    assert (sought[0], len(sought), list(sought)) == (FEES, 1, [FEES])
    assert looked == ["looked"]


def test_it_is_like_what_it_finds() -> None:
    assert Sought(lambda: (FEES,)) == (FEES,)
    assert Sought(lambda: ()) == ()
    assert Sought(lambda: ()) != (FEES,)
    assert not Sought(lambda: ())
