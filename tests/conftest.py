"""What every test may lean on: the official samples, Chromium, axe, and a plain closing line."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, sync_playwright
from xdist.remote import Producer

from tests import chromium, ladder, minnet, postgres, samples
from tests.broker import kafka
from tests.trinn import TRINN, på_trinn

if TYPE_CHECKING:
    from tests.broker.hus import Hus

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.register_profile("soak", settings.get_profile("local"), max_examples=5_000)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def in_ci() -> bool:
    """True where nothing may be left out."""
    return bool(os.environ.get("CI"))


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """The folder with the official samples. Without it the test is skipped, which in CI is a failure."""
    root = samples.samples_root()
    if root is None:
        pytest.skip(samples.MISSING)
    return root


@pytest.fixture(params=("sqlite", "postgres"))
def trinn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each rung of the ladder in turn: an installation on `tmp_path` has its stores there."""
    return på_trinn(request, tmp_path)


@pytest.fixture(params=TRINN)
def hvert_trinn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `trinn`, and the third rung too: each service a process, for what is done in a room (`tests.rom`)."""
    return på_trinn(request, tmp_path)


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real Kafka. Where there is none the test is left out, which CI refuses."""
    if not kafka.found():
        pytest.skip(kafka.MISSING)
    with kafka.broker() as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def hus(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hus]:
    """Where rooms on rung 3 are."""
    from tests.broker.hus import hus  # slow to import

    with hus(broker, tmp_path_factory.mktemp("tomme")) as ferdig:
        yield ferdig


@pytest.fixture
def rounds() -> int:
    """How many times a loop of kills goes round: few, 20 or 100 (`tests.ladder`)."""
    return ladder.rounds()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a file of tests.

    Not for the whole run: as long as Playwright is open it holds this thread's event loop, and no other test could
    run one of its own.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find_chromium(), args=list(chromium.FLAGS))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of its own, as wide as a desk; a test sets another size where it matters."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO", timezone_id="Europe/Oslo")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Runs axe on a page; gives one line per violation, none when the page is accessible to everyone."""

    def run(page: Page) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            # A page's content security policy forbids scripts from elsewhere; evaluating is not bound by it.
            page.evaluate(AXE.read_text("utf-8"))
        # What holds need not be listed in full, which is most of axe's work.
        found = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
        return [
            f"{violation['id']}: {violation['help']} ({node['html'][:120]})"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return run


def pytest_configure() -> None:
    """Tests have their files in memory, where there is room for them; and nothing that is loaded is garbage."""
    gc.set_threshold(50_000)
    if (mappe := minnet.plass()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(mappe))


def pytest_report_header() -> str:
    """Which broker the tests take."""
    return f"kafka: {kafka.found() or kafka.MISSING}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear ones come first, and are marked. Without Chromium the tests that need it are left out."""
    items.sort(key=ladder.cost)
    ladder.mark(items)
    if chromium.find_chromium():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_collection_finish() -> None:
    """What has been loaded stays: to look for garbage in it again and again takes a seventh of the tests' time."""
    from bindeledd.runtime.embedded import spare_what_stays

    spare_what_stays()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ladder.OneBroker | None:
    """With `--dist loadgroup`, which `make test` says, all that share a broker are a group."""
    return ladder.OneBroker(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one."""
    report = yield
    if report.skipped and in_ci() and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"left out, which CI does not allow: {reason}"
    return report


def pytest_sessionfinish() -> None:
    """A worker that has said it is done is ended at once, so the servers that tests have started are stopped before."""
    postgres.close_all()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """One plain line after everything that pytest says, and before the line with which it always ends."""
    yield
    if terminalreporter.config.option.collectonly:
        return
    left_out: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        left_out[reason] = left_out.get(reason, 0) + 1
    counts = {name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error")}
    terminalreporter.write_line(closing_line(counts, left_out))


def closing_line(counts: dict[str, int], left_out: dict[str, int]) -> str:
    """What held, what did not, what was left out and what to do about it: one line for a person.

    >>> closing_line({"passed": 3, "failed": 0, "error": 0}, {})
    'All held: 3 tests passed, nothing was left out.'
    """
    broken = counts["failed"] + counts["error"]
    verdict = f"{broken} did not hold" if broken else "All held"
    if not broken and not counts["passed"]:
        verdict = "Nothing was tested"
    missing = "; ".join(f"{number} left out: {reason}" for reason, number in left_out.items())
    passed = "1 test" if counts["passed"] == 1 else f"{counts['passed']} tests"
    return f"{verdict}: {passed} passed, {missing or 'nothing was left out'}."
