"""A mail server of the test: mailbox.py FOLDER [--tls starttls|implicit --auth PLAIN|LOGIN].

It writes its port to FOLDER/port and each e-mail to FOLDER/N.json. It answers `later@...` with a temporary error the
first time, and `never@...` with a permanent one each time.

With TLS its certificate, which it signs itself, is of `localhost` and stands in FOLDER/certificate.pem. It then wants a
login as `mailer` with `Passw0rd-of-mail`, by the one mechanism that it offers, and writes the tries to FOLDER/logins.json.
"""

import argparse
import asyncio
import datetime
import email
import email.policy
import json
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ACCOUNT = LoginPassword(b"mailer", b"Passw0rd-of-mail")


class Mailbox:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.asked = []
        self.logins = []

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def authenticate(self, server, session, envelope, mechanism, login):
        right = login == ACCOUNT
        self.logins.append([mechanism, right])
        self.write("logins.json", json.dumps(self.logins))
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        self.write("asked.json", json.dumps(self.asked))
        if address.startswith("never@"):
            return "550 there is nobody of that name"
        if address.startswith("later@") and self.asked.count(address) == 1:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        headers = {name.lower(): str(value) for name, value in mail.items()}
        self.count += 1
        self.write(f"{self.count}.json", json.dumps({**headers, "body": mail.get_content().strip()}))
        return "250 OK"


def tls(mailbox):
    """A context with a new certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    mailbox.write("certificate.pem", certificate.public_bytes(pem).decode())
    plain = serialization.NoEncryption()
    mailbox.write("key.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*(os.path.join(mailbox.folder, name) for name in ("certificate.pem", "key.pem")))
    return context


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--auth", choices=["PLAIN", "LOGIN"])
    options = parser.parse_args()
    mailbox = Mailbox(options.folder)
    context = tls(mailbox) if options.tls else None
    secure = {} if options.tls is None else {
        "authenticator": mailbox.authenticate,
        "auth_required": True,
        "auth_exclude_mechanism": {"PLAIN", "LOGIN"} - {options.auth},
        # The server cannot see that the loop has already encrypted the connection.
        "auth_require_tls": options.tls == "starttls",
    }
    if options.tls == "starttls":
        secure |= {"tls_context": context, "require_starttls": True}
    implicit = context if options.tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, enable_SMTPUTF8=True, **secure), "127.0.0.1", 0, ssl=implicit
    )
    mailbox.write("port", str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
