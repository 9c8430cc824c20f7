"""The pass as a picture to keep: drawn by the visitor's phone with all that is needed at the gate, or by the server without script."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from bot import config
from bot.keys import Keys
from bot.simulator.cast import CAST
from integrations.visitor_passes import picture, tokens

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

pytestmark = pytest.mark.browser

Window = Callable[..., Page]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def invited(demo: Demo) -> tuple[str, str]:
    """A pass for a party with a car: the address of its page, and the six signs."""
    said = demo.says(CAST[0].openid, "我爸妈现在来，两个人，开车，浙A12345")
    link, code = re.search(r'href="[^"]*(/p/passes/[^"]+)"', said), re.search(r"通行码 (\w{6})", said)
    assert link is not None, said
    assert code is not None, said
    return demo.url + link[1], code[1]


def test_phone_draws_a_picture_with_the_code_and_the_words(
    demo: Demo, window: Window, invited: tuple[str, str], shot: Shot
) -> None:
    url, code = invited
    page = window(390, 844)
    page.goto(url)
    drawn = page.locator(".qr.drawn img")
    expect(drawn).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    shot(page, "pass-to-keep")

    kept = base64.b64decode((drawn.get_attribute("src") or "").partition(",")[2])
    image = Image.open(io.BytesIO(kept)).convert("L")
    wide, high = image.size
    words = image.crop((0, wide, wide, high)).point(lambda light: 255 * (light < 128))
    rows = [words.crop((0, top, wide, top + 1)).getbbox() is not None for top in range(high - wide)]
    lines = sum(here and not before for before, here in zip([False, *rows], rows, strict=False))
    said = drawn.get_attribute("alt") or ""

    assert " ".join(code) in said
    assert all(one in said for one in ("和苑小区", "至 23:59", "到访 3栋，2 人", "浙A12345", "物业电话 ")), said
    assert lines >= len(said.split("；")) - 1  # each of them but what the picture is called is a row of ink below the code
    assert (words.getbbox() or (0,))[0] > 0, "no word is cut off at the edge"
    assert page.get_by_role("link", name="存成图片").get_attribute("href") == drawn.get_attribute("src")

    page.add_script_tag(url=f"{demo.url}/static/vendor/jsQR.js")
    scanned = page.evaluate(
        "image => { const pen = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight }).getContext('2d');"
        " pen.drawImage(image, 0, 0); const { data, width, height } = pen.getImageData(0, 0, image.naturalWidth, image.naturalHeight);"
        " return jsQR(data, width, height)?.data; }",
        drawn.element_handle(),
    )
    token = tokens.read(scanned, Keys(config.read_secret(demo.settings)))
    assert token is not None
    assert f"/p/passes/{token.public_id}?" in url


def test_picture_of_the_server_remains_without_script(window: Window, invited: tuple[str, str]) -> None:
    page = window(390, 844, java_script_enabled=False)
    page.goto(invited[0])

    shown = page.locator(".qr img").get_attribute("src") or ""
    answer = page.request.get(page.url.partition("/p/")[0] + shown)

    assert Image.open(io.BytesIO(answer.body())).size == picture.SIZE
    assert page.get_by_role("link", name="存成图片").get_attribute("href") == shown
