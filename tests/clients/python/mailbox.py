"""A mail server of the test: mailbox.py FOLDER writes its port to FOLDER/port and each e-mail to FOLDER/N.json.

It answers `later@...` with a temporary error the first time, and `never@...` with a permanent one each time.
"""

import asyncio
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP

folder = sys.argv[1]


def write(name, text):
    path = os.path.join(folder, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


class Mailbox:
    def __init__(self):
        self.count = 0
        self.asked = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        write("asked.json", json.dumps(self.asked))
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
        write(f"{self.count}.json", json.dumps({**headers, "body": mail.get_content().strip()}))
        return "250 OK"


async def main():
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True), "127.0.0.1", 0)
    write("port", str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
