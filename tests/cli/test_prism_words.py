"""Command lines of Prism, understood as Prism understands them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from beep_mock.cli import proxy, serve
from beep_mock.cli.answering import answering_of
from beep_mock.cli.main import cli


def given(command: str, *words: str) -> dict[str, object]:
    """What the words of a command line mean, without running anything."""
    made = {"serve": serve, "proxy": proxy}[command].command
    return dict(made.make_context(command, list(words)).params)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["doc.yaml"], {"document": "doc.yaml", "port": 4010, "host": "127.0.0.1", "cors": True, "errors": False}),
        (["-p", "8080", "-h", "0.0.0.0", "doc.yaml"], {"port": 8080, "host": "0.0.0.0"}),  # noqa: S104 - not bound
        (["doc.yaml", "--port=8080", "--host=::1"], {"port": 8080, "host": "::1"}),
        (["doc.yaml", "-p=8080"], {"port": 8080}),
        (["doc.yaml", "-p8080"], {"port": 8080}),
        (["doc.yaml", "--cors=false"], {"cors": False}),
        (["--cors", "false", "doc.yaml"], {"cors": False, "document": "doc.yaml"}),
        (["doc.yaml", "--no-cors"], {"cors": False}),
        (["doc.yaml", "--no-cors=false"], {"cors": True}),
        (["doc.yaml", "--cors=true"], {"cors": True}),
        (["--cors", "true", "doc.yaml"], {"cors": True, "document": "doc.yaml"}),
        (["--cors", "doc.yaml"], {"cors": True, "document": "doc.yaml"}),
        (["doc.yaml", "--errors"], {"errors": True}),
        (["doc.yaml", "--errors=true"], {"errors": True}),
        (["doc.yaml", "--errors", "false"], {"errors": False}),
        (["doc.yaml", "--no-errors"], {"errors": False}),
        (["doc.yaml", "-d"], {"dynamic": True}),
        (["-d", "doc.yaml"], {"dynamic": True, "document": "doc.yaml"}),
        (["doc.yaml", "-d=true"], {"dynamic": True}),
        (["doc.yaml", "--dynamic=false"], {"dynamic": False}),
        (["doc.yaml", "--no-dynamic"], {"dynamic": False}),
        (["doc.yaml", "-dm"], {"dynamic": True, "multiprocess": True}),
        (["doc.yaml", "--ignoreExamples"], {"ignore_examples": True}),
        (["doc.yaml", "--ignore-examples"], {"ignore_examples": True}),
        (["doc.yaml", "--ignoreExamples=false"], {"ignore_examples": False}),
        (["doc.yaml", "--seed", "true"], {"seed": "true"}),
        (["doc.yaml", "--seed=-5"], {"seed": "-5"}),
        (["doc.yaml", "-v", "trace"], {"verbose_level": "trace"}),
        (["doc.yaml", "--verboseLevel=silent"], {"verbose_level": "silent"}),
        (["doc.yaml", "--json-schema-faker-fillProperties=false"], {"fill_properties": False}),
    ],
)
def test_words_of_prism_mock(words: list[str], meant: dict[str, object]) -> None:
    found = given("serve", *words)
    assert {name: found[name] for name in meant} == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], {"document": "doc.yaml", "upstream": "http://h", "validate_request": True, "errors": False}),
        (["--validate-request=false"], {"validate_request": False}),
        (["--validateRequest", "false"], {"validate_request": False}),
        (["--no-validate-request"], {"validate_request": False}),
        (["--errors", "--timeout", "2.5"], {"errors": True, "timeout": 2.5}),
    ],
)
def test_words_of_prism_proxy(words: list[str], meant: dict[str, object]) -> None:
    found = given("proxy", "doc.yaml", "http://h", *words)
    assert {name: found[name] for name in meant} == meant


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cors=maybe"], "neither true nor false"),
        (["--colour"], "No such option"),
        (["--seed"], "requires an argument"),
        (["-v", "loud"], "is not one of"),
        (["--examples", "repair", "--engine", "prism"], "--examples is for our own engine"),
    ],
)
def test_what_is_not_understood_is_said(words: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "doc.yaml", *words], standalone_mode=True)
    assert said in done.output
    assert done.exit_code != 0


def test_help_names_the_options_that_matter() -> None:
    text = CliRunner().invoke(cli, ["serve", "--help"]).output
    for word in ("--examples", "--ignore-examples", "-d, --dynamic", "--seed", "-v, --verbose-level", "prism mock"):
        assert word in text
    assert "multiprocess" not in text


def test_generated_answers_vary_unless_a_seed_is_given() -> None:
    assert answering_of(given("serve", "doc.yaml", "-d")).varied
    seeded = answering_of(given("serve", "doc.yaml", "-d", "--seed", "7"))
    assert (seeded.varied, seeded.seed) == (False, 7)
