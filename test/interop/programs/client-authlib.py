"""Authlib as an OAuth client: reads what it needs as JSON, writes what happened as JSON."""
import json
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

asked = json.load(sys.stdin)
metadata = asked["metadata"]


def session(method, secret=asked["clientSecret"], client_id=asked["clientId"], scope=None):
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
    manager = session(method, asked["managerSecret"], asked["managerId"])
    result = {
        "token": token,
        "narrowed": obtain(session(method, scope="CONTACT_WRITE")),
        "resource": obtain(client, resource=asked["resource"]),
        "wrongSecret": obtain(session(method, asked["wrongSecret"])),
        "ungrantedScope": obtain(session(method, scope="CONTACT_READ CONTACT_DELETE")),
        "wrongResource": obtain(client, resource="https://other.example.com"),
        "introspectedByItself": introspect(client, access_token),
        "introspectedByManager": introspect(manager, access_token),
    }
    answer = client.revoke_token(metadata["revocation_endpoint"], token=access_token)
    result["revocation"] = answer.status_code
    result["introspectedAfterwards"] = introspect(client, access_token)
    return result


json.dump({method: run(method) for method in asked["methods"]}, sys.stdout)
