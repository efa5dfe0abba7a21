"""A real Chromium on the running Braid; every page that a test opens must be free of script and policy errors.

Playwright's synchronous API runs an event loop in this thread, which Django would take for an asynchronous
caller; there is none.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from apps.accounts.models import User
from apps.checks.models import Verdict
from tests.browser.shop import ADD_INVOICES, DROP_CUSTOMERS, MAIN, Shop
from tests.live import LiveBraid, renew_pgmq

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = (1280, 900), (360, 740)


@dataclass
class Tab:
    """One page of one person's browser, with what its console complained of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def listen(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx on purpose is reported as a failed resource; the test looks at the page itself.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def new_tab(chromium: Browser, live_braid: LiveBraid, settings: Any) -> Iterator[Callable[..., Tab]]:
    """`new_tab(user, wide=False, scheme="dark", scripts=False)`: a fresh browser, signed in when there is a user."""
    # Sessions that this process makes have to hold in the server's.
    settings.SECRET_KEY = live_braid.process.environ()["BRAID_SECRET_KEY"]
    tabs: list[Tab] = []
    with ExitStack() as stack:

        def make(
            user: User | None = None, *, wide: bool = True, scheme: str = "light", scripts: bool = True
        ) -> Tab:
            width, height = WIDE if wide else NARROW
            options: dict[str, Any] = {"color_scheme": scheme, "java_script_enabled": scripts}
            context = chromium.new_context(viewport={"width": width, "height": height}, **options)
            stack.callback(context.close)
            if user is not None:
                _sign_in(context, user, live_braid.url)
            context.set_default_timeout(10_000)
            tabs.append(Tab(context.new_page(), live_braid.url))
            tabs[-1].listen()
            return tabs[-1]

        yield make
    assert not [complaint for tab in tabs for complaint in tab.complaints]


def _sign_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    for name, cookie in client.cookies.items():
        context.add_cookies([{"name": name, "value": cookie.value, "url": url}])


@pytest.fixture(scope="module")
def worker(braid_server: LiveBraid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real worker with the running server's own environment; its log. It ends with the file of tests that asked
    for it: others do the work themselves, and must not find it done."""
    celery = [sys.executable, "-m", "celery", "--app", "braid.celery", "worker", "--concurrency=1"]
    quiet = ["--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    path = tmp_path_factory.mktemp("worker") / "worker.log"
    environment = braid_server.process.environ()
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as queue:
        renew_pgmq(queue)
    with path.open("w") as log:
        process = subprocess.Popen([*celery, *quiet], env=environment, stdout=log, stderr=log)
        yield path
        process.terminate()
        process.wait(30)


@pytest.fixture
def wait_for_verdicts(worker: Path) -> Callable[[int], None]:
    """`wait_for_verdicts(3)`: until so many are finished; says what the worker logged where they are not."""

    def wait(count: int) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if Verdict.objects.exclude(state__in=["waiting", "running"]).count() >= count:
                return
            time.sleep(0.1)
        raise AssertionError(worker.read_text()[-4000:])

    return wait


@pytest.fixture
def shop(
    live_braid: LiveBraid,
    project: Any,
    owner: User,
    token_of: Callable[..., str],
    wait_for_verdicts: Callable[[int], None],
    tmp_path: Path,
) -> Shop:
    """main, a branch that changes things and one that breaks, pushed by git and judged by the worker."""
    made = Shop(tmp_path / "shop", live_braid.git_url(project), owner.email, token_of(owner))
    made.push("main", MAIN)
    wait_for_verdicts(1)
    made.push("add-invoices", ADD_INVOICES)
    made.push("drop/customers", DROP_CUSTOMERS)
    wait_for_verdicts(3)
    return made
