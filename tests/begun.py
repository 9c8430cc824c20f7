"""What a forked `linli` begins with: all modules read, all words compiled, the shipped intents learned. Only started.py's server imports it."""

import gc

import bot.cli.serving  # noqa: F401  what it imports takes seconds to read
from bot import config
from bot.language import late
from bot.services import load_services, understand

late.ready()
_LOCAL = config.Local(_env_file=None)
understand(config.shipped("intents"), load_services(_LOCAL))
gc.freeze()  # nobody who is forked looks through it for garbage, which would copy it
