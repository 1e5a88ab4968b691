"""Two people and a stranger: nobody sees, reaches or guesses what is not theirs."""
import json
import uuid

import pytest

from lib.jupyter import Server, refused, until
from lib.people import new_token

pytestmark = pytest.mark.sluice_only("it knows one person only")


@pytest.fixture
def ada(person):
    return person("ada")


@pytest.fixture
def bob(person):
    return person("bob")


@pytest.fixture
def adas(ada):
    with ada.a_kernel() as kernel_id:
        yield kernel_id


# ---------------------------------------------------------------------------------------------- mine and not yours


def test_a_kernel_is_seen_by_its_owner_and_the_admin_only(server, ada, bob, adas):
    def ids(who):
        return [kernel["id"] for kernel in who.must("GET", "/api/kernels", 200)]
    assert ids(ada) == [adas] and ids(bob) == [] and adas in ids(server)
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/restart"), ("POST", "/interrupt")]:
        # 404, not 403: that it exists is nobody's business
        assert bob.call(method, f"/api/kernels/{adas}{path}").status == 404, (method, path)
    assert refused(bob, adas) == 404
    assert ada.kernel(adas)["execution_state"] != "dead"


def test_a_chosen_kernel_id_does_not_give_anothers_kernel(ada, bob, adas):
    answer = bob.call("POST", "/api/kernels", {"name": "python3", "kernel_id": adas})
    assert answer.status in (403, 404, 409)
    assert bob.must("GET", "/api/kernels", 200) == []


def test_a_session_is_its_owners(ada, bob):
    body = {"path": "same.ipynb", "name": "same", "type": "notebook", "kernel": {"name": "python3"}}
    mine = ada.must("POST", "/api/sessions", 201, body)
    theirs = bob.must("POST", "/api/sessions", 201, body)
    try:
        # the same path in two homes is two notebooks
        assert mine["id"] != theirs["id"] and mine["kernel"]["id"] != theirs["kernel"]["id"]
        assert [s["id"] for s in bob.must("GET", "/api/sessions", 200)] == [theirs["id"]]
        for method, more in [("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)]:
            assert bob.call(method, f"/api/sessions/{mine['id']}", more).status == 404
        steal = bob.call("PATCH", f"/api/sessions/{theirs['id']}", {"kernel": {"id": mine["kernel"]["id"]}})
        assert steal.status in (400, 404)
        steal = bob.call("POST", "/api/sessions", {"path": "s", "type": "console", "name": "", "kernel": {"id": mine["kernel"]["id"]}})
        assert steal.status in (400, 403, 404, 409, 501)
    finally:
        ada.call("DELETE", f"/api/sessions/{mine['id']}")
        bob.call("DELETE", f"/api/sessions/{theirs['id']}")


def test_the_same_session_id_on_anothers_websocket_changes_nothing(ada, bob, adas):
    with bob.a_kernel() as bobs, ada.attach(adas, session="same") as a, bob.attach(bobs, session="same") as b:
        a.execute("x = 'ada'")
        b.execute("x = 'bob'")
        assert a.execute("print(x)").text == "ada\n" and b.execute("print(x)").text == "bob\n"


def test_kernels_of_two_people_share_no_files_and_no_sockets(ada, bob, adas):
    mark = uuid.uuid4().hex
    look = f"""
import os, glob
found = []
for top in ('/tmp', os.path.expanduser('~'), os.getcwd(), '/run', '/dev/shm'):
    for where, dirs, files in os.walk(top):
        found += [os.path.join(where, f) for f in files if {mark!r} in f]
print(found)
"""
    with bob.a_kernel() as bobs, ada.attach(adas) as a, bob.attach(bobs) as b:
        a.execute(f"import os; open(os.path.expanduser('~/{mark}'), 'w').close(); open('/tmp/{mark}', 'w').close()")
        assert mark in a.execute(look).text
        assert b.execute(look).text.strip() == "[]"
        # the other's kernel sockets: not even their folder can be listed
        run = b.execute("import glob; print([p for p in glob.glob('/proc/net/unix')])\n"
                        "print([l.split()[-1] for l in open('/proc/net/unix') if len(l.split()) == 8 and l.split()[-1].startswith('/')])")
        for line in run.text.splitlines():
            for path in [p for p in line.strip("[]").replace("'", "").split(", ") if "sluice" in p or "kernel" in p]:
                tried = b.execute(f"import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(2)\n"
                                  f"try:\n    s.connect({path!r}); print('CONNECTED', {path!r})\nexcept OSError as e: print('no', e)")
                own = b.execute(f"import os; print(os.path.exists({path!r}))").text.strip() == "True"
                assert own or "CONNECTED" not in tried.text, tried.text


def test_the_lab_of_another_is_closed(server, ada, bob):
    for path in (f"/user/{ada.name}/lab", f"/user/{ada.name}/api/kernels", f"/user/{ada.name}/api/contents"):
        answer = bob.get(path)
        assert answer.status in (302, 401, 403, 404), (path, answer)
        if answer.status == 302:
            assert ada.name not in answer.headers["Location"] or "login" in answer.headers["Location"]


def test_only_an_admin_makes_people(ada, bob):
    assert ada.call("POST", "/api/v1/users", {"name": "mallory"}).status == 403
    assert ada.call("POST", f"/api/v1/users/{bob.name}/tokens", {"label": "x"}).status in (403, 404)


# ------------------------------------------------------------------------------------------------ who are you?


@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "token wrong"}, {"Authorization": "Bearer wrong"}, {"Authorization": "token"},
    {"Authorization": "Basic YWRtaW46YWRtaW4="}, {"Authorization": "token " + "x" * 4000},
    {"Authorization": "token ' OR 1=1 --"}, {"Cookie": "username-127-0-0-1=forged"},
], ids=["none", "wrong", "wrong bearer", "empty", "basic", "long", "sql", "cookie"])
def test_nobody_gets_in_without_a_token(server, headers):
    stranger = Server(server.url)
    for path in ("/api/kernels", "/api/sessions", "/api/status", "/api/me", "/api/kernelspecs", "/api/v1/users"):
        answer = stranger.get(path, headers=headers)
        assert answer.status == 401, (path, answer)
        assert {"message", "reason"} <= answer.json.keys() or "title" in answer.json


