import re

import pytest

from asgi import request
from fake_vault import FakeVault
from kotovec.errors import ConfigError
from kotovec.web.app import build
from kotovec.web.security import Guard, is_loopback

TOKEN = "a-long-random-word"


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "Raven.md").write_text("# Raven\n\nClever black birds that cache their food.\n")
    return FakeVault(tmp_path)


@pytest.fixture
def app(vault):
    return build(vault, Guard("127.0.0.1", 8765))[0]


@pytest.fixture
def token_app(vault):
    return build(vault, Guard("127.0.0.1", 8765, TOKEN))[0]


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_our_own_names_are_answered(app, host):
    assert request(app, "/api/vault", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    """evil.example evil.example:8765 127.0.0.1.evil.example:8765 localhost.evil.example:8765 127.0.0.1:8766 localhost
    127.0.0.1 [::1] [::2]:8765 192.168.1.5:8765 localhost:8765@evil.example evil@localhost:8765 localhost.:8765 :8765
    0.0.0.0:8765 127.1:8765 2130706433:8765 localhost:08765x localhost:8765/""".split()
    + ["", None],
)
def test_a_name_that_is_not_ours_is_refused_since_it_may_be_a_rebound_one(app, host):
    answer = request(app, "/api/vault", host=host)
    assert (answer.status, list(answer.json)) == (421, ["error"])


def test_two_hosts_are_one_too_many(app):
    assert request(app, "/api/vault", headers=[("host", "evil.example")]).status == 421


def test_on_port_80_the_host_needs_no_port(vault):
    app = build(vault, Guard("127.0.0.1", 80))[0]
    assert request(app, "/api/vault", host="localhost").status == 200


def test_a_server_on_all_addresses_takes_addresses_but_no_strange_names(vault):
    app = build(vault, Guard("0.0.0.0", 8765, TOKEN))[0]
    bearer = [("authorization", f"Bearer {TOKEN}")]
    assert request(app, "/api/vault", host="192.168.1.5:8765", headers=bearer).status == 200
    assert request(app, "/api/vault", host="[fd00::7]:8765", headers=bearer).status == 200
    assert request(app, "/api/vault", host="evil.example:8765", headers=bearer).status == 421


PATHS = "/ /static/main.js /api/vault /api/notes /api/search /api/note/0123456789ab /api/map /api/status /api/events"


@pytest.mark.parametrize("path", PATHS.split())
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_no_route_takes_a_method_that_could_change_something(app, path, method):
    answer = request(app, path, method=method)
    assert answer.status == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path", ["/", "/static/main.js", "/api/vault", "/api/nothing", "/api/note/..", "/api/search?n=x"]
)
def test_every_answer_forbids_what_is_not_ours(app, path):
    headers = request(app, path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy.pop("img-src") == "'self' data:"
    assert {policy.pop(name) for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert set(policy) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(policy.values()) == {"'none'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("problem", [{"host": "evil.example"}, {"headers": [("origin", "null")]}])
def test_a_refusal_has_the_same_headers(app, problem):
    assert "default-src 'none'" in request(app, "/", **problem).headers["content-security-policy"]


def test_the_page_has_no_script_or_style_in_itself(app):
    page = request(app, "/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.S) == ["", ""]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8765"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
    ids=str,
)
def test_another_site_may_not_ask_for_notes(app, headers):
    assert request(app, "/api/vault", headers=list(headers.items())).status == 403


def test_our_own_page_a_person_and_a_link_to_the_page_may_ask(app):
    ours = [("origin", "http://127.0.0.1:8765"), ("sec-fetch-site", "same-origin")]
    link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert request(app, "/api/vault", headers=ours).status == 200
    assert request(app, "/api/vault", headers=[("sec-fetch-site", "none")]).status == 200
    assert request(app, "/", headers=link).status == 200


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/api/search?q=" + "a" * 9000, [], 414),
        ("/api/vault", [("content-length", "5")], 413),
        ("/api/vault", [("transfer-encoding", "chunked")], 413),
        ("/api/search?q=" + "a" * 1001, [], 400),
    ],
)
def test_what_is_too_large_is_refused(app, target, headers, status):
    answer = request(app, target, headers=headers)
    assert (answer.status, list(answer.json)) == (status, ["error"])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "notes.example"])
def test_beyond_loopback_a_token_is_needed(host):
    with pytest.raises(ConfigError, match="other machines can read the notes: a token is needed; add --token"):
        Guard(host, 8765)
    assert Guard(host, 8765, TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["", "two words", "naïve", "line\n"])
def test_a_token_that_no_address_can_carry_is_refused(token):
    with pytest.raises(ConfigError, match="not a token: expected letters, digits and signs of ASCII"):
        Guard("127.0.0.1", 8765, token)


def test_loopback_is_known_by_its_addresses():
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LocalHost"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "", "10.0.0.1", "localhost.example"]))


@pytest.mark.parametrize("path", PATHS.split())
@pytest.mark.parametrize("headers", [[], [("authorization", "Bearer wrong")], [("authorization", TOKEN)]], ids=str)
def test_nothing_is_shown_without_the_token(token_app, path, headers):
    answer = request(token_app, path, headers=headers)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text


def test_the_token_in_a_header_lets_in(token_app):
    assert request(token_app, "/api/vault", headers=[("authorization", f"Bearer {TOKEN}")]).status == 200
    assert request(token_app, "/api/vault", headers=[("authorization", f"bearer {TOKEN}")]).status == 200


def test_the_token_in_the_address_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(token_app):
    answer = request(token_app, f"/?token={TOKEN}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie, *traits = answer.headers["set-cookie"].split("; ")
    assert {"httponly", "samesite=strict", "path=/"} <= {trait.lower() for trait in traits}
    assert TOKEN not in cookie
    assert request(token_app, "/api/vault", headers=[("cookie", cookie)]).status == 200
    assert request(token_app, "/api/vault", headers=[("cookie", cookie[:-1])]).status == 401


def test_a_link_with_the_token_on_another_site_goes_on_by_itself_since_the_cookie_does_not_follow_a_redirect(token_app):
    link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    answer = request(token_app, f"/?token={TOKEN}", headers=link)
    assert (answer.status, answer.headers["refresh"]) == (200, "0; url=/")
    assert "set-cookie" in answer.headers


def test_a_wrong_token_in_the_address_sets_no_cookie(token_app):
    answer = request(token_app, "/?token=wrong%C3%A9", headers=[("accept", "text/html")])
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert "open the address that kotovec printed" in answer.text


def test_the_cookie_of_one_token_is_no_proof_of_another():
    assert Guard("127.0.0.1", 1, "one").cookie != Guard("127.0.0.1", 1, "two").cookie
    assert Guard("127.0.0.1", 1, "one").cookie_name != Guard("127.0.0.1", 2, "one").cookie_name
