"""A mutant: a provider that breaks its contract or a pact in one way, and how it is put in the provider's place."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

from benchmarks.servers import ROOT

__all__ = ["Mutant", "Standing", "standing", "starts"]

_MODULES = ("providers", "demonstration")


@dataclass(frozen=True)
class Mutant:
    """``operator`` has been applied at ``site`` of ``provider``.

    ``kind`` says to what: the ``wire`` (requests and answers pass a WSGI middleware, ``wrap``) or the ``source`` (a
    module named ``module`` is what ``code`` gives instead of its file). Neither is the provider as it is.
    """

    provider: str
    kind: str = "none"
    operator: str = "unmutated"
    site: str = ""
    wrap: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)
    module: str = ""
    code: Callable[[], CodeType] | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        return f"{self.provider}: {self.operator} at {self.site}" if self.site else f"{self.provider}: {self.operator}"


@dataclass(frozen=True)
class Standing:
    """A mutant in the provider's place: ``create()`` makes a fresh application of it."""

    create: Callable[[], Any]


@contextmanager
def standing(mutant: Mutant) -> Iterator[Standing]:
    """As long as this lasts, whoever imports the provider gets the mutant."""
    finder = _Finder(mutant)
    before = _forget()
    sys.meta_path.insert(0, finder)
    try:
        yield Standing(lambda: importlib.import_module(_application(mutant)).create_app())
    finally:
        sys.meta_path.remove(finder)
        _forget()
        sys.modules.update(before)


def starts(mutant: Mutant) -> bool:
    """Whether there is a provider at all: one that cannot be made is caught by whoever starts it."""
    try:
        with standing(mutant) as place:
            return callable(place.create())
    except BaseException:  # noqa: BLE001 - a mutant may do anything
        return False


def _application(mutant: Mutant) -> str:
    return f"providers.{mutant.provider}.app"


def _forget() -> dict[str, ModuleType]:
    """The provider's modules are imported anew: those of the last mutant are none of the next one's."""
    names = [name for name in sys.modules if any(f"{name}.".startswith(f"{one}.") for one in _MODULES)]
    return {name: sys.modules.pop(name) for name in names}


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        mutant = self._mutant
        wanted = (mutant.code is not None and name == mutant.module) or (
            mutant.wrap is not None and name == _application(mutant)
        )
        if not wanted:
            return None
        file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file), mutant))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, file: str, mutant: Mutant) -> None:
        super().__init__(name, file)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType | None:
        return self._mutant.code() if self._mutant.code is not None else super().get_code(fullname)

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        wrap = self._mutant.wrap
        if wrap is None:
            return
        create = module.create_app

        def create_app(*arguments: Any, **named: Any) -> Any:
            app = create(*arguments, **named)
            app.wsgi_app = wrap(app.wsgi_app)
            return app

        module.create_app = create_app  # type: ignore[attr-defined]
