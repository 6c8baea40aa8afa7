"""Texts that lie sealed in the database: AES-256-GCM with a key made from SECRET_KEY.

A text is sealed for one place ("about"), so a sealed text copied to another row does not open there.
SECRET_KEY_FALLBACKS still open what an earlier key sealed. Source: OWASP ASVS 5.0.0, 11.3.2 and 11.3.4.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "sealed:1:"
NONCE_BYTES = 12


def _cipher(key: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"portal.sealed.1").derive(key.encode()))


def seal(text: str, about: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), about.encode())
    return MARK + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, about: str) -> str:
    """The text; raises ValueError where no key of this server opens it, or not for this place."""
    if not sealed.startswith(MARK):
        raise ValueError("not a sealed text")
    content = base64.b64decode(sealed.removeprefix(MARK))
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            opened = _cipher(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], about.encode())
        except InvalidTag:
            continue
        return opened.decode()
    raise ValueError("sealed by another key, or for another place")
