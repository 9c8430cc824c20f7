"""Emoji, and what WeChat writes in their place: [玫瑰], /:rose, and [动画表情] for a sticker that it does not pass on.

They are no words: [炸弹] is no bomb, [快哭了] nobody's grief. 🆘 is left among the words, for whoever sends it may mean it;
so are numbers: 1️⃣ is 1.
"""

import re

from bot.language.normalise import longest_first

#: What WeChat's faces are called between brackets, in a Chinese and in an English WeChat.
FACES = """
    微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 抓狂 吐 偷笑 愉快 可爱 白眼 傲慢 饥饿 困
    惊恐 流汗 憨笑 悠闲 大兵 奋斗 咒骂 疑问 嘘 晕 疯了 折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视
    委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫
    便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 NO OK 爱情 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降
    激动 乱舞 献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智 皱眉 耶 红包 鸡 蜡烛 吃瓜 加油 汗 天啊 Emm 社会社会 旺柴 好的 打脸 哇 翻白眼
    666 让我看看 叹气 苦涩 裂开 笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 庆祝 合十 福 發 囧 烟花 爆竹 幽灵 鬼魂 强壮 赞 比心 玫瑰花
    Smile Grimace Drool Scowl CoolGuy Sob Shy Silent Sleep Cry Awkward Angry Tongue Grin Surprise Frown Ruthless Blush Scream Puke
    Chuckle Joyful Slight Smug Hungry Drowsy Panic Sweat Laugh Commando Determined Scold Shocked Shhh Dizzy Tormented Toasted Skull
    Hammer Wave Speechless NosePick Clap Shame Trick Bah！L Bah！R Yawn Pooh-pooh Shrunken TearingUp Sly Kiss Wrath Whimper Cleaver
    Watermelon Beer Basketball PingPong Coffee Rice Pig Rose Wilt Lips Heart BrokenHeart Cake Lightning Bomb Dagger Soccer Ladybug
    Poop Moon Sun Gift Hug ThumbsUp ThumbsDown Shake Peace Fight Salute Beckon Fist Pinky RockOn Nuh-uh InLove Blowkiss Waddle
    Tremble Aaagh! Twirl Kotow Dramatic JumpRope Surrender Hooray Meditate Smooch HeyHa Facepalm Smirk Smart Concerned Yeah! Packet
    Chick Candle Onlooker GoForIt Sweats OMG Respect Doge NoProb MyBad Wow Boring Awesome LetMeSee Sigh Hurt Broken Happy Sick
    Flushed Lol Terror LetDown Duh Party Worship Blessing Fireworks Firecracker
""".split()

#: What older WeChats send for the same faces.
CODES = r"""
    /::) /::~ /::B /::| /:8-) /::< /::$ /::X /::Z /::'( /::-| /::@ /::P /::D /::O /::( /::+ /:--b /::Q /::T /:,@P /:,@-D /::d /:,@o
    /::g /:|-) /::! /::L /::> /::,@ /:,@f /::-S /:? /:,@x /:,@@ /::8 /:,@! /:!!! /:xx /:bye /:wipe /:dig /:handclap /:&-( /:B-)
    /:<@ /:@> /::-O /:>-| /:P-( /::'| /:X-) /::* /:@x /:8* /:pd /:<W> /:beer /:basketb /:oo /:coffee /:eat /:pig /:rose /:fade
    /:showlove /:heart /:break /:cake /:li /:bome /:kn /:footb /:ladybug /:shit /:moon /:sun /:gift /:hug /:strong /:weak /:share /:v
    /:@) /:jj /:@@ /:bad /:lvu /:no /:ok /:love /:<L> /:jump /:shake /:<O> /:circle /:kotow /:turn /:skip /:oY /:#-0 /:hiphot /:kiss
    /:<& /:&>
""".split()

#: What agrees, and what refuses, where a question is open. 🙏 and 🌹 thank: they do neither.
AGREES = "👍 👌 🆗 ✅ ✔ ☑ 💯 [OK] [强] [好的] [赞] [ThumbsUp] [NoProb] /:ok /:strong".split()
REFUSES = "👎 ❌ ✖ ❎ 🙅 [弱] [NO] [差劲] [ThumbsDown] [Nuh-uh] /:no /:weak /:bad".split()
WEEPS = "😭 😢 😥 😿 💔 😞 😔 😟 🥺 [流泪] [大哭] [难过] [心碎] [快哭了] [可怜] [委屈] [Sob] [Frown] /::'( /:heart-broken".split()

#: Stickers and whatever else the account is not shown: https://developers.weixin.qq.com names none of it, phones write these.
_STICKER = re.compile(
    r"(?i:\[(?:sticker|animated ?sticker|动画表情|表情|表情包|自定义表情|图片表情|unsupported ?message)\]"
    r"|【收到不支持的消息类型，暂无法显示】)"
)

#: ♂, skin tones and joiners change the sign before them; ❶ is a number, 🆘 a cry.
_SIGN = r"(?!\U0001f198)[\u203c\u2049\u2300-\u23ff\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_MODIFIER = r"[\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_EMOJI = re.compile(rf"(?i:{longest_first(f'[{face}]' for face in FACES)})|{longest_first(CODES)}|{_SIGN}|{_MODIFIER}")

#: What may stand between emoji without being a word.
_NOTHING = re.compile(r"[\s,，.。!！~～、…]*")


def without_emoji(text: str) -> str:
    """Return the words of a message; "" when there are none."""
    words = _STICKER.sub(" ", _EMOJI.sub(" ", text) if _has_signs(text) else text)
    return text if words == text else re.sub(r"[ \t]+", " ", words).strip()


def is_only_emoji(text: str) -> bool:
    """Tell whether a message is nothing but emoji, or a sticker."""
    return bool(text.strip()) and _NOTHING.fullmatch(without_emoji(text)) is not None and _NOTHING.fullmatch(text) is None


def is_sticker(text: str) -> bool:
    """Tell whether a message stands for a sticker that the bot is not shown."""
    return _STICKER.search(text) is not None and is_only_emoji(text)


def agrees(text: str) -> bool:
    """Tell whether a message is nothing but emoji, and one of them says yes; none says no."""
    return _shows(text, AGREES) and not _shows(text, REFUSES)


def refuses(text: str) -> bool:
    """Tell whether a message is nothing but emoji, and one of them says no; none says yes."""
    return _shows(text, REFUSES) and not _shows(text, AGREES)


def weeps(text: str) -> bool:
    """Tell whether a message is nothing but emoji, and one of them weeps."""
    return _shows(text, WEEPS)


def _shows(text: str, signs: list[str]) -> bool:
    folded = text.casefold()
    return is_only_emoji(text) and any(sign.casefold() in folded for sign in signs)


def _has_signs(text: str) -> bool:
    """Tell cheaply whether there may be any: most messages are Han and digits alone."""
    return "[" in text or "/:" in text or any(character > "\ud7ff" or "\u200d" <= character < "\u3300" for character in text)
