"""jwcrypto, which chooses the key of the set by kid."""
from jwcrypto.common import JWException
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT
from verifier import answer_with, fetch


def make_verify(asked):
    keys = JWKSet.from_json(fetch(asked["jwksUri"]))

    def verify(case):
        JWT(
            jwt=case["token"],
            key=keys,
            algs=asked["algorithms"],
            check_claims={
                "iss": asked["issuer"],
                "aud": case["audience"],
                "exp": None,
                "sub": None,
                "jti": None,
            },
        )

    return verify


answer_with(make_verify, JWException)
