"""What the community does: one folder per service, known to the bot only through `bot.contract`."""
