"""PyJWT, with its own client of the key set."""
import jwt
from verifier import answer_with


def make_verify(asked):
    client = jwt.PyJWKClient(asked["jwksUri"])

    def verify(case):
        jwt.decode(
            case["token"],
            client.get_signing_key_from_jwt(case["token"]).key,
            algorithms=asked["algorithms"],
            audience=case["audience"],
            issuer=asked["issuer"],
            options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
        )

    return verify


answer_with(make_verify, jwt.PyJWTError)
