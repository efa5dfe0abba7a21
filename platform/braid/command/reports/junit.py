"""An account as JUnit XML, in the dialect that Jenkins and GitLab read.

One suite for the layout's root, one case for each migration; what is about no single
migration, and each collision, is a case of its own. Only what blocks is a failure.
"""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from braid.command.reports.account import Account, Problem, Ran, Step, place_text


def render(*accounts: Account) -> str:
    """One suite for each account."""
    suites = Element("testsuites", {"name": "braid"})
    suites.extend(map(_suite, accounts))
    suites.attrib.update(_counts(suites, sum(each.seconds for each in accounts)))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"


def _suite(account: Account) -> Element:
    suite = Element("testsuite", {"name": _safe(f"braid {account.command} {account.root or '.'}")})
    suite.extend(_cases(account))
    suite.attrib.update(_counts(suite, account.seconds))
    return suite


def _counts(element: Element, seconds: float) -> dict[str, str]:
    cases = list(element.iter("testcase"))
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": 0,
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    return {**{name: str(number) for name, number in counts.items()}, "time": f"{seconds:.3f}"}


def _cases(account: Account) -> Iterator[Element]:
    stages = {step.name: step for step in account.steps}
    alone = [each for each in account.problems if each.migration not in stages]
    for step in account.steps:
        yield _of_step(step, [each for each in account.problems if each.migration == step.name], account)
    for problem in alone:
        if problem.is_blocking or not account.steps:
            yield _of_problem(problem, account)


def _of_step(step: Step, problems: list[Problem], account: Account) -> Element:
    case = _case(account, step.name, {"file": step.path, "time": f"{step.seconds:.3f}"})
    _say(case, problems)
    if step.ran is Ran.STOPPED and case.find("failure") is None:
        case.insert(0, Element("skipped", {"message": "the run ended before it"}))
    return case


def _of_problem(problem: Problem, account: Account) -> Element:
    place = problem.place
    about = problem.object or (place.path if place else "")
    name = " ".join(part for part in (problem.rule, about) if part)
    case = _case(account, name, {"file": place.path} if place else {})
    if place and place.line:
        case.set("line", str(place.line))
    _say(case, [problem])
    return case


def _case(account: Account, name: str, more: dict[str, str]) -> Element:
    group = f"{account.command}.{(account.root or 'schema').replace('/', '.')}"
    told = {"classname": group, "name": name, **more}
    return Element("testcase", {key: _safe(value) for key, value in told.items()})


def _say(case: Element, problems: Iterable[Problem]) -> None:
    """What blocks as one failure, for readers take the first alone; the rest as the case's output."""
    blocking = [each for each in problems if each.is_blocking]
    others = [each for each in problems if not each.is_blocking]
    if blocking:
        first = blocking[0]
        failure = SubElement(case, "failure", {"message": _safe(first.message), "type": _safe(first.rule)})
        failure.text = _safe("\n\n".join(map(_told, blocking)))
    if others:
        SubElement(case, "system-out").text = _safe("\n\n".join(map(_told, others)))


def _told(problem: Problem) -> str:
    places = (problem.place, *problem.others)
    where = [f"{place.note} {place_text(place)}".strip() for place in places if place]
    head = f"{problem.severity.value}: {problem.message} [{problem.rule}]"
    return "\n".join(part for part in (head, *where, problem.excerpt, problem.hint) if part)


def _safe(text: str) -> str:
    """Only characters that XML 1.0 has (2.2), for most control characters can't even be escaped."""
    return "".join(ch if _is_xml(ord(ch)) else "\ufffd" for ch in text)


def _is_xml(code: int) -> bool:
    is_plain = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return (is_plain and not 0x7F <= code < 0xA0) or 0x10000 <= code <= 0x10FFFF
