from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.routing.router import Match, Router

WORLDS = Router(
    [
        ("/worlds", {"GET": "list", "POST": "add"}),
        ("/worlds/", {"GET": "slash"}),
        ("/worlds/{worldId}", {"GET": "one", "DELETE": "drop"}),
        ("/worlds/{id}", {"GET": "shadowed", "PUT": "put"}),
        ("/worlds/mine", {"GET": "mine"}),
        ("/worlds/{world-id}/inhabitants", {"GET": "inhabitants"}),
        ("/worlds/mine/moons", {"GET": "my moons"}),
        ("/files/{name}", {"GET": "plain"}),
        ("/files/{name}.json", {"GET": "json"}),
        ("/files/{name}.schema.json", {"GET": "schema"}),
        ("/files/fixed.json", {"GET": "fixed"}),
        ("/items/{id}:archive", {"POST": "archive"}),
        ("/items/{id}", {"GET": "item", "POST": "touch"}),
        ("/span/{from}-{to}", {"GET": "span"}),
        ("/span/v{major}.{minor}-{tag}", {"GET": "version"}),
        ("/caf%C3%A9/{dish}", {"GET": "menu"}),
        ("/a b/{x}", {"GET": "space"}),
        ("/x{id}", {"GET": "matrix"}),
        ("/queried?action=a", {"GET": "a"}),
        ("/queried?action=b", {"GET": "b", "POST": "b"}),
        ("/anchored/{id}#one", {"GET": "one"}),
        ("/anchored/{id}#two", {"PUT": "two"}),
        ("/paged{?page}", {"GET": "paged"}),
        ("missing/slash", {"GET": "tolerated"}),
        (" /around/{id} ", {"GET": "around"}),
        ("/broken/{id", {"GET": "broken"}),
        ("/two/{a}{b}", {"GET": "adjacent"}),
        ("/", {"GET": "root"}),
    ]
)


def payload(match: Match[str] | None, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    if match is None:
        return None
    route = match.methods[method]
    return route.payload, route.values(match.slots)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/worlds", ("list", {})),
        ("/worlds/", ("slash", {})),
        ("/worlds/7", ("one", {"worldId": "7"})),
        ("/worlds/mine", ("mine", {})),
        ("/worlds/mine/moons", ("my moons", {})),
        ("/around/7", ("around", {"id": "7"})),
        ("/around/7 ", ("around", {"id": "7 "})),
        ("/worlds/mine/inhabitants", ("inhabitants", {"world-id": "mine"})),
        ("/worlds/7/inhabitants", ("inhabitants", {"world-id": "7"})),
        ("/files/a", ("plain", {"name": "a"})),
        ("/files/a.json", ("json", {"name": "a"})),
        ("/files/a.schema.json", ("schema", {"name": "a"})),
        ("/files/.json", ("plain", {"name": ".json"})),
        ("/files/fixed.json", ("fixed", {})),
        ("/items/7:archive", ("item", {"id": "7:archive"})),
        ("/span/x-y-z", ("span", {"from": "x", "to": "y-z"})),
        ("/span/--", None),
        ("/span/---", ("span", {"from": "-", "to": "-"})),
        ("/span/v1.2-rc", ("version", {"major": "1", "minor": "2", "tag": "rc"})),
        ("/span/v1-rc", ("span", {"from": "v1", "to": "rc"})),
        ("/caf\u00c3\u00a9/pi\u00c3\u00b1a", ("menu", {"dish": "pi\u00f1a"})),
        ("/caf\u00e9/\u4e16", ("menu", {"dish": "\u4e16"})),
        ("/a b/c d", ("space", {"x": "c d"})),
        ("/x;id=5", ("matrix", {"id": ";id=5"})),
        ("/queried", ("a", {})),
        ("/anchored/5", ("one", {"id": "5"})),
        ("/paged", ("paged", {})),
        ("/missing/slash", ("tolerated", {})),
        ("/broken/{id", ("broken", {})),
        ("/two/xyz", ("adjacent", {"a": "x", "b": "yz"})),
        ("/", ("root", {})),
        ("", None),
        ("worlds", None),
        ("//", None),
        ("/worlds//", None),
        ("/worlds//inhabitants", None),
        ("/worlds/7/", None),
        ("/worlds/7/8", None),
        ("/nothing", None),
    ],
)
def test_paths_find_their_operation(path: str, expected: tuple[str, dict[str, str]] | None) -> None:
    assert payload(WORLDS.match(path, "GET")) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/worlds//inhabitants", ("", "/worlds/{world-id}/inhabitants")),
        ("//inhabitants", None),
        ("/worlds/", None),
        ("/worlds//", None),
        ("/worlds/7", None),
    ],
)
def test_a_parameter_within_a_path_may_lack_its_value(path: str, expected: tuple[str, str] | None) -> None:
    match = WORLDS.gap(path)
    assert (match and (match.slots[0], match.template)) == expected


