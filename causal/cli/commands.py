"""The commands, each a few lines: read, ask the front door, show.

check     reads both files and says what is in them, and what is wrong with them
show      draws the graph, in the terminal or into a file
elicit    lays what each expert said beside what comes out of it
sample    draws from the posterior, once; everything after takes the stored draws
ask       answers one question
rank      compares the named interventions
explain   answers what made the difference: which change, since when, but for what, through what
compare   asks one question under rival graphs
report    writes the report: HTML, Markdown, JSON
schema    writes the JSON Schemas that editors check files with
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from causal.cli import comparing
from causal.cli.opening import asking, leave, the_posterior, the_posteriors, the_rivals, the_study
from causal.cli.options import (
    Beside,
    Cluster,
    DrawCount,
    Drawing,
    DryRun,
    Expert,
    Filled,
    Json,
    Medians,
    ModelName,
    OneReading,
    Outcome,
    Page,
    PriorsFile,
    Questions,
    Quiet,
    Seed,
    Sheets,
    Ungated,
    print_version,
)

app = typer.Typer(
    name="causal",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="MODEL is a file or a shipped name. Try: causal check rain",
)


@app.callback()
def causal(
    show_version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error of the program (or set CAUSAL_DEBUG=1).")
    ] = False,
) -> None:
    """Answer causal questions about one case from the cited judgements of several experts.

    Results go to stdout, messages and progress to stderr. Exit codes: 0 it worked, 1 an error of the program,
    2 a command that makes no sense, 3 a bad file, 4 the gate, 5 a question that cannot be answered, 130 interrupted.
    """


@app.command(epilog="Example: causal check rain")
def check(model: ModelName, priors: PriorsFile = None, as_json: Json = False) -> None:
    """Read both files and say what is wrong with them.

    Lists which judgements set a parameter and which are evidence or only checked, what nobody judged, misfits, and
    signs that the numbers contradict. Every problem of a bad file gets a line of its own; the exit code is then 3.
    """
    from causal.cli import checking, screen
    from causal.errors import SpecError
    from causal.study import load

    try:
        found = checking.facts(load(model, priors))
    except SpecError as error:
        if as_json:
            names = ("path", "line", "column", "where", "message")
            screen.emit({"problems": [{name: getattr(each, name) for name in names} for each in error.problems]})
        raise
    if as_json:
        screen.emit(found | {"problems": []})
    else:
        checking.render(found)
    if found["refused"]:
        raise typer.Exit(5)


@app.command(epilog="Example: causal show rain --out rain.svg")
def show(
    model: ModelName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write a picture, .svg or .png, instead of text.")
    ] = None,
    priors: PriorsFile = None,
    seed: Seed = 1,
    medians: Medians = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw the graph, in the terminal or as a picture.

    Where there are priors, every state has its probability with no intervention: the posterior's if its draws are kept
    (see causal sample), or else with every parameter at its median as stated. Nothing is sampled.
    """
    from causal.cli import showing

    target = showing.target(out)  # before anything is read
    showing.show_graph(the_study(model, priors, quiet), target, None if medians else seed, as_json, quiet)


