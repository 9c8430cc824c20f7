"""Pages are signed as WeChat checks it."""

import pytest

from bot.wechat import jsapi

#: Tencent's sample; developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
VISIT = jsapi.Visit(url="http://mp.weixin.qq.com?params=value", timestamp=1414587457, nonce="Wm3WZYTPz0wzccnW")
SIGNATURE = "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.parametrize("fragment", ["", "#", "#wechat_redirect"])
def test_signature_is_tencents_own_whatever_follows_the_hash(fragment: str) -> None:
    assert jsapi.sign(TICKET, VISIT.nonce, VISIT.timestamp, VISIT.url + fragment) == SIGNATURE


def test_page_gets_all_it_hands_to_wx_config_but_not_the_ticket() -> None:
    config = jsapi.config("wx1", TICKET, VISIT, ["scanQRCode"])

    assert config == {
        "appId": "wx1", "timestamp": 1414587457, "nonceStr": "Wm3WZYTPz0wzccnW", "signature": SIGNATURE,
        "jsApiList": ["scanQRCode"],
    }  # fmt: skip
