"""Those of the demo who have WeChat and no phone of the stand-in's to look at: what is sent to them arrives, and nobody sees it."""

#: What the openids of these begin with.
CROWD = "oDemoPast"

#: Characters of an openid.
LENGTH = 28


def openid(number: int) -> str:
    """Return the openid of one of them."""
    return f"{CROWD}{number:0{LENGTH - len(CROWD)}}"


def is_of_it(openid: str) -> bool:
    """Tell whether somebody is one of them."""
    return openid.startswith(CROWD)
