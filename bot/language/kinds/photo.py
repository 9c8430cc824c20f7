"""A picture, which no words give."""

from bot.language.kinds.kind import Kind

KIND = Kind(name="photo", title="照片", is_worded=True, is_spoken=False)
