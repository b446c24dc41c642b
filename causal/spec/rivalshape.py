"""What the file of a rival graph looks like: the changes, and not the model again.

RivalShape ── like             the model that is changed
  ├─ add:  child -> parent -> AddedShape     arrows with their signs and reasons
  ├─ drop: child -> parent -> why            arrows that are taken out
  ├─ variables: VariableShape                new ones
  └─ mechanisms: child -> mechanism          where an arrow asks for another one, or for other options
"""

from __future__ import annotations

from typing import Annotated

from causal.spec.modelshape import EdgeShape, MechanismShape, VariableShape
from causal.spec.shape import AsMapping, AsWord, Name, OneOrMore, Shape, Text, by_form


class AddedShape(EdgeShape):
    """An arrow that is added; `on` and `needs` are its states in a noisy-or and a noisy-and."""

    on: OneOrMore = []
    needs: OneOrMore = []


class RivalShape(Shape):
    """A rival graph: what it changes in another model."""

    model: Name
    like: Name
    title: Text = ""
    about: Text = ""
    sources: dict[Name, Text] = {}
    variables: dict[Name, VariableShape] = {}
    add: dict[Name, dict[Name, AddedShape]] = {}
    drop: dict[Name, dict[Name, Text]] = {}
    mechanisms: dict[
        Name,
        Annotated[
            Annotated[Name, AsWord] | Annotated[MechanismShape, AsMapping],
            by_form("a mechanism, as a word or as 'kind: {options}'"),
        ],
    ] = {}
