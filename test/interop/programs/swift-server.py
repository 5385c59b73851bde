"""OpenStack Swift in one process, as a server that verifies AWS signatures: s3api and tempauth in front of an
account and a container server with their databases in the given directory, and an object server in memory.

Arguments: directory, access key (account:user), secret. Writes its port as one line and serves until its standard
input is closed.
"""
import eventlet

eventlet.monkey_patch()

import os
import sys

import eventlet.wsgi
from swift.common import utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring import RingBuilder
from swift.common.storage_policy import reload_storage_policies
from swift.common.wsgi import loadapp

STORAGE = ("account", "container", "object")

SWIFT_CONF = """
[swift-hash]
swift_hash_path_prefix = keyporter
swift_hash_path_suffix = keyporter
"""

STORAGE_CONF = """
[DEFAULT]
swift_dir = {directory}
devices = {directory}
mount_check = false
log_udp_host = 127.0.0.1
log_udp_port = 9
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{app}
"""

PROXY_CONF = """
[DEFAULT]
swift_dir = {directory}
log_udp_host = 127.0.0.1
log_udp_port = 9
[pipeline:main]
pipeline = catch_errors listing_formats s3api tempauth proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
dns_compliant_bucket_names = no
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


def main(directory, access_key, secret):
    write(directory, "swift.conf", SWIFT_CONF)
    utils.set_swift_dir(directory)
    reload_storage_policies()
    sockets = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in (*STORAGE, "proxy")}
    os.mkdir(os.path.join(directory, "disk"))
    for kind in STORAGE:
        write_ring(directory, kind, sockets[kind].getsockname()[1])
        app = "mem_object" if kind == "object" else kind
        serve(sockets[kind], loadapp(write(directory, f"{kind}-server.conf", STORAGE_CONF.format(
            directory=directory, kind=kind, app=app))))
    account, user = access_key.split(":")
    proxy = loadapp(write(directory, "proxy-server.conf", PROXY_CONF.format(
        directory=directory, account=account, user=user, secret=secret)))
    serve(sockets["proxy"], with_cache(proxy))
    print(sockets["proxy"].getsockname()[1], flush=True)
    eventlet.tpool.execute(sys.stdin.read)


def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def write_ring(directory, kind, port):
    """Writes a ring with one replica on one disk."""
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "disk", "weight": 1})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, f"{kind}.ring.gz"))


class MemoryCache:
    """Replaces memcached, which tempauth requires."""

    def __init__(self):
        self.kept = {}

    def set(self, key, value, **_):
        self.kept[key] = value

    def get(self, key, **_):
        return self.kept.get(key)

    def delete(self, key, **_):
        self.kept.pop(key, None)


def with_cache(app):
    cache = MemoryCache()
    return lambda env, start: app({**env, "swift.cache": cache}, start)


def serve(socket, app):
    quiet = open(os.devnull, "w")
    eventlet.spawn_n(eventlet.wsgi.server, socket, app, log=quiet, protocol=SwiftHttpProtocol)


main(*sys.argv[1:])
