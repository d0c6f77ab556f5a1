"""Scanning: what a keyboard-wedge scanner types, and what the camera sees, becomes the number and sends nothing."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from irt.dispensing.dispense import HandOver, hand_over
from irt.gate.scans import unscanned
from irt.randomization.randomize import RandomizeOrder, randomize
from tests.gate.test_scans import WAYS, numbers
from tests.journeys.served import Trial
from tests.journeys.visitor import GS, Visitor

pytestmark = pytest.mark.journey

SITE = "03"  # the other journeys walk at sites 01 and 02
# The browser's own reader and camera, which a headless one has not: a canvas is the camera, and the reader sees a code
# in the third picture.
CAMERA = """(code) => {
  window.stopped = 0;
  let pictures = 0;
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code", "data_matrix"]; }
    constructor(options) { window.formats = options.formats; }
    async detect(video) { return ++pictures < 3 ? [] : [{ format: "data_matrix", rawValue: code }]; }
  };
  const canvas = document.createElement("canvas");
  setInterval(() => canvas.getContext("2d").fillRect(Math.random() * 200, 0, 9, 9), 50);
  navigator.mediaDevices.getUserMedia = async function (wanted) {
    window.wanted = wanted;
    if (code === "refused") throw new DOMException("no", "NotAllowedError");
    const stream = canvas.captureStream(10);
    stream.getTracks().forEach((track) => {
      const stop = track.stop.bind(track);
      track.stop = () => { window.stopped += 1; stop(); };
    });
    return stream;
  };
}"""


def with_camera(page: Page, code: str) -> None:
    """Pages from now on find a reader of codes in the browser."""
    page.add_init_script(f"({CAMERA})({code!r})".replace("\\x1d", "\\u001d"))


def set_aside(trial: Trial) -> tuple[str, str]:
    """A participant whose first kit waits to be handed over; answers both."""
    person = trial.eligible(SITE)
    done = trial.desk.do(trial.at("coordinator", SITE), randomize, RandomizeOrder(participant=person))
    return person, str(done.answer.kit)


def posts(page: Page) -> list[str]:
    """The forms that are sent from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


@pytest.mark.parametrize("way", ["{number}", f"]d2{GS}21{{number}}", "21{number}"])
def test_a_scan_fills_the_field_and_sends_nothing(visitor: Visitor, trial: Trial, way: str) -> None:
    person, kit = set_aside(trial)
    visitor.sign_in("pharmacist", SITE)
    visitor.go(f"/participants/{person}/visits/W0/hand-over")
    sent, field = posts(visitor.page), visitor.page.locator("#field-kit")
    expect(field).to_be_focused()
    assert visitor.page.locator(".camera").count() == 0, "this browser reads no codes"
    visitor.scan(way.format(number=kit))
    expect(field).to_have_value(kit)
    visitor.scan(way.format(number=kit))  # the box scanned twice: the number takes the number's place
    expect(field).to_have_value(kit)
    visitor.page.wait_for_timeout(200)
    assert sent == []
    visitor.looks()
    visitor.press("发放")
    visitor.page.wait_for_url("**/slip")
    visitor.reads("发药单", "已发放", kit)
    assert len(sent) == 1


def test_a_scan_into_another_field_sends_nothing_either(visitor: Visitor, trial: Trial) -> None:
    _, kit = set_aside(trial)
    visitor.sign_in("pharmacist", SITE)
    visitor.go("/what-happened/lost-or-damaged")
    sent = posts(visitor.page)
    visitor.page.locator("#field-happened_on").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#field-used").focus()
    visitor.scan(kit)
    visitor.page.wait_for_timeout(200)
    assert sent == []


def test_the_page_reads_scans_as_the_service_does(visitor: Visitor, trial: Trial) -> None:
    """Each way of scanning, of numbers of each length, and what is none."""
    visitor.sign_in("pharmacist", SITE)
    visitor.go("/what-happened/lost-or-damaged")
    typed = [way.strip().format(number=one) for digits in (7, 8, 9, 10) for one in numbers(30, digits) for way in WAYS]
    typed += ["211234567", "2112345670", "A1", "]d1211234567", "(10)L1(21)1234567", "21 1234567"]
    shown: list[Any] = visitor.page.locator("#field-kit").evaluate(
        """(field, texts) => texts.map((text) => {
             field.value = text;
             field.dispatchEvent(new Event("change", { bubbles: true }));
             return field.value;
           })""",
        typed,
    )
    assert len(shown) == len(typed) > 1000
    assert shown == [unscanned(text.strip()) for text in typed]


