"""Pictures that staff put into what residents read."""

from bot.contract.pages import Upload
from bot.errors import ContentRefused, Refusal, TooLarge
from bot.pictures import redraw
from bot.translation import tr

__all__ = ["read"]


def read(upload: Upload) -> bytes | None:
    """Return an uploaded picture drawn anew as a JPEG, None where no file was chosen; raises Refusal for what is no picture."""
    if not upload.body:
        return None
    try:
        return redraw(upload.body)
    except TooLarge:
        raise Refusal(tr("这张图片太大了，请选 10 MB 以内的图片。"), english="the picture is too large") from None
    except ContentRefused:
        raise Refusal(tr("这个文件不是能看的图片，请选 JPG、PNG 或手机拍的照片。"), english="the file is no picture") from None
