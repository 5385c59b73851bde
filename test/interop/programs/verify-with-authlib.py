"""Authlib's jose module, which selects the key by kid."""
import json

from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from verifier import verify_all, fetch


def make_verify(given):
    keys = JsonWebKey.import_key_set(json.loads(fetch(given["jwksUri"])))
    decoder = JsonWebToken(given["algorithms"])

    def verify(case):
        claims = decoder.decode(
            case["token"],
            keys,
            claims_options={
                "iss": {"essential": True, "value": given["issuer"]},
                "aud": {"essential": True, "value": case["audience"]},
                "exp": {"essential": True},
            },
        )
        claims.validate()

    return verify


verify_all(make_verify, JoseError)
