"""The trial's study file with arms and kit types that bear rare names, so that a search can know each of them again."""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

STUDY_FILE = Path(__file__).parents[2] / "config" / "study.toml"
ARM = re.compile(
    r'(\[\[arms\]\]\nid = )"[^"]+"(\nkit_type = )"[^"]+"(\nratio = 1\n(?:control = true[^\n]*\n)?label = )\{[^}]*\}'
)
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowel: no word, and no hex number, looks like it


@dataclass(frozen=True)
class Rare:
    """The names that only the unmasked know. The second ones are longer: a length must not tell either."""

    arms: tuple[str, str]
    kit_types: tuple[str, str]
    file: str  # part of the name of every manifest's file, which is kept nowhere
    labels: tuple[str, str]  # of the arms, in either language: what is said to whom a treatment is shown

    @classmethod
    def drawn(cls, seed: int | None = None) -> "Rare":
        """New names; without a seed of this run alone."""
        chance = Random(seed)  # names of a test, no secret
        one, two, kit_one, kit_two, file = ("".join(chance.choices(LETTERS, k=n)) for n in (11, 14, 11, 15, 12))
        labels = ("".join(chance.choices(LETTERS, k=n)) for n in (12, 13))
        return cls((one, two), (kit_one, kit_two), file, (next(labels), next(labels)))

    def swapped(self) -> "Rare":
        """The twin: everything of the one arm under the names of the other."""
        return Rare(self.arms[::-1], self.kit_types[::-1], self.file, self.labels[::-1])

    @property
    def needles(self) -> list[str]:
        """What must be nowhere: the names, also as a page or an address might write them in small letters."""
        names = [*self.arms, *self.kit_types, self.file, *self.labels]
        return names + [name.lower() for name in names]

    def study_file(self, folder: Path) -> Path:
        """config/study.toml with these names for its two arms; all that everybody may know stays as it is."""
        names = iter(zip(self.arms, self.kit_types, self.labels, strict=True))

        def renamed(found: re.Match[str]) -> str:
            arm, kit_type, label = next(names)
            return f'{found[1]}"{arm}"{found[2]}"{kit_type}"{found[3]}{{en = "{label}", zh = "{label}"}}'

        text, count = ARM.subn(renamed, STUDY_FILE.read_text(encoding="utf-8"))
        assert count == len(self.arms), f"{STUDY_FILE.name} has {count} arms written as expected"
        path = folder / "study.toml"
        path.write_text(text, encoding="utf-8")
        return path
