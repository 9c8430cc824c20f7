"""What takes seconds to compile is compiled by who reads messages, and by nobody else."""

import subprocess
import sys
from pathlib import Path

from aiohttp.test_utils import TestServer

from bot import app
from bot.cli.serving import demo_settings
from bot.language import late

COUNT = """
import bot.app
from bot.language import late
print(len(late._ALL), sum("compiled" in vars(one) for one in late._ALL))
"""


def test_a_command_that_reads_no_message_compiles_none_of_the_large_ones() -> None:
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    large, compiled = map(int, done.stdout.split())

    assert large > 30
    assert compiled == 0


async def test_all_are_at_hand_when_a_server_is_ready(demo_var: Path) -> None:
    vars(late._ALL[0]).pop("compiled", None)
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var))
    async with TestServer(app.build(linli)):
        assert all("compiled" in vars(one) for one in late._ALL)


def test_a_late_one_finds_what_any_other_finds() -> None:
    number = late.Late("[0-9]+")

    assert [one[0] for one in number.finditer("3栋2单元")] == ["3", "2"]
    assert (number.search("3栋2", 1) or [""])[0] == "2"
    assert number.fullmatch("3栋") is None
    assert number.match("栋3", 1) is not None
    assert number.sub("□", "3栋2") == "□栋□"
