"""What the community does: one folder per service, known to the bot only through `bot.contract`."""

#: The services that ship with Linli, in the order of the console's menu; LINLI_INTEGRATIONS names others, or fewer.
SHIPPED = ("desk", "residents", "notices", "knowledge", "identity", "visitor_passes", "repairs", "health", "duty")

#: Names that settings of an earlier version may hold -> the services that do its work now.
RENAMED = {"community": ("desk", "residents", "notices", "identity")}
