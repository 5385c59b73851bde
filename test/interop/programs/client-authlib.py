"""Authlib as an OAuth client: reads its settings as JSON and writes the results as JSON."""
import json
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

given = json.load(sys.stdin)
metadata = given["metadata"]


def session(method, secret=given["clientSecret"], client_id=given["clientId"], scope=None):
    return OAuth2Session(
        client_id,
        secret,
        scope=scope,
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )


def obtain(client, **parameters):
    try:
        return client.fetch_token(grant_type="client_credentials", **parameters)
    except OAuthError as error:
        return {"error": error.error, "description": error.description}


def introspect(client, token):
    return client.introspect_token(metadata["introspection_endpoint"], token=token).json()


def run(method):
    client = session(method)
    token = obtain(client)
    access_token = token["access_token"]
    manager = session(method, given["managerSecret"], given["managerId"])
    result = {
        "token": token,
        "narrowed": obtain(session(method, scope="CONTACT_WRITE")),
        "resource": obtain(client, resource=given["resource"]),
        "wrongSecret": obtain(session(method, given["wrongSecret"])),
        "ungrantedScope": obtain(session(method, scope="CONTACT_READ CONTACT_DELETE")),
        "wrongResource": obtain(client, resource="https://other.example.com"),
        "introspectedByItself": introspect(client, access_token),
        "introspectedByManager": introspect(manager, access_token),
    }
    response = client.revoke_token(metadata["revocation_endpoint"], token=access_token)
    result["revocation"] = response.status_code
    result["introspectedAfterwards"] = introspect(client, access_token)
    return result


json.dump({method: run(method) for method in given["methods"]}, sys.stdout)
