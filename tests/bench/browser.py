"""The first page in a browser that has seen nothing yet: how soon it shows, how many bytes."""

from __future__ import annotations

import json
import shutil
import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

OPENINGS = 5
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


def main(port: str) -> None:
    """Print seconds to the first contentful paint and the kilobytes that came over the wire."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        found = [_open(browser, f"http://127.0.0.1:{port}/login") for _ in range(OPENINGS)]
        browser.close()
    seconds = statistics.median(s for s, _ in found)
    print(json.dumps({"seconds": seconds, "kilobytes": max(k for _, k in found)}))


def _open(browser: Browser, url: str) -> tuple[float, float]:
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    painted = float(page.evaluate(PAINTED)) / 1000
    context.close()
    return painted, sum(sizes) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
