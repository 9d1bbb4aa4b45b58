"""AWS Signature Version 4, as documented ("Authenticating Requests: Using the Authorization Header"), for what S3 is asked here."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    access: str
    secret: str
    region: str
    service: str = "s3"


def query_of(parameters: Mapping[str, str]) -> str:
    """Parameters as they stand in the address and in what is signed: sorted, everything but letters, digits and -._~ encoded."""
    pairs = sorted((quote(name, safe="-._~"), quote(value, safe="-._~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed(method: str, url: str, keys: Keys, at: datetime, content_hash: str = EMPTY) -> dict[str, str]:
    """The headers that make a request to `url` (its path and query encoded as they will be sent) one of ours."""
    parts = urlsplit(url)
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-content-sha256": content_hash, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            method,
            parts.path or "/",
            parts.query,
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            names,
            content_hash,
        ]
    )
    scope = f"{moment[:8]}/{keys.region}/{keys.service}/aws4_request"
    to_sign = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(_key(keys, moment[:8]), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


def _key(keys: Keys, day: str) -> bytes:
    key = b"AWS4" + keys.secret.encode()
    for part in (day, keys.region, keys.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
