"""The words the bot itself cannot do without, by name; they stand in intents/_messages.yaml. A test holds the list to the code."""

NEEDED = frozenset(
    """
    welcome welcome.back unknown unknown.again clarify clarify.none failed
    voice.unheard video.unseen link.unseen code.unknown
    photo.what photo.attached photo.received photo.not_now place.what place.not_now
    flat.first flat.none handed_off handed_off.more handed_off.cancelled
    form.nothing form.change form.expired form.noted form.kept form.back form.next form.cancelled form.unclear form.stuck form.past
    """.split()
)
