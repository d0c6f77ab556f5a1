"""Texts in both languages at once, for what a participant carries or a file keeps, whoever prints it."""

from typing import Any

from flask_babel import force_locale

from irt.paper.both import Both


def both(text: Any) -> Both:
    """A lazy text in each language, whatever the reader's is."""
    with force_locale("en"):
        english = str(text)
    with force_locale("zh_Hans_CN"):
        return Both(english, str(text))


def of_study(words: Any) -> Both:
    """Words of study.toml as they stand there."""
    return Both(words.en, words.zh)
