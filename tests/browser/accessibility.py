"""What axe finds wrong with a page, and whether it fits its window."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """One line a rule that the page breaks, with the first places; the policy of the page stays in force."""
    page.wait_for_load_state("load")
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{rule['id']}: {rule['help']}: {_places(rule)}" for rule in found]


def _places(rule: dict) -> str:
    return "; ".join(f"{node['target'][0]} {node['failureSummary']!r}" for node in rule["nodes"][:4])


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
