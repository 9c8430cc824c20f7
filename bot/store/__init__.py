"""All SQL of the bot, as plain functions of a Session."""
