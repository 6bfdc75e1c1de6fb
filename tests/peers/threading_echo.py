"""A minimal threaded echo server: what stage 3 is measured against.

No challenge, upper case for each 1024-byte chunk, one thread per client. It sets no
timeouts: they would add a system call to each read and spoil the comparison.
"""

import os
import signal
import socketserver

from uchat_spec import upper


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while True:
                chunk = self.request.recv(1024)
                if not chunk:
                    return
                self.request.sendall(upper(chunk))
        except ConnectionError:
            # A client that leaves rudely is an everyday event, not a traceback.
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = os.name != "nt"
    daemon_threads = True
    request_queue_size = 1024


def raise_descriptor_limit():
    """Each client costs a descriptor, and the usual soft limit of 1024 ends the measurement early."""
    try:
        import resource
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ImportError, ValueError, OSError):
        # Windows has no such limit; other systems may not allow it: then fewer clients fit.
        pass


def main():
    raise_descriptor_limit()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    with Server(("127.0.0.1", 0), Handler) as server:
        print("listening on 127.0.0.1:%d" % server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
