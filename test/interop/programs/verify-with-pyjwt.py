"""PyJWT, which fetches the key set with its own client."""
import jwt
from verifier import verify_all


def make_verify(given):
    client = jwt.PyJWKClient(given["jwksUri"])

    def verify(case):
        jwt.decode(
            case["token"],
            client.get_signing_key_from_jwt(case["token"]).key,
            algorithms=given["algorithms"],
            audience=case["audience"],
            issuer=given["issuer"],
            options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
        )

    return verify


verify_all(make_verify, jwt.PyJWTError)
