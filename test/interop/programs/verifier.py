"""Shared by the verifiers: the input and the output are JSON; the published keys come by HTTP."""
import json
import sys
import urllib.request


def verify_all(make_verify, rejections):
    """Verifies every case; an exception other than the library's own rejections ends the program.

    make_verify takes the input and returns a function that verifies one case or raises.
    """
    given = json.load(sys.stdin)
    verify = make_verify(given)
    json.dump([verdict(verify, case, rejections) for case in given["cases"]], sys.stdout)


def verdict(verify, case, rejections):
    try:
        verify(case)
    except rejections as rejection:
        return f"rejected: {type(rejection).__name__} {rejection}"
    return "accepted"


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()
