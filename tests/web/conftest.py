"""The pages under test: the real app over the cast's world, and a browser that only speaks HTTP."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.test import TestResponse

from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.web import create
from tests.cast import PASSWORD, World, world

TRANSLATIONS = Path(__file__).parents[2] / "irt" / "translations"


@pytest.fixture(scope="session", autouse=True)
def _catalogues() -> None:
    """The catalogues are compiled, as the set-up does it."""
    for po in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        making = po.with_suffix(f".{os.getpid()}")
        with po.open("rb") as source, making.open("wb") as target:
            write_mo(target, read_po(source))
        making.rename(po.with_suffix(".mo"))


class Visitor:
    """A browser: keeps cookies, and fills in a form with the tokens that the form was shown with."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url="https://localhost", **more)

    def post(self, path: str, data: dict[str, Any], **more: Any) -> TestResponse:
        return self.client.post(path, base_url="https://localhost", data=data, **more)

    def tokens(self, path: str) -> dict[str, str]:
        """The hidden fields of the form at `path`."""
        return hidden(self.get(path).text)

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Open the form at `path`, fill it in and send it."""
        return self.post(path, {**self.tokens(path), **fields})

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.send("/sign-in", login=login, password=password)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's last form."""
    form = page[page.rindex("<form") if "<form" in page else 0 :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.fixture
def trial(database_url: str) -> World:
    """A world in which nobody has done anything yet."""
    return world(database_url)


@pytest.fixture
def app(trial: World) -> Flask:
    """The app over that world."""
    return create(trial.service)


@pytest.fixture
def visit(app: Flask, trial: World) -> Callable[[str], Visitor]:
    """Somebody of the cast, signed in through the page, reading English."""
    return visiting(trial, app)


def visiting(world: World, app: Flask) -> Callable[[str], Visitor]:
    """How somebody of a world's cast comes to its pages."""

    def signed_in(name: str) -> Visitor:
        world.actor(name)
        visitor = Visitor(app)
        assert visitor.sign_in(name).status_code == 303
        visitor.get("/language/en")
        return visitor

    return signed_in


def manifest(trial: World, kits: int = 64) -> bytes:
    """A packager's kit list for the trial's arms, scrambled."""
    kinds = {arm.kit_type: kits // len(trial.study.arms) for arm in trial.study.arms}
    types = scramble_types(kinds, trial.entropy.take)
    numbers = make_kit_numbers(kits, trial.entropy.take)
    lines = [
        f"{number},{kind},L1,2028-12-31,{trial.study.kit.vials}" for number, kind in zip(numbers, types, strict=True)
    ]
    return "\n".join(["kit_number,kit_type,lot,expiry,vials", *lines]).encode()


@pytest.fixture
def app_alone(tmp_path: Path) -> Flask:
    """The app where no request reaches a database."""
    return create(world(f"sqlite:///{tmp_path / 'unused.sqlite'}").service)
