"""Swagger 2.0 as OpenAPI 3.0: a document is converted once, when it is loaded, so no other module sees Swagger 2.0.

Schemas keep their nodes and are changed where the two differ; everything around them (paths, operations, parameters,
responses, security) is made anew. Nodes in other files are converted by the role they are referred to in. What is no
node of the kind that must stand in its place stays as it is, so that the compilation of the contract says so.
"""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.reading.references import place, split
from beep_mock.contracts.reading.structure import PRODUCES
from beep_mock.contracts.swagger2.bodies import Parameters, Placed, convert_response, read_body
from beep_mock.contracts.swagger2.parameters import convert_parameter
from beep_mock.contracts.swagger2.root import read_schemes, read_servers
from beep_mock.contracts.swagger2.schemas import map_discriminated
from beep_mock.contracts.swagger2.source import Source, own_name

__all__ = ["convert_document"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_KEPT = ("tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security")
_ROOT_FIELDS = frozenset(
    {"swagger", "info", "host", "basePath", "schemes", "consumes", "produces", "paths", "definitions", "parameters",
     "responses", "securityDefinitions", "security", "tags", "externalDocs"}
)  # fmt: skip
_OPERATION_FIELDS = frozenset({*_KEPT, "consumes", "produces", "parameters", "responses", "schemes"})
_PATH_FIELDS = frozenset({*_METHODS, "$ref", "parameters"})


def convert_document(root: dict[str, Any], version: str, source: Source) -> dict[str, Any]:
    """Return the OpenAPI document of ``version`` that means what the Swagger 2.0 document ``root`` does.

    References to schemas must have been moved already (``Places.moved``) and all schemas been converted
    (``convert_schemas``). Origins and findings are noted in ``source``.
    """
    return _Conversion(root, source).run(version)


class _Conversion:
    def __init__(self, root: dict[str, Any], source: Source) -> None:
        self.root = root
        self.source = source
        self.places = source.places
        self.consumes = source.media_types(root, "#", "consumes") or ()
        self.produces = source.media_types(root, "#", "produces") or ()
        self.components: dict[str, dict[str, Any]] = {}
        self._homes: dict[tuple[str, str, tuple[str, ...]], str] = {}
        self._bodiless = 0

    def run(self, version: str) -> dict[str, Any]:
        root, places = self.root, self.places
        self.source.known(root, "#", _ROOT_FIELDS, "a document")
        new: dict[str, Any] = {"openapi": version}
        places.entry(new, "openapi", "#/swagger")
        for name in ("info", "externalDocs"):
            if name in root:
                new[name] = root[name]
        servers = read_servers(self.source, root, root, "#")
        if servers:
            new["servers"] = servers
        for name in ("tags", "security"):
            if name in root:
                new[name] = root[name]
        self._shared()
        if "paths" in root:
            new["paths"] = self._paths(root["paths"])
        if self.components:
            new["components"] = places.made(self.components, "#")
        new.update({name: value for name, value in root.items() if name.startswith("x-")})
        if self._bodiless:
            self.source.warn(
                "produces-missing",
                f"{self._bodiless} responses have a schema, and no 'produces' says in which media types: "
                "they have no body",
                "#", "add `produces: [application/json]` to the document or to the operations",
            )  # fmt: skip
        return new

    def _shared(self) -> None:
        """The sections for schemas, security schemes, parameters and responses, if only for those who read them."""
        root, source, places = self.root, self.source, self.places
        definitions = root.get("definitions")
        if type(definitions) is not dict:
            definitions, _ = source.mapping(root, "#", "definitions")
        if definitions:
            map_discriminated(definitions)
            self.components["schemas"] = places.made(definitions, "#/definitions")
        for origin, name in tuple(places.homes.items()):
            found = source.at(origin)
            if found is not None:
                schemas = self.components.setdefault("schemas", places.made({}, "#/definitions"))
                schemas[name] = found[0]
                places.entry(schemas, name, found[1])
        schemes = read_schemes(source, root)
        if schemes:
            self.components["securitySchemes"] = schemes
        for section, convert in (("parameters", self._shared_parameter), ("responses", self._shared_response)):
            named, at = source.mapping(root, "#", section)
            for name, node in named.items():
                if name.startswith("x-") and type(node) is not dict:
                    continue
                convert(node, child(at, name))

    def _shared_parameter(self, node: Any, at: str) -> None:
        found = self.source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            self.source.error("structure-invalid", "this is not a parameter", at)
        elif found[0].get("in") not in ("body", "formData"):
            self._home("parameters", found[0], found[1], ())

    def _shared_response(self, node: Any, at: str) -> None:
        found = self.source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            self.source.error("structure-invalid", "this is not a response", at)
        else:
            self._home("responses", found[0], found[1], self.produces)

    def _home(self, section: str, node: dict[str, Any], at: str, produces: tuple[str, ...]) -> str:
        """Return the place of a referenced parameter or response under ``components``, one for each variant."""
        if "schema" not in node and "examples" not in node:
            produces = ()
        key = (section, at, produces)
        home = self._homes.get(key)
        if home is None:
            origin = f"#/{section}"
            named = self.components.setdefault(section, self.places.made({}, origin))
            name = stem = own_name(at)
            declared, count = self.root.get(section), 1
            at_home = at == place(origin, stem) and produces in ((), self.produces)
            while name in named or (not at_home and type(declared) is dict and name in declared):
                count += 1
                name = f"{stem}_{count}"
            home = self._homes[key] = place("#/components", section, name)
            named[name] = {}  # for what leads back to itself
            if section == "parameters":
                named[name] = convert_parameter(self.source, node, at)
            else:
                named[name] = self._response(node, at, produces)
        return home

    def _paths(self, paths: Any) -> Any:
        if type(paths) is not dict:
            return paths
        new = self.places.made({}, "#/paths")
        for template, node in paths.items():
            at = child("#/paths", template)
            new[template] = node if template.startswith("x-") else self._path_item(node, at)
        return new

    def _path_item(self, node: Any, at: str) -> Any:
        found = self.source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            return node
        target, origin = found
        fields = {name: (value, child(origin, name)) for name, value in target.items() if name != "$ref"}
        if target is not node:
            fields |= {name: (value, child(at, name)) for name, value in node.items() if name != "$ref"}
        new = self.places.made({}, origin)
        shared = Parameters(None, [], [], at)
        if "parameters" in fields:
            shared = self._parameters(*fields["parameters"])
            if shared.converted != []:
                new["parameters"] = shared.converted
        for name, (value, here) in fields.items():
            if name in _METHODS:
                new[name] = self._operation(value, here, shared)
            elif name.startswith("x-"):
                new[name] = value
            elif name not in _PATH_FIELDS:
                self.source.warn("field-unknown", f"a path of Swagger 2.0 has no field '{name}'", here, "it is ignored")
            if name in new and split(here)[1] != f"{split(origin)[1]}/{name}":
                self.places.entry(new, name, here)
        return new

    def _operation(self, node: Any, at: str, shared: Parameters) -> Any:
        found = self.source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            return node
        node, at = found
        source = self.source
        source.known(node, at, _OPERATION_FIELDS, "an operation")
        consumes = source.media_types(node, at, "consumes")
        produces = source.media_types(node, at, "produces")
        consumes = self.consumes if consumes is None else consumes
        produces = self.produces if produces is None else produces
        new = self.places.made({}, at)
        new.update({name: node[name] for name in _KEPT if name in node})
        if "schemes" in node and (servers := read_servers(source, self.root, node, at)):
            new["servers"] = servers
        own = Parameters(None, [], [], child(at, "parameters"))
        if "parameters" in node:
            own = self._parameters(node["parameters"], own.at)
            if own.converted != []:
                new["parameters"] = own.converted
        body = read_body(source, own, shared, consumes)
        if body is not None:
            new["requestBody"] = body
        if "responses" in node:
            new["responses"] = self._responses(node["responses"], child(at, "responses"), produces)
        new.update({name: value for name, value in node.items() if name.startswith("x-")})
        if produces:
            new[PRODUCES] = list(produces)
        return new

    def _parameters(self, listing: Any, at: str) -> Parameters:
        source = self.source
        found = source.follow(listing, at)
        if found is None or type(found[0]) is not list:
            return Parameters(listing, [], [], at)
        if found[0] is not listing:
            source.warn("reference-misplaced", "'parameters' may not be a '$ref'; it is followed all the same", at)
        listing, at = found
        converted = self.places.made([], at)
        bodies: list[Placed] = []
        forms: list[Placed] = []
        for index, entry in enumerate(listing):
            here = f"{at}/{index}"
            target = source.follow(entry, here)
            if target is None:
                entry = self._dangling(entry, here)
            elif type(target[0]) is not dict:
                entry = target[0]
            elif (location := target[0].get("in")) == "body":
                bodies.append(target)
                continue
            elif location == "formData":
                forms.append(target)
                continue
            elif target[0] is entry:
                entry = convert_parameter(source, entry, here)
            else:
                entry = self.places.made({"$ref": self._home("parameters", *target, ())}, here)
            self.places.entry(converted, len(converted), here)
            converted.append(entry)
        return Parameters(converted, bodies, forms, at)

    def _dangling(self, node: dict[str, Any], at: str) -> dict[str, Any]:
        """Keep a dangling reference dangling, under a name that ``Places.shown`` can map back."""
        ref = node["$ref"]
        for section in ("parameters", "responses"):
            if type(ref) is str and ref.startswith(f"#/{section}/"):
                return self.places.made({"$ref": f"#/components{ref[1:]}"}, at)
        return node

    def _responses(self, node: Any, at: str, produces: tuple[str, ...]) -> Any:
        found = self.source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            return node
        if found[0] is not node:
            message = "'responses' may not be a '$ref'; it is followed all the same"
            self.source.warn("reference-misplaced", message, at)
        node, at = found
        new = self.places.made({}, at)
        for status, entry in node.items():
            here = child(at, status)
            target = self.source.follow(entry, here)
            if status.startswith("x-"):
                new[status] = entry
            elif target is None:
                new[status] = self._dangling(entry, here)
            elif type(target[0]) is not dict:
                new[status] = entry
            elif target[0] is entry:
                new[status] = self._response(entry, here, produces)
            else:
                new[status] = self.places.made({"$ref": self._home("responses", *target, produces)}, here)
        return new

    def _response(self, node: dict[str, Any], at: str, produces: tuple[str, ...]) -> dict[str, Any]:
        response = convert_response(self.source, node, at, produces)
        self._bodiless += "schema" in node and "content" not in response
        return response
