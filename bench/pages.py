"""How soon pages of the console are painted in a real browser, and what they weigh as they are sent: the demo's community, its admin."""

import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from bot import logs
from bot.cli.serving import demo_settings, seed
from bot.store.staff import Role
from tests.acceptance.conftest import BROWSER
from tests.acceptance.test_every_page_in_browser import APART, WEIGH, base, opened
from tests.acceptance.test_who_gets_in import NOW, opened_house

#: What staff open all day, and the figures, whose charts come behind.
ASKED = (
    "/console", "/console/conversations", "/console/tickets", "/console/tasks", "/console/people", "/console/households", "/console/notices",
    "/console/passes", "/console/health", "/console/audit", "/console/intents", "/console/figures",
)  # fmt: skip

#: Loads of each page behind a first one that is not counted.
ROUNDS = 7

#: What is promised: milliseconds to the first paint, and bytes.
PAINTED, WEIGHS = 300, 150_000

PAINT = "() => performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint')?.startTime ?? 0"


@contextmanager
def window() -> Iterator[tuple[str, Page]]:
    """Open a window of the admin on the demo, served from this process; gives the address it is served at, too."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        var = Path(folder) / "var"
        seed(demo_settings(host="127.0.0.1", port=1, var=var), lives=True, now=NOW)
        with opened_house(var, demo=True) as house:
            chromium = browsers.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"] if os.geteuid() == 0 else [])
            yield base(house), opened(chromium, house, house.cookie(1, Role.ADMIN)["Cookie"])
            chromium.close()


def main() -> None:
    """Print a line for each page."""
    logs.configure(level=logging.CRITICAL)
    print(f"{'page':28}{'first paint, ms':>18}{'slowest':>10}{'sent, KB':>10}")
    with window() as (address, page):
        for path in ASKED:
            page.goto(address + path)
            weight = sum(size for name, size in page.evaluate(WEIGH).items() if not name.startswith(APART))
            paints = []
            for _ in range(ROUNDS):
                page.goto(address + path)
                page.wait_for_function(PAINT)
                paints.append(page.evaluate(PAINT))
            middle = statistics.median(paints)
            over = " OVER" if middle > PAINTED or weight > WEIGHS else ""
            print(f"{path:28}{middle:18.0f}{max(paints):10.0f}{weight / 1000:10.0f}{over}")


if __name__ == "__main__":
    main()
