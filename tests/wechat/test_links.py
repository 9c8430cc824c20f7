"""Links in texts: shown as words, with their address where nothing can be touched, and never torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat import links, messages

LINK = '<a href="https://linli.example/p/tickets/K3M9?k=x">看进度</a>'


def test_link_reads_as_its_words() -> None:
    assert list(links.pieces(f"登记好了。{LINK}")) == [("登记好了。", False), ("看进度", True), ("", False)]


def test_link_is_told_with_its_address() -> None:
    assert links.with_addresses(f"登记好了。{LINK}") == "登记好了。看进度（https://linli.example/p/tickets/K3M9?k=x）"


@pytest.mark.parametrize(
    "text",
    [
        "<a href='https://x.example'>点</a>",
        '<a href="javascript:alert(1)">点</a>',
        '<a href="https://x.example">点',
        "</a><b>粗</b>",
    ],
)
def test_what_is_no_link_of_ours_stays_text(text: str) -> None:
    assert list(links.pieces(text)) == [(text, False)]
    assert links.with_addresses(text) == text


@given(st.text("好\n邻", max_size=60), st.text("好\n邻", max_size=60), st.integers(80, 140))
def test_no_link_is_torn_by_cutting(before: str, after: str, limit: int) -> None:
    text = before + LINK + after + LINK

    cut = messages.parts(text, limit)

    assert "".join(cut) == text
    assert sum(part.count(LINK) for part in cut) == 2
    assert all(len(part.encode()) <= limit for part in cut)


def test_link_longer_than_a_message_is_cut_all_the_same() -> None:
    assert "".join(messages.parts(LINK, 30)) == LINK
