"""jwcrypto, which selects the key by kid."""
from jwcrypto.common import JWException
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT
from verifier import verify_all, fetch


def make_verify(given):
    keys = JWKSet.from_json(fetch(given["jwksUri"]))

    def verify(case):
        JWT(
            jwt=case["token"],
            key=keys,
            algs=given["algorithms"],
            check_claims={
                "iss": given["issuer"],
                "aud": case["audience"],
                "exp": None,
                "sub": None,
                "jti": None,
            },
        )

    return verify


verify_all(make_verify, JWException)
