"""HTTPS with Python's own ssl and http modules: a client and a server to talk to stage 8.

    https_peer.py get URL CA [CERT KEY]                prints status, TLS version and body
    https_peer.py server CERT KEY [CLIENT_CA]          prints `listening on 127.0.0.1:PORT`, serves until killed
"""

import http.client
import http.server
import ssl
import sys
import urllib.parse


def get(url, ca, cert=None, key=None):
    parts = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=ca)
    if cert:
        context.load_cert_chain(cert, key)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=20)
    # Twice on one connection: it is kept alive.
    for _ in range(2):
        connection.request("GET", parts.path + ("?" + parts.query if parts.query else ""))
        answer = connection.getresponse()
        body = answer.read()
    print(answer.status, connection.sock.version() if connection.sock else "closed")
    sys.stdout.flush()
    sys.stdout.buffer.write(body + b"\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in [b"hello ", b"from ", b"Python"]:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
            return
        body = ("hello from Python, you asked for " + self.path).encode()
        self.send_response(200 if self.path != "/missing" else 404)
        if self.path == "/until-close":
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def finish_request(self, request, address):
        super().finish_request(request, address)
        try:
            request.unwrap()  # says goodbye (close_notify), which Python does not do by itself
        except (OSError, ValueError):
            pass


def serve(cert, key, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    server = Server(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening on 127.0.0.1:%d" % server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    {"get": get, "server": serve}[sys.argv[1]](*sys.argv[2:])