def test_templates_that_differ_in_names_only_are_one_path_where_each_method_keeps_its_names() -> None:
    match = WORLDS.match("/worlds/7")
    assert match is not None
    assert sorted(match.methods) == ["DELETE", "GET", "PUT"]
    assert payload(match, "PUT") == ("put", {"id": "7"})
    assert match.methods["PUT"].template == "/worlds/{id}"
    assert (match.template, match.values) == ("/worlds/{worldId}", {"worldId": "7"})


def test_the_first_declaration_of_a_method_comes_first_where_keys_share_a_path() -> None:
    match = WORLDS.match("/queried")
    assert match is not None
    assert {method: route.payload for method, route in match.methods.items()} == {"GET": "a", "POST": "b"}
    assert [other.payload for other in match.methods["GET"].others] == ["b"]
    assert match.methods["POST"].others == ()


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/worlds/mine", ("mine", {})),
        ("POST", "/items/7:archive", ("archive", {"id": "7"})),
        ("GET", "/items/7:archive", ("item", {"id": "7:archive"})),
        ("GET", "/files/a.schema.json", ("schema", {"name": "a"})),
    ],
)
def test_a_method_is_looked_for_in_every_template_that_fits(method: str, path: str, expected: object) -> None:
    assert payload(WORLDS.match(path, method), method) == expected


def test_a_concrete_path_takes_all_methods_from_a_templated_one() -> None:
    match = WORLDS.match("/worlds/mine", "DELETE")
    assert match is not None
    assert (match.template, "DELETE" in match.methods) == ("/worlds/mine", False)


def test_an_undeclared_method_gives_the_best_match_and_all_methods_that_are_allowed() -> None:
    match = WORLDS.match("/worlds/mine", "PATCH")
    assert match is not None
    assert match.template == "/worlds/mine"
    assert WORLDS.allowed("/worlds/mine") == ("GET",)
    assert WORLDS.allowed("/items/7:archive") == ("GET", "POST")
    assert WORLDS.allowed("/nothing") == ()


def test_bytes_that_are_no_utf_8_still_match() -> None:
    assert payload(WORLDS.match("/worlds/\xff")) == ("one", {"worldId": "\xff"})


def test_an_encoded_slash_parts_segments_in_templates_as_in_requests() -> None:
    assert payload(Router([("/a%2Fb/{x}", {"GET": "it"})]).match("/a/b/c")) == ("it", {"x": "c"})


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/world/7", "GET /worlds/{worldId}"),
        ("/worlds/7/inhabitant", "GET /worlds/{world-id}/inhabitants"),
        ("/worlds/7/", "GET /worlds/{worldId}"),
        ("/v1/worlds/7/inhabitants", "GET /worlds/{world-id}/inhabitants"),
        ("/World", "GET /worlds"),
    ],
)
def test_an_unknown_path_is_told_its_nearest_operations(path: str, nearest: str) -> None:
    found = WORLDS.nearest(path)
    assert nearest in found
    assert len(found) == 3


def test_nothing_is_near_where_nothing_is_declared() -> None:
    assert Router[str]([]).nearest("/worlds") == []
    assert Router[str]([]).match("/worlds") is None
    assert WORLDS.nearest("/" + "a/" * 5000, limit=1) != []


# Against an oracle that tries every template by a regular expression and chooses by specificity.

