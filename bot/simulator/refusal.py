"""WeChat's way of saying no."""


class Refused(Exception):
    """An API call that WeChat refuses, with its own number and words, and what else its answer holds."""

    def __init__(self, errcode: int, errmsg: str, **more: object) -> None:
        super().__init__(f"{errcode}: {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.more = more
