from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from beep_mock.configuration import configuration_schema, find_root, read_configuration
from beep_mock.errors import ConfigurationError
from beep_mock.workspace import Workspace

SCHEMA = configuration_schema()
KEYS = [*SCHEMA["properties"], "contract", "pact", ""]
SERVICE_KEYS = [*SCHEMA["properties"]["services"]["additionalProperties"]["properties"], "urls"]
IGNORE_KEYS = [*SCHEMA["properties"]["ignore"]["items"]["properties"], "rules"]


def write(root: Path, text: str, name: str = "beep-mock.toml") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def contract(root: Path, name: str) -> Path:
    return write(root, '{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}', name)


def toml(value: Any) -> str:
    """A value as TOML writes it; JSON's texts, lists, numbers and booleans are TOML's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


plain = st.sampled_from(["", "docs/a.yaml", "a:b", "NAME_URL"]) | st.booleans() | st.integers(0, 9)
texts = plain | st.lists(plain, max_size=2)
services = st.dictionaries(st.sampled_from(["shop", "stock"]), st.dictionaries(st.sampled_from(SERVICE_KEYS), texts))
ignores = st.lists(st.dictionaries(st.sampled_from(IGNORE_KEYS), texts, max_size=3), max_size=2)
tables = st.dictionaries(
    st.sampled_from(KEYS), texts | services | ignores | st.dictionaries(st.just("up"), texts), max_size=3
)


@given(table=tables)
def test_what_is_accepted_is_what_the_schema_says(tmp_path_factory: pytest.TempPathFactory, table: Any) -> None:
    root = tmp_path_factory.mktemp("workspace")
    write(root, "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items()))
    valid = Draft202012Validator(SCHEMA).is_valid(table)
    try:
        read_configuration(root)
        accepted = True
    except ConfigurationError as fault:
        accepted = "exclude each other" in fault.message  # which a schema of ours need not say
    assert accepted == valid


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    described = [SCHEMA["properties"], SCHEMA["properties"]["services"]["additionalProperties"]["properties"]]
    assert all("description" in entry for properties in described for entry in properties.values())


def test_without_a_file_the_conventions_hold(tmp_path: Path) -> None:
    contract(tmp_path, "contracts/shop/openapi.yaml")
    workspace = Workspace.find(tmp_path)
    assert (workspace.services, workspace.pacts, workspace.variable("shop")) == (
        ("shop",),
        tmp_path / "pacts",
        "SHOP_URL",
    )
    assert workspace.own_service == ""


@pytest.mark.parametrize("place", ["openapi.yaml", "docs/openapi.yaml", "api/openapi.json", "docs/swagger.yml"])
def test_a_single_service_needs_no_file(tmp_path: Path, place: str) -> None:
    contract(tmp_path, place)
    write(tmp_path, '[project]\nname = "inventory"\n', "pyproject.toml")
    (tmp_path / "src").mkdir()
    workspace = Workspace.find(tmp_path / "src")
    assert (workspace.root, workspace.services, workspace.own_service) == (tmp_path, ("inventory",), "inventory")
    assert workspace.contract_path("inventory") == tmp_path / place


def test_a_single_service_is_called_after_its_folder_where_nothing_else_names_it(tmp_path: Path) -> None:
    contract(tmp_path / "shop", "docs/openapi.yaml")
    assert Workspace.find(tmp_path / "shop").services == ("shop",)


@pytest.mark.parametrize(
    ("pattern", "files", "names"),
    [
        ("services/*/openapi.yaml", ["services/a/openapi.yaml", "services/b/openapi.yaml"], ("a", "b")),
        ("specs/*.yaml", ["specs/a.yaml", "specs/b.yaml"], ("a", "b")),
        ("specs/*.openapi.yaml", ["specs/a.openapi.yaml", "specs/b.yaml"], ("a",)),
        ("teams/*/*/api.yaml", ["teams/x/a/api.yaml"], ("x-a",)),
        ("**/openapi.yaml", ["deep/er/a/openapi.yaml"], ("a",)),
        ("specs/*-api-*.yaml", ["specs/shop-api-v1.yaml", "specs/stock-api-v2.yaml"], ("shop-v1", "stock-v2")),
        ("s?ecs/*.[xy]aml", ["specs/a.yaml", "spots/b.yaml"], ("a",)),
        ("services/shop/*.yaml", ["services/shop/openapi.yaml"], ("openapi",)),
    ],
)
def test_globs_name_the_services(tmp_path: Path, pattern: str, files: list[str], names: tuple[str, ...]) -> None:
    for file in files:
        contract(tmp_path, file)
    write(tmp_path, f'contracts = "{pattern}"\n')
    assert Workspace.find(tmp_path).services == names


def test_everything_can_be_elsewhere(tmp_path: Path) -> None:
    contract(tmp_path, "docs/stock.yaml")
    write(
        tmp_path,
        """
        [tool.beep-mock]
        name = "shop"
        pacts = "tests/pacts"
        mocks = "tests/mocks"
        providers = "src/providers"
        consumers = "tests/consumers"
        pythonpath = ["src"]
        [tool.beep-mock.services.stock]
        contract = "docs/stock.yaml"
        mock = "tests/stock-mock.yaml"
        states = "tests/states.py"
        sources = "src/stock"
        variable = "STOCK_BASE_URL"
        external = true
        """,
        "pyproject.toml",
    )
    workspace = Workspace.find(tmp_path)
    assert workspace.pacts == tmp_path / "tests/pacts"
    assert workspace.override_path("stock") == tmp_path / "tests/stock-mock.yaml"
    assert workspace.states_path("stock") == tmp_path / "tests/states.py"
    assert workspace.sources("stock") == tmp_path / "src/stock"
    assert workspace.provider_folder("stock") == tmp_path / "src/providers/stock"
    assert (workspace.variable("stock"), workspace.is_external("stock")) == ("STOCK_BASE_URL", True)
    assert (workspace.own_service, workspace.import_paths()[0]) == ("shop", str(tmp_path / "src"))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('pact = "a"', 1, "unknown key 'pact'; did you mean 'pacts'?"),
        ('\n[services.shop]\nurls = "x"', 3, "services.shop.urls: unknown key 'urls'; did you mean 'url'?"),
        ("pacts = 3", 1, "pacts: must be a text"),
        ('pacts = ""', 1, "pacts: must not be empty"),
        ("contracts = true", 1, "contracts: must be a text or a list"),
        ('services.shop.app = "shop"', 1, "services.shop.app: 'shop' has not the right form"),
        ('[services.shop]\napp = "a:b"\nurl = "http://x"', 3, "app and url exclude each other"),
        ('[[ignore]]\nrule = "x"', 1, "ignore[0]: lacks 'reason'"),
        ('pacts = "../elsewhere"', 1, "leads out of the workspace"),
        ('contracts = ["../*/openapi.yaml"]', 1, "leads out of the workspace"),
        ("a = ", 1, "is not TOML"),
        ('name = "a b"', 1, "name: 'a b' has not the right form"),
        ('contracts = ""', 1, "contracts: must not be empty"),
        ('[services.a]\napp = "a:b"\n[services.b]\napp = "b"', 4, "services.b.app: 'b' has not the right form"),
        ('[[ignore]]\nrule = "x"\nreason = "y"\n[[ignore]]\nrule = "z"', 4, "ignore[1]: lacks 'reason'"),
        ('[[ignore]]\nrule = "x"\nreason = "  "', 3, "ignore[0].reason: '  ' has not the right form"),
        ('name = """\npacts"""\npacts = 3', 3, "pacts: must be a text"),
        ('# pacts\npacts = [\n  "pacts",\n]', 2, "pacts: must be a text"),
        ('contracts = "services/*/../../../*/openapi.yaml"', 1, "leads out of the workspace"),
        ('mocks = "a\\u0000b"', 1, "leads out of the workspace"),
        (f"a = {'[' * 20_000}", None, "is nested too deeply"),
    ],
)
def test_what_is_wrong_is_one_fault_with_its_line(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as fault:
        read_configuration(tmp_path)
    assert (fault.value.file, fault.value.line) == (str(file), line)
    assert message in fault.value.message


def test_two_configurations_are_a_fault(tmp_path: Path) -> None:
    write(tmp_path, 'pacts = "a"')
    write(tmp_path, '[tool.beep-mock]\npacts = "b"', "pyproject.toml")
    with pytest.raises(ConfigurationError, match="configured twice"):
        read_configuration(tmp_path)


@pytest.mark.parametrize(
    ("own", "project", "pacts"),
    [
        ("", '[tool.beep-mock]\npacts = "b"', "b"),
        ('pacts = "a"', "[tool.beep-mock]", "a"),
        ("# nothing yet", '[project]\nname = "x"', "pacts"),
    ],
)
def test_an_empty_configuration_leaves_the_other_in_force(tmp_path: Path, own: str, project: str, pacts: str) -> None:
    write(tmp_path, own)
    write(tmp_path, project, "pyproject.toml")
    assert read_configuration(tmp_path).pacts == pacts
    assert find_root(tmp_path) == tmp_path


tables_with_apps = st.lists(
    st.tuples(st.sampled_from(["", "# app = 1", "# [services.x]"]), st.booleans()), min_size=1, max_size=6
)


@given(tables=tables_with_apps, data=st.data())
def test_the_line_of_a_fault_is_that_of_its_statement(
    tmp_path_factory: pytest.TempPathFactory, tables: list[tuple[str, bool]], data: st.DataObject
) -> None:
    wrong = data.draw(st.integers(0, len(tables) - 1))
    lines: list[str] = []
    expected = 0
    for number, (before, dotted) in enumerate(tables):
        value = json.dumps("app" if number == wrong else "app:app")
        if dotted:
            lines += [before, "[services]", f"s{number}.app = {value}"] if "[services]" not in lines else [before]
            if lines[-1] == before:
                lines += [f"[services.s{number}]", f"app = {value}"]
        else:
            lines += [before, f"[services.s{number}]", 'states = """', "app", '"""', f"app = {value}"]
        expected = len(lines) if number == wrong else expected
    root = tmp_path_factory.mktemp("workspace")
    write(root, "\n".join(lines))
    with pytest.raises(ConfigurationError) as fault:
        read_configuration(root)
    assert f"services.s{wrong}.app" in fault.value.message
    assert fault.value.line == expected


def test_a_project_file_of_others_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "not TOML at all [", "pyproject.toml")
    contract(tmp_path, "docs/openapi.yaml")
    assert find_root(tmp_path) == tmp_path


def test_two_contracts_of_one_service_are_a_fault(tmp_path: Path) -> None:
    contract(tmp_path, "a/shop/openapi.yaml")
    contract(tmp_path, "b/shop/openapi.yaml")
    write(tmp_path, 'contracts = ["a/*/openapi.yaml", "b/*/openapi.yaml"]')
    with pytest.raises(ConfigurationError, match="are both 'shop'"):
        _ = Workspace.find(tmp_path).services


def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "link").symlink_to(tmp_path)
    write(tmp_path / "home", 'pacts = "link/pacts"')
    with pytest.raises(ConfigurationError, match="leads out of the workspace"):
        read_configuration(tmp_path / "home")


def test_a_link_behind_a_wildcard_is_refused_where_it_leads_out(tmp_path: Path) -> None:
    contract(tmp_path, "elsewhere/openapi.yaml")
    contract(tmp_path, "home/services/shop/openapi.yaml")
    (tmp_path / "home/services/stock").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "home", 'name = "x"\ncontracts = "services/*/openapi.yaml"')
    with pytest.raises(ConfigurationError, match=r"'services/stock/openapi\.yaml', which leads out") as fault:
        _ = Workspace.find(tmp_path / "home").services
    assert fault.value.line == 2


def test_an_absolute_path_inside_the_workspace_is_that_path(tmp_path: Path) -> None:
    contract(tmp_path, "contracts/shop/openapi.yaml")
    write(tmp_path, f"pacts = {json.dumps(str(tmp_path / 'agreed'))}")
    assert Workspace.find(tmp_path).pacts == tmp_path / "agreed"


def test_a_folder_that_cannot_name_a_service_is_written_as_one_that_can(tmp_path: Path) -> None:
    contract(tmp_path / "My shop (new)", "docs/openapi.yaml")
    assert Workspace.find(tmp_path / "My shop (new)").services == ("My-shop-new",)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("services/*/openapi.yaml", "no file matches"), ("a**b", "is not a pattern"), ("a/**x/b", "is not a pattern")],
)
def test_a_pattern_that_finds_nothing_is_a_fault(tmp_path: Path, pattern: str, message: str) -> None:
    write(tmp_path, f'contracts = "{pattern}"')
    with pytest.raises(ConfigurationError, match=message if sys.version_info < (3, 13) else "no file|not a pattern"):
        _ = Workspace.find(tmp_path).services


def test_a_byte_order_mark_is_no_part_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "beep-mock.toml"
    file.write_bytes(b'\xef\xbb\xbfname = "shop"\r\npacts = "agreed"\r\n')
    configuration = read_configuration(tmp_path)
    assert (configuration.name, configuration.pacts) == ("shop", "agreed")
    assert (configuration.origin("name"), configuration.origin("pacts")) == ("beep-mock.toml:1", "beep-mock.toml:2")
