"""Finds the route for a path in a few dictionary look-ups, whatever the number of routes."""

from collections.abc import Iterable, Mapping

from api.problems import Problem, not_found
from api.routing import TillRoute

Methods = dict[str, TillRoute]


class Dispatcher:
    """A tree of path segments. A literal segment comes before a parameter."""

    def __init__(self, routes: Iterable[TillRoute]) -> None:
        self._root = _Node()
        self._literal: dict[str, _Node] = {}
        for route in routes:
            node = self._root.plant(route)
            if "{" not in route.path:
                self._literal[route.path] = node

    def find(self, method: str, path: str) -> tuple[TillRoute, Mapping[str, str]]:
        """The route and its parameters; HEAD is served by GET. Raises 404, or 405 with Allow."""
        parameters: list[str] = []
        node = self._literal.get(path) or self._root.reach(path.split("/"), 0, parameters)
        if node is None:
            raise not_found()
        route = node.methods.get("GET" if method == "HEAD" else method)
        if route is None:
            detail = f"This resource does not take {method[:20]}."
            raise Problem(405, "method-not-allowed", detail, headers=[(b"allow", node.allow())])
        return route, dict(zip(node.names[route.path], parameters, strict=True))

    def allowed(self, path: str) -> bytes:
        """What OPTIONS says. Raises 404."""
        node = self._root.reach(path.split("/"), 0, [])
        if node is None:
            raise not_found()
        return node.allow()


class _Node:
    __slots__ = ("literals", "methods", "names", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: Methods = {}
        self.names: dict[str, tuple[str, ...]] = {}

    def plant(self, route: TillRoute) -> "_Node":
        node, names = self, []
        for segment in route.path.split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literals.setdefault(segment, _Node())
        node.names[route.path] = tuple(names)
        for method in route.methods or ():
            if method in node.methods:
                raise ValueError(f"{method} {route.path} is served twice")
            node.methods[method] = route
        return node

    def reach(self, segments: list[str], index: int, parameters: list[str]) -> "_Node | None":
        if index == len(segments):
            return self if self.methods else None
        literal = self.literals.get(segments[index])
        if literal is not None and (found := literal.reach(segments, index + 1, parameters)) is not None:
            return found
        if self.parameter is None or not segments[index]:
            return None
        parameters.append(segments[index])
        found = self.parameter.reach(segments, index + 1, parameters)
        if found is None:
            parameters.pop()
        return found

    def allow(self) -> bytes:
        methods = {*self.methods, "OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())
        return ", ".join(sorted(methods)).encode()