def test_the_camera_fills_the_field_where_the_browser_reads_codes(visitor: Visitor, trial: Trial) -> None:
    person, kit = set_aside(trial)
    with_camera(visitor.page, f"{GS}21{kit}")
    visitor.sign_in("pharmacist", SITE)
    visitor.go(f"/participants/{person}/visits/W0/hand-over")
    sent = posts(visitor.page)
    visitor.looks()
    visitor.press("摄像头")
    expect(visitor.page.locator("#field-kit")).to_have_value(kit)
    expect(visitor.page.locator("dialog")).to_have_count(0)
    assert visitor.page.evaluate("[window.stopped, window.formats, window.wanted]") == [
        1, ["data_matrix"], {"video": {"facingMode": "environment"}},
    ]  # fmt: skip
    assert sent == []
    visitor.press("发放")
    visitor.page.wait_for_url("**/slip")


def test_a_camera_that_is_not_allowed_says_so_and_the_number_can_be_typed(visitor: Visitor, trial: Trial) -> None:
    person, kit = set_aside(trial)
    with_camera(visitor.page, "refused")
    visitor.sign_in("pharmacist", SITE)
    visitor.go(f"/participants/{person}/visits/W0/hand-over")
    visitor.press("摄像头")
    expect(visitor.page.locator("dialog")).to_contain_text("无法使用摄像头")
    visitor.press("关闭")
    expect(visitor.page.locator("dialog")).to_have_count(0)
    visitor.scan(kit)
    expect(visitor.page.locator("#field-kit")).to_have_value(kit)


def test_the_page_may_use_the_camera_and_nobody_else(visitor: Visitor, trial: Trial) -> None:
    visitor.sign_in("pharmacist", SITE)
    answer = visitor.page.goto(f"{visitor.address}/recall")
    assert answer is not None
    assert answer.headers["permissions-policy"] == "camera=(self), microphone=(), geolocation=()"
    assert visitor.page.evaluate("typeof navigator.mediaDevices.getUserMedia") == "function"


def test_a_scanned_box_that_came_back_shows_how_many_vials_it_had(visitor: Visitor, trial: Trial) -> None:
    person, kit = set_aside(trial)
    trial.desk.do(trial.at("pharmacist", SITE), hand_over, HandOver(participant=person, visit="W0", kit=kit))
    visitor.sign_in("pharmacist", SITE)
    visitor.go(f"/participants/{person}/return")
    sent = posts(visitor.page)
    visitor.scan(f"]d221{kit}")
    expect(visitor.page.locator("#field-kit")).to_have_value(kit)
    expect(visitor.page.locator("output[data-said]")).to_contain_text("18")
    assert sent == []


def test_a_scanned_box_is_found_in_a_box_and_ticked_in_a_list(visitor: Visitor, trial: Trial) -> None:
    box = trial.supply.ship(SITE, 8)
    visitor.sign_in("pharmacist", SITE)
    visitor.go(f"/shipments/{box}/receive")
    visitor.looks()
    legends = visitor.page.locator("fieldset[id^='field-kits.'] legend").all_inner_texts()
    assert len(legends) == 8
    sent, here = posts(visitor.page), visitor.page.locator("#picking")
    for kit in legends[:2]:
        here.focus()
        visitor.scan(f"]d221{kit}")
        expect(visitor.page.locator(f"input[name='kits.{kit}'][value=intact]")).to_be_focused()
        expect(visitor.page.locator("output[data-picked]")).to_have_text(f"药盒 {kit} 在列表中。")
        visitor.page.locator(f"input[name='kits.{kit}'][value=damaged]").check()
    here.focus()
    visitor.scan("1000000")
    expect(visitor.page.locator("output[data-picked]")).to_have_text("药盒 1000000 不在此列表中。")
    assert sent == []
    visitor.page.get_by_label("在范围内", exact=True).check()
    visitor.page.locator("main form button.btn-primary").click()
    visitor.page.wait_for_url(f"**/shipments/{box}")
    visitor.go(f"/sites/{SITE}/disposals/destroy")
    visitor.looks()
    here.focus()
    visitor.scan(f"21{legends[0]}")
    expect(visitor.page.locator(f"#kit-{legends[0]}")).to_be_checked()
    expect(visitor.page.locator(f"#kit-{legends[1]}")).not_to_be_checked()
