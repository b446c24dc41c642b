"""What a notebook shows of a value, and what a terminal shows instead; showing never fails.

    value      notebook                                                                terminal
    Study      name, counts, experts, what nobody judged                               its repr, one line
    Posterior  draws, method, the gate of the run, experts                             its repr
    Answer     the sentence and a row per expert; no number where the gate refuses     its repr
    Ranking    a table per reading, the lowest probability first                       its repr
    Picture    the drawing                                                             what it shows, in words

Every word that comes from a file is escaped, and no place on a machine is named. A value that cannot be shown, being
broken, is shown by the name of its kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from causal.ask.answer import PANEL, Answer
from causal.ask.interventions import READINGS, Divergence, Ranking
from causal.ask.saying import counted
from causal.errors import UsageError
from causal.learn.elicited import Elicited
from causal.learn.gate import NO_GATE, PASS, Gate, judge_run
from causal.learn.sample import Draws
from causal.spec.model import Model
from causal.spec.priors import PANELS, Priors
from causal.spec.whole import write_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS = {"nuts": "NUTS", "iid": "independent draws"}
NONE = "–"
SAID = 3  # findings of the gate
LISTED = 12  # names in a list; how many more there are is said

type Shares = Mapping[str, Mapping[str, float]]


def safely(show: Callable[[], str], otherwise: str) -> str:
    """Return what ``show`` makes, or ``otherwise`` if it cannot: nothing is worse than a display that raises."""
    try:
        return show()
    except Exception:  # noqa: BLE001 - whatever state the object is in
        return otherwise


@dataclass(frozen=True, repr=False)
class Picture:
    """A drawing and what it shows in words.

    A chart has its Matplotlib ``figure``, a graph the ``shares`` that its bars show; ``lines`` makes an SVG, ``pixels``
    a PNG, when first asked for: a graph of hundreds of variables is read in words at once, and takes minutes to draw.
    """

    lines: Callable[[], str] = field(compare=False)
    text: str
    pixels: Callable[[], bytes] = field(default=bytes, compare=False)
    figure: Figure | None = field(default=None, compare=False)
    shares: Shares | None = None

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG."""
        return self.lines()

    def __repr__(self) -> str:
        return safely(lambda: str.strip(self.text, "\n"), "<Picture>")

    def _repr_svg_(self) -> str:
        return safely(lambda: str.strip(self.svg), "")

    def _repr_html_(self) -> str:
        from causal.tell.pictures.vector import inline

        # a drawing that is wider than the page is scrolled
        return safely(lambda: f'<div style="overflow-x: auto">{inline(self.svg)}</div>', str(escape("<Picture>")))

    def save(self, path: str | Path) -> Path:
        """Write the drawing as ``.svg`` or ``.png``, and return where it is.

        Raises UsageError where the name ends otherwise.
        """
        where = picture_path(path)
        return write_file(where, self.pixels() if where.suffix.lower() == ".png" else self.svg.encode("utf-8"))


def picture_path(path: str | Path) -> Path:
    """Return a path that a picture can be written to.

    >>> picture_path("graph.svg").name
    'graph.svg'
    """
    where = Path(path)
    if where.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"a picture is written as .svg or .png, not as {where.name!r}; name it {where.stem}.svg")
    return where


def graph(model: Model, shares: Shares | None = None, shown: str = "") -> Picture:
    """Draw a model's graph; ``shown`` says what the bars of ``shares`` are."""
    from causal.tell.pictures.dag import dag_png, dag_svg
    from causal.tell.pictures.words import dag_text

    name = model.title or model.name
    title = f"{name} ({shown})" if shown else name
    text = f"{dag_text(model, shares)}\n{shown[:1].upper()}{shown[1:]}.\n" if shown else dag_text(model, shares)
    pixels = partial(dag_png, model, shares, title)
    return Picture(partial(dag_svg, model, shares, title), text, pixels, shares=shares)


def chart(figure: Figure, title: str, text: str) -> Picture:
    """Take a Matplotlib figure as a picture."""
    from causal.tell.pictures.figure import png, svg

    return Picture(partial(svg, figure, title, text), text, partial(png, figure), figure)


# ── values as HTML ───────────────────────────────────────────────────────────────────────────────────────────────────


