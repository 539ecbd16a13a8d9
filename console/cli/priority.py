"""`triage priority`: the rules that put referrals in order: shown, checked, and asked again."""

from pathlib import Path
from typing import Annotated

import typer

from config.priority import PriorityRules, Rule, load_rules
from config.settings import load_settings
from console.cli.frame import Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import counted, print_json, print_line, print_table, say
from engine.records.actors import Actor

app = group("The rules that put referrals in order: show, check, apply.")

RulesFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A file of rules; without it, the one that is set.")
]


@app.command(epilog=examples("triage priority show", "triage priority show --text > my-rules.toml"))
def show(
    text: Annotated[
        bool, typer.Option("--text", help="The TOML itself, with its comments, to change a copy of.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the rules that are set: points, names and sentences."""
    file = load_settings().priority.rules
    rules = load_rules(None if file is None else Path(file))
    if text:
        print_line(rules.text.rstrip())
    elif as_json:
        print_json(_document(rules, file))
    else:
        _print(rules)
        print_line("")
        print_line(
            f"From {file or 'Triage itself'}. Each point brings a referral one place nearer to 0, which is urgent."
        )


@app.command(epilog=examples("triage priority check my-rules.toml"))
def check(file: RulesFile = None, as_json: Json = False) -> None:
    """Check a file of rules; what is wrong is named with its rule and line. Ends with 2 where something is."""
    named = str(file) if file is not None else load_settings().priority.rules
    rules = load_rules(None if named is None else Path(named))
    if as_json:
        print_json(_document(rules, named))
    else:
        _print(rules)
        say(f"{counted(len(rules.rules), 'rule')}, nothing wrong.")


@app.command(epilog=examples("triage priority apply"))
def apply(as_json: Json = False) -> None:
    """Sort what waits by the rules now, without waiting for the keeper; safe to repeat.

    Raises no alarm where nothing changed. Work that has become urgent moves to its lane with the keeper's next round.
    """
    from jobs.ordering import order_again

    here = open_deployment()
    file = here.settings.priority.rules
    load_rules(None if file is None else Path(file))  # Somebody who asks is told what is wrong.
    done = order_again(here.records, here.settings, Actor.machine("command:priority"))
    if as_json:
        print_json({"asked": done.asked, "moved": done.moved})
    else:
        say(f"{counted(done.asked, 'referral')} asked about, {done.moved} moved.")


def _print(rules: PriorityRules) -> None:
    print_table(
        ("points", "rule", "because", "when"),
        ((rule.points, rule.name, rule.because, _conditions(rule)) for rule in rules.rules),
        empty="No rules: every referral stands where it was put in.",
    )


def _document(rules: PriorityRules, file: str | None) -> dict[str, object]:
    return {
        "file": file,
        "digest": rules.digest,
        "rules": [rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in rules.rules],
    }


def _conditions(rule: Rule) -> str:
    given = rule.when.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "; ".join(f"{name} {_words(value)}" for name, value in given.items())


def _words(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return " or ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
