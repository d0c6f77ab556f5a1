"""A tiny invented dictionary in the layout of MedDRA's files: its codes begin with 99 and are nobody's."""

from typing import Any

from irt.safety.coding import ImportDictionary

MDHIER = """\
99100001$99200001$99300001$99400001$Invented malaise$Malaises$Groups$Invented general disorders$Genrl$$99400001$Y$
99100001$99200002$99300002$99400002$Invented malaise$Others$Other groups$Invented other disorders$Other$$99400001$N$
99100002$99200003$99300003$99400002$Invented itch$Itches$Itch groups$Invented other disorders$Other$$99400002$Y$
"""
PT = """\
99100001$Invented malaise$$99400001$$$$$$$$
99100002$Invented itch$$99400002$$$$$$$$
"""
LLT = """\
99000001$Felt invented$99100001$$$$$$$Y$$
99000002$Felt 100% invented$99100001$$$$$$$Y$$
99000003$Old invented feeling$99100001$$$$$$$N$$
99000004$Itch, invented$99100002$$$$$$$Y$$
"""
CHINESE = {"Felt invented": "虚构的不适", "Felt 100% invented": "完全虚构的不适", "Itch, invented": "虚构的瘙痒"}


def files(**other: str) -> dict[str, bytes]:
    """The three files; `other` takes the place of one, such as llt="…"."""
    texts = {"llt": LLT, "pt": PT, "mdhier": MDHIER} | other
    return {f"{name}.asc": text.encode() for name, text in texts.items()}


def chinese() -> dict[str, bytes]:
    """The same in Chinese, as far as it has names."""
    llt = LLT
    for english, name in CHINESE.items():
        llt = llt.replace(english, name)
    return files(llt=llt)


def release(given: dict[str, bytes] | None = None, **told: Any) -> ImportDictionary:
    """The order that imports it."""
    told = {"version": "0.1", "language": "en"} | told
    return ImportDictionary(**ImportDictionary.encoded(given or files()), **told)
