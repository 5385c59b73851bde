"""Signs all requests with botocore in one process. Reads the requests as JSON and writes JSON: the Authorization header
of each request, or the signature of a presigned URL."""
import datetime
import json
import sys
import types
import urllib.parse

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNERS = {
    (False, False): SigV4Auth,
    (True, False): S3SigV4Auth,
    (False, True): SigV4QueryAuth,
    (True, True): S3SigV4QueryAuth,
}


def freeze_time(ms):
    class FrozenDatetime(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return cls.utcfromtimestamp(ms // 1000)

    botocore.auth.datetime = types.SimpleNamespace(datetime=FrozenDatetime)


def sign(case):
    freeze_time(case["nowMs"])
    auth = case["auth"]
    credentials = Credentials(auth["accessKeyId"], auth["secretAccessKey"], auth.get("sessionToken"))
    is_presigned = "expiresInSeconds" in case
    request = AWSRequest(method=case["method"], url=case["url"], data=case["body"].encode("latin-1"))
    for header in case["headers"]:
        request.headers.add_header(header["name"], header["value"])
    if case["isUnsigned"]:
        request.context["client_config"] = types.SimpleNamespace(s3={"payload_signing_enabled": False})
    signer = SIGNERS[auth["service"] == "s3", is_presigned]
    if not is_presigned:
        signer(credentials, auth["service"], auth["region"]).add_auth(request)
        return request.headers["Authorization"]
    signer(credentials, auth["service"], auth["region"], expires=case["expiresInSeconds"]).add_auth(request)
    query = urllib.parse.urlsplit(request.url).query
    return dict(urllib.parse.parse_qsl(query))["X-Amz-Signature"]


json.dump([sign(case) for case in json.load(sys.stdin)], sys.stdout)
