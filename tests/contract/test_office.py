"""The office's hours are told in one way, as the community wrote them."""

from bot.contract import Office


def test_hours_are_said_with_their_days() -> None:
    usual = Office()

    assert usual.in_words() == "每天 8:30 到 18:00"
    assert usual.in_community("09:15-16:45", "12345").in_words() == "周一到周五 9:15 到 16:45"
    assert usual.in_community("09:00-12:00", "135").in_words() == "周一、周三、周五 9:00 到 12:00"
    assert usual.in_community("", "6").in_words() == "周六 8:30 到 18:00"