@app.command(epilog="Example: causal elicit rain --by anna")
def elicit(
    model: ModelName,
    priors: PriorsFile = None,
    by: Expert = None,
    questionnaire: Questions = False,
    out: Sheets = None,
    merge: Filled = None,
    dry_run: DryRun = False,
    html: Page = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Lay what each expert said beside what comes out of it.

    What sets a parameter stands beside the belief fitted to it; what is said about several parameters at once beside
    what the expert's other judgements imply. Misfit and contradiction are marked. Nothing is sampled. With
    --questionnaire it writes what is still to be asked, in plain words, and with --merge it takes the answers in.
    """
    from causal.cli import eliciting, interviewing, screen, showing
    from causal.errors import UsageError
    from causal.spec.whole import room

    if out is not None and not questionnaire:
        raise UsageError("--out is the folder of --questionnaire; write both, or leave it out")
    if questionnaire or merge is not None or dry_run:
        folder = (out or Path()) if questionnaire else None
        if folder is not None:
            room(folder)
        interviewing.interview(model, priors, by, folder, merge, dry_run, as_json, quiet)
        return
    page = None if html is None else showing.place(html)
    study = the_study(model, priors, quiet)
    if study.exact:
        raise UsageError(f"{study.model.name} has every number in the model, so nobody judged any")
    with screen.step("reading the judgements", quiet):
        found = eliciting.facts(study, by)
        if page is not None:
            found["html"] = eliciting.write_page(study, by, page).as_posix()
    if as_json:
        screen.emit(found)
    else:
        eliciting.render(found)


@app.command(epilog="Example: causal sample rain --seed 1")
def sample(
    model: ModelName,
    priors: PriorsFile = None,
    seed: Seed = 1,
    draws: DrawCount = None,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Draw from the posterior and keep the draws.

    Questions, rankings and reports take the draws that are kept, for the same files, seed and number of draws.
    They are in the folder CAUSAL_CACHE, or in "causal" under the user's cache folder. Each expert's are kept as soon as
    they are made: an interrupted command goes on where it was.
    """
    from causal.cli import answers

    study = the_study(model, priors, quiet)
    started = time.perf_counter()
    posterior, stored = the_posterior(study, seed, draws, quiet, keep=True)
    gate = answers.show_run(posterior, stored, time.perf_counter() - started, as_json, allow_ungated)
    leave(gate)


@app.command(epilog='Example: causal ask rain "P(grass = wet | do(rain = heavy))"')
def ask(
    model: ModelName,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="For example: P(grass = wet | do(rain = heavy))")],
    priors: PriorsFile = None,
    seed: Seed = 1,
    draws: DrawCount = None,
    level: Annotated[
        Literal["population", "case"],
        typer.Option("--level", help="What is given locates the case (population), or is news about it (case)."),
    ] = "population",
    medians: Medians = False,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Answer one question.

    Gives the panel's number with its interval, then every expert's own. P(y = s | x = t) is what seeing x = t says
    about y, P(y = s | do(x = t)) what making it so does, P(y[x = t] = s | record) what would have been, had x been t
    and everything else that happened been given. The first question samples, the next take the same draws.
    """
    from causal.cli import answers
    from causal.spec.grammar import parse_question

    parsed = parse_question(question)  # before anything is sampled
    study = the_study(model, priors, quiet)
    study.elicited.writer.write(parsed)
    posterior = study.at_medians() if medians else the_posterior(study, seed, draws, quiet)[0]
    with asking("answering", posterior, quiet):
        answer = posterior.ask(parsed, level)
    gate = answers.show_answer(posterior, answer, as_json, allow_ungated)
    leave(gate)


@app.command(epilog='Example: causal rank rain --outcome "grass = wet"')
def rank(
    model: ModelName,
    priors: PriorsFile = None,
    outcome: Outcome = None,
    reading: OneReading = None,
    by_expert: Annotated[bool, typer.Option("--by-expert", help="A line for every expert below the panel's.")] = False,
    pairs: Annotated[bool, typer.Option("--pairs", help="Every pair as well, and how often each is best.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every single setting before the outcome as well.")] = False,
    seed: Seed = 1,
    draws: DrawCount = None,
    medians: Medians = False,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Compare the named interventions.

    Gives the probability of the outcome with and without each, and the difference. Plausibility is the probability of
    what an intervention sets, given the history before it: how far history would have had to bend. A retrospective
    number compares two worlds, and rests on an assumption: each variable keeps its luck.
    """
    from causal.cli import answers, explaining
    from causal.errors import QueryError, UsageError
    from causal.spec.grammar import parse_event

    event = parse_event(outcome) if outcome is not None else None
    study = the_study(model, priors, quiet)
    if not study.model.interventions:
        raise UsageError(f"{study.model.name} names no interventions; add some, or ask with do(...) instead")
    if event is None and study.model.outcome is None:
        raise UsageError(f"{study.model.name} names no outcome; say which: --outcome 'variable = state'")
    posterior = study.at_medians() if medians else the_posterior(study, seed, draws, quiet)[0]
    only = answers.CALLED[reading] if reading and (pairs or everything) else ""  # else what is left out is listed
    with asking("comparing the interventions", posterior, quiet):
        ranking = posterior.interventions(event, pairs=pairs, everything=everything, reading=only)
    if pairs or everything:
        leave(explaining.show_explained(ranking.sweep, None, as_json, allow_ungated))
        return
    if not ranking.divergences:
        why = [f"{what}: {reason}" for what, reason in ranking.skipped]
        raise QueryError("\n".join(["no intervention can be compared", *why]))
    gate = answers.show_ranking(ranking, reading, by_expert, as_json, allow_ungated)
    leave(gate)


