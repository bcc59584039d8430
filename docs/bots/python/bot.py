#!/usr/bin/env python3
"""A bot for Sapa: greets, looks up orders, and hands over to people. Python's standard library is all it needs.

    SAPA_BOT_SECRET=whsec_… PORT=8100 python3 bot.py

The secret is shown once, when the bot is added under Settings, Bots.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("SAPA_BOT_SECRET", "")
TOLERANCE = 5 * 60  # seconds that our clock and Sapa's may differ
MOST_BODY = 512 * 1024

# A real bot asks the shop's own system here.
ORDERS = {
    "KS-1024": {"id": "sudah dikirim pagi ini, resi JX0091", "en": "was sent this morning, parcel JX0091"},
    "KS-1025": {"id": "sedang disangrai, dikirim besok", "en": "is being roasted and leaves tomorrow"},
}

WORDS = {
    "id": {
        "hello": "Halo {name}! Saya {bot}. Apa yang bisa saya bantu?",
        "track": "Lacak pesanan",
        "human": "Bicara dengan orang",
        "which": "Tulis nomor pesanan Anda, misalnya KS-1024.",
        "found": "Pesanan {order} {state}.",
        "unknown": "Pesanan {order} tidak saya temukan. Coba periksa nomornya, atau bicara dengan orang.",
        "moment": "Baik, saya panggilkan petugas kami.",
        "summary": "{name} ingin bicara dengan orang. Yang ia katakan: {said}",
    },
    "en": {
        "hello": "Hello {name}! I am {bot}. What can I do for you?",
        "track": "Track an order",
        "human": "Talk to a person",
        "which": "Write the number of your order, for example KS-1024.",
        "found": "Order {order} {state}.",
        "unknown": "I do not find order {order}. Check the number, or talk to a person.",
        "moment": "All right, I am calling one of our people.",
        "summary": "{name} wants to talk to a person. What was said: {said}",
    },
}


def is_signed(secret: str, headers, body: bytes, now: float) -> bool:
    """Whether Sapa made this call: the signature of the Standard Webhooks specification."""
    message, sent, signatures = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not sent.isdigit() or abs(now - int(sent)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(mac)
    return any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" "))


def say(text: str, words: dict) -> dict:
    buttons = [{"label": words[name], "payload": name} for name in ("track", "human")]
    return {"type": "say", "text": text, "buttons": buttons}


def answer(call: dict) -> list:
    """What the bot does about a call. It keeps nothing in mind: the history comes along."""
    if call["type"] != "message.received":
        return []  # a test
    data = call["data"]
    words = WORDS["en" if data["contact"]["language"].startswith("en") else "id"]
    language = "en" if words is WORDS["en"] else "id"
    name, text = data["contact"]["name"], data["message"]["text"]
    choice = (data["message"].get("choice") or {}).get("payload")
    order = re.search(r"\bKS-?(\d{4})\b", text, re.IGNORECASE)
    if choice == "human" or text.strip().lower() == words["human"].lower():
        said = [one["text"] for one in data["history"] if one["from"] == "contact"] + [text]
        summary = words["summary"].format(name=name, said=" / ".join(said))
        return [{"type": "say", "text": words["moment"]}, {"type": "hand_over", "summary": summary}]
    if order:
        number = f"KS-{order.group(1)}"
        tag = {"type": "tag", "add": ["pesanan"]}
        if number in ORDERS:
            return [say(words["found"].format(order=number, state=ORDERS[number][language]), words), tag]
        return [say(words["unknown"].format(order=number), words), tag]
    if choice == "track":
        return [{"type": "say", "text": words["which"]}]
    return [say(words["hello"].format(name=name, bot=data["bot"]["name"]), words)]


class Bot(BaseHTTPRequestHandler):
    """Answers Sapa's calls. The same call may come again with the same id, and gets the same answer."""

    answered: OrderedDict = OrderedDict()

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > MOST_BODY:
            return self.reply(413, {})
        body = self.rfile.read(length)
        if not is_signed(SECRET, self.headers, body, time.time()):
            return self.reply(401, {})
        key = self.headers["webhook-id"]
        if key not in self.answered:
            self.answered[key] = answer(json.loads(body))
            if len(self.answered) > 1000:
                self.answered.popitem(last=False)
        return self.reply(200, {"actions": self.answered[key]})

    def reply(self, status: int, body: dict):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass  # what customers say belongs into no log


if __name__ == "__main__":
    if not SECRET:
        sys.exit("SAPA_BOT_SECRET is not set: Sapa shows it when the bot is added")
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8100"))), Bot)
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
