"""A picture, which no words give."""

from bot.language.kinds.kind import Aspect, Kind

KIND = Kind(name="photo", title="照片", aspect=Aspect.PICTURE, is_worded=True)