@pytest.mark.parametrize("form", ["token {}", "Token {}", "TOKEN {}", "Bearer {}", "bearer {}"])
def test_every_form_of_the_header_is_taken(server, form):
    assert Server(server.url).get("/api/kernels", headers={"Authorization": form.format(server.token)}).status == 200


def test_the_token_in_the_url_is_taken_for_rest_and_websocket(server, kernel):
    from websockets.sync.client import connect
    assert Server(server.url).get(f"/api/kernels?token={server.token}").status == 200
    with connect(server.channels_url(kernel, "s", token_in_url=True)):
        pass


def test_a_revoked_token_closes_the_websocket_and_lets_nobody_back(server, ada, adas):
    token = new_token(server, ada.name)
    second = server.as_person(token["token"])
    with ada.attach(adas) as stays, second.attach(adas) as goes:
        goes.execute("1")
        answer = server.call("DELETE", f"/api/v1/users/{ada.name}/tokens/{token['id']}")
        assert answer.status in (200, 204), answer
        goes.closed(timeout=10)
        assert second.get("/api/kernels").status == 401
        assert refused(second, adas) in (401, 403)
        assert stays.execute("print('still here')").text == "still here\n"


def test_an_expired_token_closes_the_websocket_and_lets_nobody_back(server, ada, adas):
    from datetime import datetime, timedelta, timezone
    soon = (datetime.now(timezone.utc) + timedelta(seconds=4)).isoformat(timespec="seconds").replace("+00:00", "Z")
    second = server.as_person(new_token(server, ada.name, expires=soon)["token"])
    with second.attach(adas) as client:
        client.execute("1")
        client.closed(timeout=30)
    until(lambda: second.get("/api/kernels").status == 401, saying="the token's end")


def test_tokens_are_shown_once(server, ada):
    listed = server.get(f"/api/v1/users/{ada.name}/tokens")
    assert listed.status == 200
    assert ada.token not in listed.text


# ------------------------------------------------------------------------------------------ browsers being tricked


def test_a_cross_origin_websocket_by_cookie_is_refused(server, kernel):
    cookies = sign_in(server)
    evil = {"Origin": "http://evil.example", "Cookie": cookies}
    stranger = Server(server.url)
    assert refused(stranger, kernel, headers=evil) in (401, 403, 404)
    own = {"Origin": server.url, "Cookie": cookies}
    assert refused(stranger, kernel, headers=own) == 101


def sign_in(server):
    """What a browser has after opening the printed URL: cookies."""
    answer = Server(server.url).get(f"/?token={server.token}")
    cookies = [value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or []]
    assert cookies, f"no cookie after /?token=…: {answer}"
    return "; ".join(cookies)


