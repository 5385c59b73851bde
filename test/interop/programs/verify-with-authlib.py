"""Authlib's jose, which chooses the key of the set by kid."""
import json

from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError
from verifier import answer_with, fetch


def make_verify(asked):
    keys = JsonWebKey.import_key_set(json.loads(fetch(asked["jwksUri"])))
    decoder = JsonWebToken(asked["algorithms"])

    def verify(case):
        claims = decoder.decode(
            case["token"],
            keys,
            claims_options={
                "iss": {"essential": True, "value": asked["issuer"]},
                "aud": {"essential": True, "value": case["audience"]},
                "exp": {"essential": True},
            },
        )
        claims.validate()

    return verify


answer_with(make_verify, JoseError)
