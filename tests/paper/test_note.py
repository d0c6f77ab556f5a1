"""The note to file: facts, what happened, and who signs or has signed."""

from dataclasses import replace

from irt.paper.both import Both
from irt.paper.note import Fact, note_pdf
from tests.paper.reading import MADE, texts
from tests.paper.samples import NOTE, SIGNED


def test_it_holds_title_facts_and_narrative_in_both_languages() -> None:
    (page,) = texts(note_pdf(NOTE, footer="IL2-DM", made_at=MADE))
    for text in (
        "药盒误发",
        "Aboxwashandedover",
        "实发药盒Kithandedover",
        "K-100877",
        "当日已追回",
        "recoveredonthesameday",
    ):
        assert text in page
    assert page.index("药盒K-100877被误发") < page.index("KitK-100877washandedover") < page.index("当日已追回")


def test_it_can_be_signed_by_hand() -> None:
    (page,) = texts(note_pdf(NOTE, footer="IL2-DM", made_at=MADE))
    assert "药师Pharmacist" in page
    assert "研究者Investigator" in page
    assert page.count("签名Signature日期Date") == 2
    assert "电子签名" not in page


def test_an_electronic_signature_shows_name_meaning_and_time() -> None:
    (page,) = texts(note_pdf(replace(NOTE, signers=(), signed=(SIGNED,)), footer="IL2-DM", made_at=MADE))
    for text in ("电子签名", "ExamplePharmacist", "本人确认本备忘录", "Iconfirmthisnote", "2026-03-3015:20:11+08:00"):
        assert text in page
    assert "日期Date" not in page


def test_a_long_note_goes_on_and_loses_nothing() -> None:
    story = tuple(Both(f"Paragraph {n}: " + "it went on. " * 30, f"第{n}段：" + "此后继续。" * 40) for n in range(30))
    value = "".join(f"〔{n}〕" for n in range(1500))
    long = replace(NOTE, narrative=story, facts=(*NOTE.facts, Fact(Both("List", "清单"), value)), signed=(SIGNED,) * 9)
    pages = texts(note_pdf(long, footer="IL2-DM", made_at=MADE))
    foots = [f"IL2-DM第{n}页，共{len(pages)}页·Page{n}of{len(pages)}" for n in range(1, len(pages) + 1)]
    assert all(page.endswith(foot) for page, foot in zip(pages, foots, strict=True))
    whole = "".join(page.removesuffix(foot) for page, foot in zip(pages, foots, strict=True))
    assert len(pages) > 3
    assert whole.count("此后继续。") == 1200
    assert whole.count("itwenton.") == 900
    assert sum(whole.count(f"〔{n}〕") for n in range(1500)) == 1500
    for page in pages:
        assert page.count("姓名Name:") == page.count("签署时间Time:"), "a signature block is not cut in two"
