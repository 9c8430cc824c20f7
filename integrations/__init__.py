"""What the community does: one folder per service, known to the bot only through `bot.contract`."""

#: The services that ship with Linli, in the order of the console's menu and of who hears a message first; LINLI_INTEGRATIONS names others, or fewer.
SHIPPED = (
    "desk",
    "residents",
    "notices",
    "knowledge",
    "visitor_passes",
    "identity",
    "patrols",
    "repairs",
    "health",
    "privacy",
    "duty",
    "roster",
    "clinic",
)

#: Names that settings may hold -> the services that do its work now. What is kept only with consent never comes without the service by
#: which that is taken back.
RENAMED = {"community": ("desk", "residents", "notices", "identity", "privacy"), "health": ("health", "privacy")}
