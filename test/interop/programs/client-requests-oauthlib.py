"""Requests-OAuthlib as an OAuth client: reads what it needs as JSON, writes what happened as JSON."""
import json
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

asked = json.load(sys.stdin)
metadata = asked["metadata"]


def obtain(method, secret=asked["clientSecret"], scope=None, **parameters):
    client_id = asked["clientId"]
    session = OAuth2Session(client=BackendApplicationClient(client_id=client_id, scope=scope))
    if method == "client_secret_basic":
        parameters["auth"] = HTTPBasicAuth(client_id, secret)
    else:
        parameters.update(client_secret=secret, include_client_id=True)
    try:
        token = session.fetch_token(metadata["token_endpoint"], **parameters)
        # The library makes a list of it.
        return {**token, "scope": " ".join(token["scope"])}
    except OAuth2Error as error:
        return {"error": error.error, "description": error.description}


def introspect(token, client_id, secret):
    # The library knows neither RFC 7662 nor RFC 7009; the requests below it does.
    answer = requests.post(
        metadata["introspection_endpoint"], data={"token": token}, auth=(client_id, secret)
    )
    return answer.json()


def run(method):
    own = (asked["clientId"], asked["clientSecret"])
    token = obtain(method)
    access_token = token["access_token"]
    result = {
        "token": token,
        "narrowed": obtain(method, scope=["CONTACT_WRITE"]),
        "resource": obtain(method, resource=asked["resource"]),
        "wrongSecret": obtain(method, asked["wrongSecret"]),
        "ungrantedScope": obtain(method, scope=["CONTACT_READ", "CONTACT_DELETE"]),
        "wrongResource": obtain(method, resource="https://other.example.com"),
        "introspectedByItself": introspect(access_token, *own),
        "introspectedByManager": introspect(
            access_token, asked["managerId"], asked["managerSecret"]
        ),
    }
    answer = requests.post(
        metadata["revocation_endpoint"], data={"token": access_token}, auth=own
    )
    result["revocation"] = answer.status_code
    result["introspectedAfterwards"] = introspect(access_token, *own)
    return result


json.dump({method: run(method) for method in asked["methods"]}, sys.stdout)
