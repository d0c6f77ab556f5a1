"""A person at the browser: signs in, reads, presses, signs; and looks at every page with care."""

import re

from playwright.sync_api import Page, expect

from irt.simulation.cast import login_of
from tests.journeys.served import PASSWORD

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
ENGLISH = re.compile(r"\b[A-Za-z]+(?: [a-z]+){2,}\b")  # three words running: a sentence nobody translated
# What people and the study are called stays as it is; codes and addresses are no words.
NAMES = re.compile(r"<[^>]*>|\S+@\S+")

GS = "\x1d"  # what a scanner makes of FNC1, as Ctrl+]


class Visitor:
    """Somebody who walks through the pages of a trial in Chinese."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def sign_in(self, role: str, site: str | None = "01", password: str = PASSWORD) -> None:
        """Sign in as the person of the cast with this role, signing out whoever sat here."""
        self.page.context.clear_cookies()
        self.go("/sign-in")
        self.fill("登录名", login_of(role, site))
        self.fill("密码", password)
        self.press("登录")
        self.page.wait_for_url(f"{self.address}/")

    def go(self, path: str) -> None:
        """Open a page of the trial."""
        self.page.goto(self.address + path)

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, choice: str) -> None:
        """Choose in the list with this label."""
        self.page.get_by_label(label).select_option(label=choice)

    def press(self, button: str) -> None:
        """Press the button with this text."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def scan(self, text: str) -> None:
        """Type as a scanner does, quickly and with Enter, into the field that has the focus.

        A browser gives a page's first field the focus when it first draws the page, which may be after it loaded.
        """
        expect(self.page.locator("input:focus")).to_have_count(1)
        for part in re.split(f"({GS})", text):
            self.page.keyboard.press("Control+]") if part == GS else self.page.keyboard.type(part, delay=1)
        self.page.keyboard.press("Enter")

    def follow(self, link: str, about: str | None = None) -> None:
        """Follow the link with this text, in the line about something where there are several."""
        within = self.page.get_by_role("listitem").filter(has_text=about) if about else self.page
        within.get_by_role("link", name=link, exact=True).first.click()

    def opens(self, chapter: str, page: str) -> None:
        """Open a page from the menu: its chapter, then the page in the row below."""
        self.follow(chapter)
        menu = self.page.locator("nav.menu .below")
        menu.get_by_role("link", name=page, exact=True).click()
        self.page.wait_for_load_state()

    def sign(self, button: str = "签名", password: str = PASSWORD) -> None:
        """Type the password once more, which signs, and press."""
        self.fill("再次输入您的密码", password)
        self.press(button)

    def reads(self, *texts: str) -> None:
        """Each of these stands on the page."""
        shown = self.page.locator("main").inner_text()
        missing = [text for text in texts if text not in shown]
        assert not missing, f"{self.page.url} does not show {missing}, but:\n{shown}"

    def looks(self) -> None:
        """The page speaks Chinese throughout and fits a desk and a phone without sideways scrolling."""
        shown = self.page.locator("main").inner_text()
        assert CHINESE.search(shown), f"{self.page.url} shows no Chinese"
        assert not (left := ENGLISH.findall(shown)), f"{self.page.url} is not translated: {left}"
        self.fits()

    def fits(self) -> None:
        """The page fits a desk and a phone without sideways scrolling."""
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{self.page.url} is {width} wide on a screen of {size['width']}"
