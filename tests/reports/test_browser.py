"""The reports in a real browser: nothing is requested, nothing fails, lists sort and filter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reports.check import write_check
from tests.reports.test_check import checked

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def planner(browser: Browser, small_files: dict[str, Path]) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(small_files["planner"].as_uri())
    yield page
    page.close()
    assert faults == []


def shown(page: Page) -> list[str]:
    return page.locator("#order table.worklist tbody:not([hidden]) button.open").all_inner_texts()


def test_search_narrows_the_list_and_says_how_many(planner: Page) -> None:
    planner.get_by_label("Search").first.fill("sku-00021")

    assert shown(planner) == ["SKU-00021"]
    assert planner.locator("#order-tools output").inner_text() == "1 of 1 shown"


def test_filters_combine_and_clear(planner: Page) -> None:
    before = len(shown(planner))
    planner.locator("#order-tools select[name=state]").select_option("out")
    out = shown(planner)
    planner.locator("#order-tools button.reset").click()

    assert 0 < len(out) < before
    assert len(shown(planner)) == before


def test_a_column_sorts_both_ways_from_the_keyboard(planner: Page) -> None:
    head = planner.locator("#order table.worklist thead th", has_text="Suggestion")
    head.locator("button").focus()
    planner.keyboard.press("Enter")
    falling = planner.locator("#order table.worklist tbody:not([hidden]) tr:first-child td:nth-child(8)")
    keys = [float(key or 0) for key in falling.evaluate_all("cells => cells.map(cell => cell.dataset.key)")]
    direction = head.get_attribute("aria-sort")
    planner.keyboard.press("Enter")
    rising = [float(key or 0) for key in falling.evaluate_all("cells => cells.map(cell => cell.dataset.key)")]

    assert direction == "descending"
    assert keys == sorted(keys, reverse=True)
    assert rising == sorted(rising)


def test_a_line_opens_to_its_chart_and_closes(planner: Page) -> None:
    button = planner.locator("#order button.open").first
    detail = planner.locator(f"#{button.get_attribute('aria-controls')}")
    assert not detail.is_visible()

    button.press("Enter")

    assert detail.locator("svg.chart").is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    button.press("Enter")
    assert not detail.is_visible()


def test_nothing_is_wider_than_a_phone(browser: Browser, small_files: dict[str, Path], tmp_path: Path) -> None:
    check = write_check(
        checked(correct=f"restock correct /{'a_long_folder_name/' * 5}rejected.xlsx"), tmp_path / "check.html"
    )
    for file in (small_files["planner"], small_files["budget"], check):
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("name", ["planner", "budget"])
def test_no_table_and_no_chart_is_cut_off(
    browser: Browser, small_files: dict[str, Path], name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(small_files[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")

    wider = page.evaluate(
        "Array.from(document.querySelectorAll('.scroll, figure'))"
        ".filter((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)"
        ".map((box) => box.getAttribute('aria-label') || box.textContent)"
    )

    page.close()
    assert wider == []


def test_on_a_phone_no_text_of_a_chart_is_cut_off_or_covered_by_another(
    browser: Browser, small_files: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(small_files["budget"].as_uri())

    wrong = page.evaluate(TEXTS_OF_CHARTS)

    page.close()
    assert wrong == []


TEXTS_OF_CHARTS = """() => [...document.querySelectorAll("svg.chart")].flatMap((chart) => {
  const whole = chart.getBoundingClientRect();
  const texts = [...chart.querySelectorAll("text")].filter((each) => !each.matches(".label"))
    .map((each) => [each.textContent, each.getBoundingClientRect()]);
  const cut = texts.filter(([, box]) => box.top < whole.top - 0.5 || box.bottom > whole.bottom + 0.5).map(([text]) => text);
  const covered = texts.flatMap(([text, a], k) => texts.slice(k + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
    .map(([other]) => `${text} and ${other}`));
  return [...cut, ...covered];
})"""


def test_on_a_phone_a_line_is_a_card_that_names_its_values_and_opens(
    browser: Browser, small_files: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(small_files["planner"].as_uri())
    button = page.locator("#order button.open").first
    detail = page.locator(f"#{button.get_attribute('aria-controls')}")

    assert page.locator("#order table.worklist td[data-label='Days of supply']").first.is_visible()
    assert not detail.is_visible()
    button.click()
    assert detail.is_visible()
    assert page.locator("#order tr.detail:visible").count() == 1
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, small_files: dict[str, Path], scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(small_files["planner"].as_uri())

    poor = page.evaluate(CONTRAST)

    page.close()
    assert poor == []


CONTRAST = """() => {
  const parse = (text) => (text.match(/[0-9.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (node) => {
    for (let up = node; up; up = up.parentElement) {
      const colour = parse(getComputedStyle(up).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  document.querySelectorAll(
    "p, td, th, small, span, a, button, summary, label, h1, h2, h3, dt, dd, text").forEach((node) => {
    if (!node.textContent.trim()) return;
    const style = getComputedStyle(node);
    const ink = light(parse(node.tagName === "text" ? style.fill : style.color));
    const paper = light(behind(node.tagName === "text" ? node.closest("td, section, body") : node));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName} ${node.className} ${ratio.toFixed(2)}`);
  });
  return [...new Set(poor)];
}"""
