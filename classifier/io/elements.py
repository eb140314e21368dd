"""Ranges of a page's text -> the elements they came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from resiliparse.parse.html import NodeType

_DEEPEST = 256  # elements in a path
_UNREAD = {"script", "style", "template", "noscript", "iframe", "textarea", "select", "svg", "math", "object", "title"}
_SURE = 20  # characters that do not stand in two places by chance
_AHEAD = 1 << 12  # of text that no node accounts for


class Elements:
    """The elements of a parsed page, and the texts that stand in them, in order."""

    def __init__(self, tree: Any) -> None:
        self._nodes: list[Any] = []
        self._parents: list[int] = []
        self._depths: list[int] = []
        self._steps: list[str] = []
        self._texts: list[tuple[str, int]] = []
        self._tree = tree
        self._walk(tree.document)

    def _walk(self, document: Any) -> None:
        """Look at every node in order; a page may be nested deeper than Python recurses."""
        node, inside, counts = document.first_child, -1, [0]
        while node is not None:
            child = None
            kind = node.type
            if kind is NodeType.ELEMENT:
                counts[-1] += 1
                name = node.tag
                self._add(node, name, inside, counts[-1])
                child = None if name in _UNREAD else node.first_child
            elif kind is NodeType.TEXT and inside >= 0:
                squeezed = "".join(node.value.split())
                if squeezed:
                    self._texts.append((squeezed, inside))
            if child is not None:
                inside = len(self._nodes) - 1
                counts.append(0)
                node = child
                continue
            following = node.next
            while following is None and inside >= 0:
                following, inside = self._nodes[inside].next, self._parents[inside]
                counts.pop()
            node = following

    def _add(self, node: Any, name: str, parent: int, place: int) -> None:
        self._nodes.append(node)
        self._parents.append(parent)
        self._depths.append(self._depths[parent] + 1 if parent >= 0 else 0)
        self._steps.append(name if parent < 0 or name in ("head", "body") else f"{name}:nth-child({place})")

    def node(self, element: int) -> Any:
        """Return the node of an element."""
        return self._nodes[element]

    def path(self, element: int) -> str | None:
        """Return a CSS selector that finds this element alone; None where it is nested too deeply to say."""
        if self._depths[element] >= _DEEPEST:
            return None
        steps = []
        while element >= 0:
            steps.append(self._steps[element])
            element = self._parents[element]
        return " > ".join(reversed(steps))

    def holders(self, text: str, ranges: Sequence[tuple[int, int]]) -> list[int | None]:
        """Return the smallest element around each range of ``text``, which but for its blanks is the page's."""
        starts, owners = self._placed(text)
        positions = _positions(text)
        found: list[int | None] = []
        for start, end in ranges:
            first = bisect_right(starts, bisect_right(positions, start - 1)) - 1
            last = bisect_right(starts, bisect_right(positions, end - 1) - 1) - 1
            found.append(self._around(owners[max(first, 0) : last + 1]))
        return found

    def _placed(self, text: str) -> tuple[list[int], list[int]]:
        """Return where in the text without blanks each piece begins, and the element it stands in, -1 for none."""
        squeezed, at = "".join(text.split()), 0
        starts, owners = [0], [-1]
        for piece, owner in self._texts:
            if not squeezed.startswith(piece, at):  # it is hidden, or something was put in before it
                later = squeezed.find(piece, at, at + len(piece) + _AHEAD) if len(piece) >= _SURE else -1
                if later < 0:
                    continue
                starts.append(at)
                owners.append(-1)
                at = later
            starts.append(at)
            owners.append(owner)
            at += len(piece)
        return starts, owners

    def _around(self, elements: Sequence[int]) -> int | None:
        """Return the smallest element around all of some, -1 among which stands for nothing."""
        common: int | None = None
        for element in elements:
            if element >= 0:
                common = element if common is None else self._meeting(common, element)
        return None if common is None or common < 0 else common

    def _meeting(self, one: int, other: int) -> int:
        while one != other:
            if self._depths[one] < self._depths[other]:
                one, other = other, one
            one = self._parents[one]
            if one < 0:
                return -1
        return one


def _positions(text: str) -> list[int]:
    """Return where each character that is no blank stands."""
    return [i for i, character in enumerate(text) if not character.isspace()]