def study_html(model: Model, priors: Priors, elicited: Elicited | None, exact: bool = False) -> str:
    """Show a study; ``elicited`` is None where the judgements cannot be used."""
    title = f"{model.title or model.name} ({model.name})"
    edges = sum(len(variable.edges) for variable in model.variables.values())
    counts = f"{counted(len(model.variables), 'variable')}, {counted(edges, 'arrow')}, "
    counts += f"{counted(len(model.interventions), 'intervention')}; "
    if exact:
        return _page(title, _words(f"{counts}every number is in the model."), *(_words(f"{n}.") for n in model.notes))
    counts += f"{counted(len(priors.judgements), 'judgement')}, {counted(len(priors.defaults), 'default')}."
    outcome = f"Outcome: {model.outcome}." if model.outcome else "No outcome is named."
    said: dict[str, int] = {}
    for judgement in priors.judgements:
        said[judgement.by or ""] = said.get(judgement.by or "", 0) + 1
    stated = {name: expert.weight if expert.pool else 0.0 for name, expert in priors.experts.items()}
    weights = elicited.weights if elicited else stated
    rows = [
        (name, expert.title, expert.school, _inside(weights[name] > 0), str(said.get(name, 0)))
        for name, expert in priors.experts.items()
    ]
    return _page(
        title,
        _words(f"{counts} {outcome}"),
        _table(("expert", "name", "school", "in the panel", "judgements"), rows, left=4),
        _unjudged(elicited.weak if elicited else None),
    )


def _unjudged(silent: Mapping[str, Sequence[str]] | None) -> Markup:
    if silent is None:
        return _words("The judgements cannot be used as they stand; causal check says why.")
    found = [f"{expert}: {name}" for expert, names in silent.items() for name in names]
    if not found:
        return _words("Every parameter was judged, by its expert or as a default.")
    more = [f"and {len(found) - LISTED} more"] if len(found) > LISTED else []
    items = Markup("").join(Markup("<li>{}</li>").format(each) for each in (*found[:LISTED], *more))
    return _words("Nobody judged (a weak default stands in):") + Markup("<ul>{}</ul>").format(items)


def posterior_html(model: Model, priors: Priors, draws: Draws) -> str:
    """Show how a posterior was drawn, and whether the run deserves to be asked."""
    if not draws.parameters:
        said = "Every number is in the model: nothing is drawn."
        return _page(f"Posterior of {model.title or model.name}", _words(said))
    chains, each = draws.theta.shape[:2]
    rows = [
        (name, *_title(priors, name), METHODS.get(how, how))
        for name, how in zip(draws.experts, draws.method, strict=True)
    ]
    run = (
        "One draw: every parameter is at its median as stated."
        if draws.total == 1
        else f"{chains} chains of {each} draws for each expert, seed {draws.seed}."
    )
    nuts = f" Divergences: {draws.divergences}; least E-BFMI {min(draws.bfmi):.2f}." if draws.bfmi else ""
    return _page(
        f"Posterior of {model.title or model.name}",
        _words(f"{run}{nuts}"),
        _gate(judge_run(draws)),
        _table(("expert", "name", "school", "drawn by"), rows, left=4),
    )


def _title(priors: Priors, name: str) -> tuple[str, str]:
    """Return title and school of whoever draws are of: an expert, or a panel pooled into one posterior."""
    if name not in priors.experts:
        return PANELS[priors.pooling], ""
    return priors.experts[name].title, priors.experts[name].school


def answer_html(answer: Answer, labels: Mapping[str, str]) -> str:
    """Show an answer: the sentence, then the panel's row and one per expert; no number where the gate refuses."""
    if answer.exact:
        return _page(answer.question, _words(answer.text), *(_words(f"Note: {note}.") for note in answer.notes))
    parts = [_words(answer.text), _gate(answer.gate)]
    if not answer.gate.withholds:
        states = answer.states or ("",)
        header = ["expert", *(["state"] if answer.states else []), "mean", "median", _interval_head(answer)]
        rows = []
        for expert in (PANEL, *answer.experts):
            for state in states:
                e = answer.estimates[(expert, state)]
                named = [_named(expert, answer, labels), *([state] if answer.states else [])]
                rows.append((*named, _number(e.mean), _number(e.median), _interval(e.lower, e.upper)))
        parts.append(_table(header, rows, left=2 if answer.states else 1))
    return _page(answer.question, *parts, *(_words(f"Note: {note}.") for note in answer.notes))