@app.command(epilog="Example: causal explain rain responsibility")
def explain(
    model: ModelName,
    analysis: Annotated[
        str | None, typer.Argument(metavar="[ANALYSIS]", help="What to ask; left out, the list of what can be asked.")
    ] = None,
    priors: PriorsFile = None,
    outcome: Outcome = None,
    reading: Annotated[
        Literal["forecast", "minimal", "retrospective"] | None,
        typer.Option("--reading", help="How a change is read; else minimal, or forecast of what is still to come."),
    ] = None,
    of: Annotated[str, typer.Option("--of", metavar="NAME", help="What it is about: a cause, a change, a date.")] = "",
    against: Annotated[str, typer.Option("--against", metavar="NAME", help="What that is compared with.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every single setting as well.")] = False,
    below: Annotated[float, typer.Option("--below", metavar="P", help="The probability to get under.")] = 0.5,
    confidence: Annotated[float, typer.Option("--confidence", metavar="SHARE", help="In this share of draws.")] = 0.8,
    out: Drawing = None,
    picture: Annotated[str, typer.Option("--picture", metavar="NAME", help="Its second picture: next, avoided.")] = "",
    seed: Seed = 1,
    draws: DrawCount = None,
    medians: Medians = False,
    cluster: Cluster = None,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Answer what made the difference.

    Which change does most, the smallest rewrite of history, since when it was hard to avoid, but for what and through
    what it came, persons or structures, what the other worlds look like, and what carries the answer.
    """
    from causal.cli import answers, explaining, showing
    from causal.errors import UsageError
    from causal.spec.grammar import parse_event

    if analysis is None:
        explaining.list_analyses(as_json)
        return
    target = showing.target(out)
    event = parse_event(outcome) if outcome is not None else None
    study = the_study(model, priors, quiet)
    if event is None and study.model.outcome is None:
        raise UsageError(f"{study.model.name} names no outcome; say which: --outcome 'variable = state'")
    posterior = study.at_medians() if medians else the_posterior(study, seed, draws, quiet)[0]
    options = {"reading": answers.CALLED[reading] if reading else "", "everything": everything, "below": below}
    options |= {"confidence": confidence, "of": of, "against": against, "cluster": cluster}
    with asking(f"asking: {analysis}", posterior, quiet):
        found = posterior.explain(analysis, event, **options)
    drawn = None if target is None else (target, picture)
    leave(explaining.show_explained(found, drawn, as_json, allow_ungated))


app.command(epilog="Example: causal compare ussr --rivals --medians")(comparing.compare)


@app.command(epilog="Example: causal report rain --out out/")
def report(
    model: ModelName,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the three files.")] = Path("out"),
    priors: PriorsFile = None,
    rivals: Beside = False,
    seed: Seed = 1,
    draws: DrawCount = None,
    as_json: Json = False,
    quiet: Quiet = False,
    allow_ungated: Ungated = False,
) -> None:
    """Write the report: HTML, Markdown and JSON.

    Says where the three files are, and the one sentence that matters most. With --rivals the headline is asked under
    every rival graph as well, each a fit of its own, and the report says what it hangs on.
    """
    from causal.cli import answers
    from causal.errors import UsageError
    from causal.spec.whole import room

    room(out)  # before anything is computed
    study, *others = the_rivals(model, priors, quiet) if rivals else [the_study(model, priors, quiet)]
    if study.model.outcome is None:
        raise UsageError(f"{study.model.name} names no outcome to report on; write 'outcome: variable = state' in it")
    posterior, *rivalling = the_posteriors([study, *others], seed, draws, quiet)
    with asking("gathering what the report says", posterior, quiet):
        facts = posterior.facts(allow_ungated, rivalling)
    gate = answers.show_report(facts, out, as_json)
    leave(gate)


@app.command(epilog="Example: causal schema --out schemas/")
def schema(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder that has, or gets, models/ and priors/.")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Write the JSON Schemas that editors check files with.

    They go to models/causal-model.schema.json, models/causal-rival.schema.json and priors/causal-priors.schema.json.
    An editor finds one by the first line of a file: "# yaml-language-server: $schema=causal-model.schema.json".
    """
    from causal.cli import screen
    from causal.spec.schema import FILES, write_schemas

    written = [out / name for name in FILES]
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_schemas(out)
    if as_json:
        screen.emit({"written": [path.as_posix() for path in written]})
    else:
        for path in written:
            screen.show(path.as_posix())
