"""Requests-OAuthlib as an OAuth client: reads its settings as JSON and writes the results as JSON."""
import json
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

given = json.load(sys.stdin)
metadata = given["metadata"]


def obtain(method, secret=given["clientSecret"], scope=None, **parameters):
    client_id = given["clientId"]
    session = OAuth2Session(client=BackendApplicationClient(client_id=client_id, scope=scope))
    if method == "client_secret_basic":
        parameters["auth"] = HTTPBasicAuth(client_id, secret)
    else:
        parameters.update(client_secret=secret, include_client_id=True)
    try:
        token = session.fetch_token(metadata["token_endpoint"], **parameters)
        # The library returns the scope as a list.
        return {**token, "scope": " ".join(token["scope"])}
    except OAuth2Error as error:
        return {"error": error.error, "description": error.description}


def introspect(token, client_id, secret):
    # The library supports neither RFC 7662 nor RFC 7009, so requests sends these calls.
    response = requests.post(
        metadata["introspection_endpoint"], data={"token": token}, auth=(client_id, secret)
    )
    return response.json()


def run(method):
    own = (given["clientId"], given["clientSecret"])
    token = obtain(method)
    access_token = token["access_token"]
    result = {
        "token": token,
        "narrowed": obtain(method, scope=["CONTACT_WRITE"]),
        "resource": obtain(method, resource=given["resource"]),
        "wrongSecret": obtain(method, given["wrongSecret"]),
        "ungrantedScope": obtain(method, scope=["CONTACT_READ", "CONTACT_DELETE"]),
        "wrongResource": obtain(method, resource="https://other.example.com"),
        "introspectedByItself": introspect(access_token, *own),
        "introspectedByManager": introspect(
            access_token, given["managerId"], given["managerSecret"]
        ),
    }
    response = requests.post(
        metadata["revocation_endpoint"], data={"token": access_token}, auth=own
    )
    result["revocation"] = response.status_code
    result["introspectedAfterwards"] = introspect(access_token, *own)
    return result


json.dump({method: run(method) for method in given["methods"]}, sys.stdout)