def ranking_html(ranking: Ranking) -> str:
    """Show every point of divergence under every reading, a table to each."""
    parts: list[Markup] = [_gate(ranking.gate)]
    header = ("intervention", "when", str(ranking.event), "interval", "without it", "effect", "plausibility")
    for reading in READINGS:
        rows = [_divergence(each) for each in ranking.of(reading)]
        if rows:
            parts += [Markup("<h4>{}: {}</h4>").format(reading, READINGS[reading]), _table(header, rows, left=2)]
    parts += [_words(f"Skipped: {what}: {why}") for what, why in ranking.skipped]
    return _page(f"{ranking.event} after each point of divergence", *parts)


def explained_html(title: str, text: str, gate: Gate, header: tuple[str, ...], rows: Sequence[Sequence[object]]) -> str:
    """Show an analysis: its sentences, and the panel's rows of its table where the gate lets them be seen."""
    parts: list[Markup] = [_gate(gate), *(_words(line) for line in text.splitlines())]
    if rows and not gate.withholds:
        shown = [tuple(_plain(each) for each in row) for row in rows]
        parts.append(_table(header, shown, left=1))
    return _page(title, *parts)


def _plain(value: object) -> str:
    """Return a cell of a table: what is no number stays as it is, and what there is none of is a dash."""
    return NONE if value is None else _number(value) if isinstance(value, float) else str(value)


def _divergence(each: Divergence) -> tuple[str, ...]:
    when = "" if each.intervention.when is None else str(each.intervention.when)
    named = (each.intervention.title or each.intervention.name, when)
    gate = each.outcome.gate & each.without.gate & each.effect.gate
    if (gate if each.plausibility is None else gate & each.plausibility.gate).withholds:
        return (*named, "refused", *[NONE] * 4)
    outcome, effect = each.outcome.panel, each.effect.panel
    return (
        *named,
        _number(outcome.mean),
        _interval(outcome.lower, outcome.upper),
        _number(each.without.panel.mean),
        _number(effect.mean),
        _number(each.plausibility.panel.mean if each.plausibility else None),
    )


def _gate(gate: Gate) -> Markup:
    """Say what the gate says; what is not a pass stands out, by weight and not by colour alone."""
    if gate.empty:
        return Markup("<p>{}</p>").format(NO_GATE)
    if gate.verdict == PASS:
        return Markup("<p>Gate: pass.</p>")
    over = ", overridden" if gate.override else ""
    found = "; ".join(map(str, gate.findings[:SAID]))
    return Markup("<p><strong>Gate: {}{}.</strong> {}</p>").format(gate.verdict, over, found)


def _page(title: str, *parts: Markup) -> str:
    return str(Markup("<div><h3>{}</h3>{}</div>").format(title, Markup("").join(parts)))


def _words(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> Markup:
    """Make a table whose first ``left`` columns are words and the others numbers."""
    align = ["left" if at < left else "right" for at in range(len(header))]
    head = Markup("").join(
        Markup('<th scope="col" style="text-align: {}">{}</th>').format(side, name)
        for side, name in zip(align, header, strict=True)
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td style="text-align: {}">{}</td>').format(side, cell)
                for side, cell in zip(align, row, strict=True)
            )
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)


def _named(expert: str, answer: Answer, labels: Mapping[str, str]) -> str:
    if expert == PANEL:
        return PANELS[answer.pooling].replace("The", "the")
    return labels.get(expert, expert) + ("" if expert in answer.pooled else " (not in the panel)")


def _inside(pool: bool) -> str:
    return "yes" if pool else "apart"


def _interval_head(answer: Answer) -> str:
    return f"{100 * answer.ci_prob:.0f} % interval"


def _number(value: float | None) -> str:
    return NONE if value is None or math.isnan(value) else f"{value:.3f}"


def _interval(lower: float | None, upper: float | None) -> str:
    return NONE if lower is None or upper is None else f"[{lower:.3f}, {upper:.3f}]"
