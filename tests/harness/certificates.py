"""Throw-away certificates, by the openssl program: valid for two days."""
import ssl
import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    """A self-signed one, or an intermediate of `issuer`. Its certificate is the file `path`."""

    def __init__(self, folder, name, issuer=None):
        self._folder, self._name = folder, name
        self.path, self._key = folder / f"{name}.crt", folder / f"{name}.key"
        self._sign(self.path, self._key, issuer or self,
                   "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign")

    def server(self, address="127.0.0.1"):
        """(certificate, key) of a server at that address."""
        made = self._folder / f"{self._name}-server.crt", self._folder / f"{self._name}-server.key"
        self._sign(*made, self, f"subjectAltName=IP:{address}")
        return made

    @staticmethod
    def _sign(certificate, key, issuer, extensions):
        request, extra = certificate.with_suffix(".csr"), certificate.with_suffix(".ext")
        extra.write_text(extensions + "\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                 "-out", request, "-subj", f"/CN={certificate.stem}")
        by = ("-signkey", key) if issuer.path == certificate else \
            ("-CA", issuer.path, "-CAkey", issuer._key, "-CAcreateserial")
        _openssl("x509", "-req", "-in", request, *by, "-days", "2", "-extfile", extra, "-out", certificate)


def server_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
