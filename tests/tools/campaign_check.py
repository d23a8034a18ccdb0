"""Shared code of the independent checkers: the published formats, read by a program that shares no code with the product.

Python 3 standard library only, P-256 included.
"""
import base64
import hashlib
import hmac
import json

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


class Wrong(Exception):
    """Something that was checked is false."""


def require(condition, sentence):
    if not condition:
        raise Wrong(sentence)


# --- ECDSA on P-256 -----------------------------------------------------------------------------------------------------------------

def _add(p, q):
    if p is None:
        return q
    if q is None:
        return p
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def _multiply(k, p):
    result = None
    while k:
        if k & 1:
            result = _add(result, p)
        p = _add(p, p)
        k >>= 1
    return result


def es256(key, message, signature):
    """True when the key signed the message; the signature is r and s side by side (RFC 7518, section 3.4)."""
    x, y = key
    if len(signature) != 64 or (y * y - (x * x * x + A * x + B)) % P != 0:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    w = pow(s, -1, N)
    point = _add(_multiply(e * w % N, G), _multiply(r * w % N, key))
    return point is not None and point[0] % N == r


# --- JWS and key sets ---------------------------------------------------------------------------------------------------------------

def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_keys(text):
    keys = {}
    for key in json.loads(text)["keys"]:
        if key.get("kty") == "EC" and key.get("crv") == "P-256":
            members = '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}' % (key["x"], key["y"])
            thumbprint = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).decode().rstrip("=")
            require(key["kid"] == thumbprint, "A key's kid is not its RFC 7638 thumbprint.")
            require(key["alg"] == "ES256" and key["use"] == "sig", "A key is not for ES256 signatures.")
            keys[key["kid"]] = tuple(int.from_bytes(base64url(key[part]), "big") for part in "xy")
    return keys


def jws_payload(jws, keys):
    """The payload, when one of the keys signed it."""
    parts = jws.split(".")
    require(len(parts) == 3, "This is no compact JWS.")
    header = json.loads(base64url(parts[0]))
    require(header.get("alg") == "ES256" and set(header) <= {"alg", "kid"}, "The JWS header is not ours.")
    require(header["kid"] in keys, "The JWS names a key that is not in the key set.")
    require(es256(keys[header["kid"]], (parts[0] + "." + parts[1]).encode(), base64url(parts[2])), "The signature of the JWS is false.")
    return base64url(parts[1])


# --- The ledger ---------------------------------------------------------------------------------------------------------------------

def leaf(line):
    return hashlib.sha256(b"\0" + line).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves):
    """RFC 6962, section 2.1, by merging complete subtrees."""
    stack = []
    for n, hash_ in enumerate(leaves):
        while n & 1:
            hash_ = node(stack.pop(), hash_)
            n >>= 1
        stack.append(hash_)
    if not stack:
        return hashlib.sha256(b"").digest()
    result = stack.pop()
    while stack:
        result = node(stack.pop(), result)
    return result


def path_leads(n, size, hash_, path, expected):
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= n < size:
        return False
    last = size - 1
    for sibling in path:
        if last == 0:
            return False
        if n & 1 or n == last:
            hash_ = node(sibling, hash_)
            while not n & 1 and n:
                n, last = n >> 1, last >> 1
        else:
            hash_ = node(hash_, sibling)
        n, last = n >> 1, last >> 1
    return last == 0 and hash_ == expected


def entry_line(entry):
    """The exact bytes the contract gives an entry."""
    if entry["type"] == "add":
        return b'{"n":%d,"type":"add","country":"%s","commitment":"%s"}' % (
            entry["n"], entry["country"].encode(), entry["commitment"].encode())
    return b'{"n":%d,"type":"remove","of":%d,"country":"%s","reason":"%s"}' % (
        entry["n"], entry["of"], entry["country"].encode(), entry["reason"].encode())


def replay(lines):
    """Leaves and counts by country of the lines, each of which must be possible where it stands."""
    leaves, counts, standing = [], {}, {}
    for n, line in enumerate(lines):
        entry = json.loads(line)
        require(entry_line(entry) == line, "Line %d is not written as the contract says." % n)
        require(entry["n"] == n, "Line %d has another number." % n)
        country = entry["country"]
        if entry["type"] == "add":
            require(len(entry["commitment"]) == 64, "Line %d has no commitment." % n)
            standing[n] = country
            counts[country] = counts.get(country, 0) + 1
        else:
            require(entry["reason"] in ("signer", "invalidated"), "Line %d has another reason." % n)
            require(standing.pop(entry["of"], None) == country, "Line %d removes what is not there." % n)
            counts[country] -= 1
        leaves.append(leaf(line))
    return leaves, {country: count for country, count in counts.items() if count}


def commitment(receipt):
    message = "\n".join(["campaign-ledger-v1", receipt["campaign"], receipt["textHash"], receipt["country"], receipt["email"]])
    return hmac.new(bytes.fromhex(receipt["key"]), message.encode(), hashlib.sha256).hexdigest()