def test_the_cookie_is_guarded(server):
    answer = Server(server.url).get(f"/?token={server.token}")
    signed = [value for value in answer.headers.get_all("Set-Cookie") if not value.startswith("_xsrf")]
    assert signed and all("httponly" in value.lower() and "samesite" in value.lower() for value in signed)
    assert all(server.token not in value for value in answer.headers.values()), "the token must not travel on"


@pytest.mark.parametrize("method,path,body", [
    ("POST", "/api/kernels", {"name": "python3"}), ("POST", "/api/v1/users", {"name": "mallory"}),
    ("POST", "/api/sessions", {"path": "x", "type": "notebook", "kernel": {"name": "python3"}})])
def test_a_forged_request_by_cookie_is_refused(server, method, path, body):
    cookies = sign_in(server)
    stranger = Server(server.url)
    before = len(server.must("GET", "/api/kernels", 200))
    for headers in ({"Cookie": cookies}, {"Cookie": cookies, "Origin": "http://evil.example"},
                    {"Cookie": cookies, "X-XSRFToken": "guess"}):
        answer = stranger.call(method, path, json.dumps(body), {**headers, "Content-Type": "text/plain"})
        assert answer.status in (401, 403), (headers, answer)
    assert len(server.must("GET", "/api/kernels", 200)) == before


def test_cross_origin_rest_is_not_readable(server):
    answer = server.get("/api/kernels", headers={"Origin": "http://evil.example"})
    assert answer.headers.get("Access-Control-Allow-Origin") in (None, "http://evil.example")  # token was sent by hand
    cookies = sign_in(server)
    answer = Server(server.url).get("/api/kernels", headers={"Origin": "http://evil.example", "Cookie": cookies})
    assert not answer.headers.get("Access-Control-Allow-Origin")


def test_a_foreign_host_name_is_not_answered_with_secrets(server):
    """DNS rebinding: a page on evil.example that resolves to 127.0.0.1."""
    answer = Server(server.url).get("/api/kernels", headers={"Host": "evil.example"})
    assert answer.status in (400, 401, 403, 404, 421)


def test_headers_cannot_be_injected(server):
    for path in ("/login?next=%0d%0aSet-Cookie:%20evil=1", "/?next=/%0d%0aX-Evil:%201", "/api/kernels/%0d%0aX-Evil:1",
                 "/kernelspecs/python3/%0d%0aX-Evil:%201"):
        answer = Server(server.url).get(path)
        assert "evil" not in {name.lower() for name in answer.headers} and "X-Evil" not in answer.headers, path
        assert all("evil=1" not in value for value in answer.headers.get_all("Set-Cookie") or []), path


@pytest.mark.parametrize("where", ["http://evil.example", "//evil.example", "/\\evil.example", "https:evil.example"])
def test_login_does_not_send_people_elsewhere(server, where):
    for path in (f"/login?next={where}&token={server.token}", f"/?token={server.token}&next={where}"):
        location = Server(server.url).get(path).headers.get("Location") or ""
        assert "evil.example" not in location.split("?")[0], location


TRAVERSALS = ["../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
              "....//....//etc/passwd", "..%5c..%5cetc%5cpasswd", "..%252f..%252fetc%252fpasswd", "/etc/passwd",
              "%00", "kernel.json%00.png", "logo-64x64.png/../../../kernel.json"]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_kernelspec_resources_stay_in_their_folder(server, path):
    answer = server.get(f"/kernelspecs/python3/{path}")
    assert answer.status in (400, 403, 404), answer
    assert b"root:" not in answer.body
    answer = server.get(f"/kernelspecs/{path}/logo-64x64.png")
    assert answer.status in (400, 403, 404), answer


@pytest.mark.parametrize("name", ["../../etc", "..%2f..%2fetc", "a/b", "%00", "<script>", "😀"])
def test_kernel_names_stay_names(server, name):
    answer = server.call("POST", "/api/kernels", {"name": name})
    assert answer.status in (400, 404), answer
    assert "message" in answer.json


@pytest.mark.parametrize("name", ["../root", "a/b", "", " ", "x" * 300, "a\nb", "Ä", "-rf", "admin\u202e"])
def test_odd_user_names_are_refused(server, name):
    answer = server.call("POST", "/api/v1/users", {"name": name})
    assert answer.status in (400, 422), answer
