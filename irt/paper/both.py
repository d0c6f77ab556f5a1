"""A text in both languages: what a participant carries or a file keeps always shows the two."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Both:
    """The same in English and in Simplified Chinese."""

    en: str
    zh: str

    @property
    def line(self) -> str:
        """Both on one line, the Chinese first."""
        return f"{self.zh} {self.en}"
