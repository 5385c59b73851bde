"""What the verifiers share: the question comes as JSON, the published keys by HTTP, the answer is JSON."""
import json
import sys
import urllib.request


def answer_with(make_verify, refusals):
    """Judges every case; whatever is not one of the library's own refusals is a failure of the program.

    make_verify gets the question and gives a function that verifies one case or raises.
    """
    asked = json.load(sys.stdin)
    verify = make_verify(asked)
    json.dump([judge(verify, case, refusals) for case in asked["cases"]], sys.stdout)


def judge(verify, case, refusals):
    try:
        verify(case)
    except refusals as refusal:
        return f"refused: {type(refusal).__name__} {refusal}"
    return "accepted"


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()