LITERALS = st.sampled_from(["a", "b", "a.b", "v1", "é", "%41", ""])
PLAIN = st.just("{}")
MIXED = st.sampled_from(["{}.b", "a{}", "{}-{}", "v{}", "{}.a.b", "x{}.{}y"])
TEMPLATES = st.lists(st.one_of(LITERALS, PLAIN, MIXED), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
PATHS = st.lists(
    st.sampled_from(["a", "b", "a.b", "v1", "é", "A", "", "x", "x-y", "-x-", "xa.b", "x1.2y", "a.a.b"]), max_size=4
).map(lambda parts: "/" + "/".join(parts))


def fits(template: str, path: str) -> bool:
    pieces = [re.escape(unquote(piece)) for piece in template.split("{}")]
    return re.fullmatch("([^/]+)".join(pieces), path) is not None


def specificity(template: str) -> list[tuple[int, int, int]]:
    keys = []
    for segment in unquote(template).split("/")[1:]:
        if "{}" not in segment:
            keys.append((0, 0, 0))
        elif segment == "{}":
            keys.append((2, 0, 0))
        else:
            keys.append((1, -len(segment.replace("{}", "")), segment.count("{}")))
    return keys


@settings(deadline=None, max_examples=300)
@given(st.lists(TEMPLATES, min_size=1, max_size=12), PATHS)
def test_the_trie_agrees_with_trying_every_template(templates: list[str], path: str) -> None:
    named = [with_names(template) for template in templates]
    router = Router((template, {"GET": template}) for template in named)
    fitting = [(bare, template) for bare, template in zip(templates, named, strict=True) if fits(bare, path)]
    match = router.match(path)
    if not fitting:
        assert match is None
        return
    assert match is not None
    best = min(fitting, key=lambda entry: specificity(entry[0]))
    chosen = match.methods["GET"].payload
    assert specificity(chosen_bare(chosen)) == specificity(best[0])
    assert re.sub(r"\{(\w+)\}", lambda m: match.values[m[1]], unquote(chosen)) == path


def with_names(template: str) -> str:
    first, *others = template.split("{}")
    return first + "".join(f"{{p{index}}}{piece}" for index, piece in enumerate(others))


def chosen_bare(template: str) -> str:
    return re.sub(r"\{\w+\}", "{}", template)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_no_path_breaks_the_router(path: str) -> None:
    match = WORLDS.match(path)
    assert match is None or match.methods
    assert len(WORLDS.nearest(path)) == 3


def test_a_parameter_whose_values_hold_slashes_takes_several_segments_of_what_fits_nothing_else() -> None:
    router = Router(
        [
            ("/files/{path}", {"GET": "file"}),
            ("/files/{path}/tags", {"GET": "tags"}),
            ("/files/{a}/{b}", {"PUT": "two"}),
        ],
        {"/files/{path}": frozenset({"path"})},
    )
    assert payload(router.match("/files/a")) == ("file", {"path": "a"})
    assert payload(router.match("/files/a/tags")) == ("tags", {"path": "a"})
    assert payload(router.match("/files/a/b"), "PUT") == ("two", {"a": "a", "b": "b"})
    assert payload(router.match("/files/a/b/c.txt")) == ("file", {"path": "a/b/c.txt"})
    assert router.match("/files/") is None
    assert router.match("/other/a/b") is None


@pytest.mark.parametrize(
    ("template", "segment", "values"),
    [
        ("{name}{ending}", "island.json", ("island", ".json")),
        ("{name}{ending}", "a.json.xml", ("a.json", ".xml")),
        ("{name}{ending}", "island.txt", ("i", "sland.txt")),  # nothing listed: refused by the enum, not by the router
        ("{name}{ending}", ".json", (".", "json")),
        ("{lon}.{ext}", "50.5.json", ("50.5", "json")),
        ("{ext}.{lon}", "json.50.5", ("json", "50.5")),
        ("{ext}{name}-{ending}", "jsonb-.xml", ("json", "b", ".xml")),
        ("{a}.{b}", "x.y.z", ("x", "y.z")),
    ],
)
def test_listed_values_say_where_a_parameter_ends(template: str, segment: str, values: tuple[str, ...]) -> None:
    listed = {"ending": frozenset({".json", ".xml", "on.json"}), "ext": frozenset({"json", "xml"})}
    match = Router([(f"/{template}", {"GET": "it"})], listed={f"/{template}": listed}).match(f"/{segment}")
    assert match is not None
    assert match.slots == values


def test_of_wide_templates_the_method_and_the_literal_text_decide() -> None:
    templates = {"/a/{path}": {"GET": "one"}, "/a/{path}/tags": {"GET": "tags"}, "/a/{path}/close": {"POST": "close"}}
    router = Router(templates.items(), dict.fromkeys(templates, frozenset({"path"})))
    assert payload(router.match("/a/b/c/tags", "GET")) == ("tags", {"path": "b/c"})
    assert payload(router.match("/a/b/c/close", "POST"), "POST") == ("close", {"path": "b/c"})
    assert payload(router.match("/a/b/c/close", "GET")) == ("one", {"path": "b/c/close"})


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_wide_parameters_are_looked_for_in_paths_of_some_length_only(count: int) -> None:
    names = [f"p{n}" for n in range(count)]
    template = "/a/" + "/".join(f"{{{name}}}" for name in names) + "/end"
    router = Router([(template, {"GET": "it"})], {template: frozenset(names)})
    values = "/".join(["b"] * (count + 1))
    assert payload(router.match(f"/a/{values}/end")) is not None
    assert router.match("/a/" + "/" * 60_000 + "x") is None
