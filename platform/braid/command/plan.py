"""`braid plan`: the SQL that leads from one database to another."""

import argparse
import json
import sys

from braid.command.comparing import Comparing
from braid.command.document import FORMAT
from braid.command.exits import Exit
from braid.command.printing import written
from braid.command.script import exit_of, online_note, plan_of, plan_values, script


def run(given: argparse.Namespace) -> Exit:
    """Read both sides, plan, print. With --down the way is from B back to A."""
    with Comparing(given) as comparing:
        pair = comparing.pair()
        pair = pair.turned() if given.down else pair
        planned = plan_of(pair, online=given.online)
        proof = comparing.proof(pair, planned)
    notes = (*pair.notes, *pair.suspicions(pair.changes()))
    notes += online_note(pair, planned) if given.online else ()
    if given.json:
        sides = {"before": pair.before.values(), "after": pair.after.values()}
        told = {"format": FORMAT, **sides, "matched_by": pair.matched_by, "notes": notes}
        print(json.dumps(told | plan_values(planned, proof, pair), indent=2, ensure_ascii=False))
    else:
        written(script(planned, proof, pair, notes), sys.stdout)
    return exit_of(planned, proof)
