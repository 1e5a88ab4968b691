"""Teams and what they may have: over REST, by the command, by two administrators at once."""
import json
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.pool import TOP

pytestmark = pytest.mark.sluice_only("it knows no quotas")


@pytest.fixture
def team(server):
    name = f"t-{uuid.uuid4().hex[:8]}"
    server.must("POST", "/api/v1/teams", 201, {"name": name})
    yield name
    server.call("DELETE", f"/api/v1/teams/{name}")


@pytest.fixture
def sluice(pool):
    """sluice("quota", "list") -> what it prints; with code=1, what it complains."""
    def run(*words, code=0):
        done = subprocess.run([TOP / "sluice", *words, "--data", pool.data], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, timeout=60)
        assert done.returncode == code, (words, done)
        return done.stderr if code else done.stdout
    return run


def of_team(team, person=None):
    return f"/api/v1/quotas/teams/{team}" + (f"/users/{person}" if person else "")


# -------------------------------------------------------------------------------------------------------- over REST


def test_what_is_set_is_read_back(server, team):
    unset = server.must("GET", of_team(team), 200)
    assert unset["version"] == 0 and unset["gpus"] is None and unset["weight"] == 1
    wish = {"gpus": 2.5, "gpuMemoryBytes": 80 << 30, "cpus": 16, "memoryBytes": 1 << 40, "diskBytes": 0, "sessions": 7,
            "gpuHours": 100.5, "deservedGpus": 1, "weight": 3}
    is_now = server.must("PUT", of_team(team), 200, wish)
    assert is_now.items() >= wish.items() and is_now["account"] == team and is_now["version"] > 0
    assert server.must("GET", of_team(team), 200) == is_now
    assert is_now in server.must("GET", "/api/v1/quotas", 200)
    server.must("DELETE", of_team(team), 204)
    assert server.must("GET", of_team(team), 200) == unset


def test_of_many_who_change_it_at_once_one_wins_each_version(server, team):
    path, tag, admins = of_team(team), '"0"', 8
    with ThreadPoolExecutor(admins) as together:
        for _ in range(10):
            def change(gpus):
                return server.call("PUT", path, {"gpus": gpus}, {"If-Match": tag})

            answers = list(together.map(change, range(1, admins + 1)))
            won = [answer for answer in answers if answer.status == 200]
            lost = [answer for answer in answers if answer.status == 412]
            assert len(won) == 1 and len(lost) == admins - 1, answers
            gpus = won[0].json["gpus"]
            assert all(f"team {team} now has {gpus} GPU" in answer.json["detail"] for answer in lost), lost
            assert all("look and try again" in answer.json["detail"] for answer in lost)
            tag = won[0].headers["ETag"]
            assert server.must("GET", path, 200) == won[0].json


def test_a_manager_sets_the_peoples_and_a_member_looks(server, team, person):
    manager, member, stranger = person("m"), person("p"), person("s")
    server.must("PUT", f"/api/v1/teams/{team}/members/{manager.name}", 200, {"role": "manager"})
    server.must("PUT", f"/api/v1/teams/{team}/members/{member.name}", 200)
    server.must("PUT", of_team(team), 200, {"gpus": 4})
    manager.must("PUT", of_team(team, member.name), 200, {"gpus": 1})
    assert manager.call("PUT", of_team(team), {"gpus": 400}).status == 403
    assert member.call("PUT", of_team(team, member.name), {"gpus": 4}).status == 403
    assert member.must("GET", of_team(team, member.name), 200)["gpus"] == 1
    assert member.must("GET", of_team(team), 200)["gpus"] == 4
    assert member.call("GET", of_team(team, manager.name)).status == 403
    assert {quota["account"] for quota in member.must("GET", "/api/v1/quotas", 200)} >= {team, f"{team}/{member.name}"}
    for path in (of_team(team), of_team(team, member.name)):
        assert stranger.call("GET", path).status == 404
        assert stranger.call("PUT", path, {}).status in (403, 404)
    assert team not in {quota["account"] for quota in stranger.must("GET", "/api/v1/quotas", 200)}
    # who leaves takes no quota along, and finds none on coming back
    server.must("DELETE", f"/api/v1/teams/{team}/members/{member.name}", 204)
    server.must("PUT", f"/api/v1/teams/{team}/members/{member.name}", 200)
    assert server.must("GET", of_team(team, member.name), 200)["version"] == 0


def test_a_team_takes_its_quotas_along(server, team, person):
    ada = person("ada")
    server.must("PUT", f"/api/v1/teams/{team}/members/{ada.name}", 200)
    server.must("PUT", of_team(team), 200, {"gpus": 4})
    server.must("PUT", of_team(team, ada.name), 200, {"gpus": 4})
    server.must("DELETE", f"/api/v1/teams/{team}", 204)
    assert not [quota for quota in server.must("GET", "/api/v1/quotas", 200) if quota["account"].startswith(team)]
    server.must("POST", "/api/v1/teams", 201, {"name": team})
    assert server.must("GET", of_team(team), 200)["version"] == 0


@pytest.mark.parametrize("body", [
    '{"gpus": -1}', '{"gpus": 1e400}', '{"gpus": NaN}', '{"gpus": "NaN"}', '{"gpus": Infinity}', '{"gpus": 1e12}',
    '{"gpus": 0.00001}', '{"memoryBytes": 99999999999999999999999}', '{"sessions": 0.5}', '{"gpuHours": -1}',
    '{"weight": -1}', '{"weight": 1e400}', '{"gpu": 4}', '{"gpus": {}}', '[]', '', '{', 'null'])
def test_what_no_quota_can_be_is_refused_with_a_sentence(server, team, body):
    answer = server.call("PUT", of_team(team), body, {"Content-Type": "application/json"})
    assert answer.status == 400, answer
    assert len(answer.json["detail"].split()) > 2, answer
    assert server.must("GET", of_team(team), 200)["version"] == 0


@pytest.mark.parametrize("path", ["teams/nobodys", "teams/nobodys/users/admin", "teams/..%2Fx", "teams/%00", "teams/%27%20OR%201"])
def test_an_account_that_is_nobodys_is_named(server, path):
    for method, body in (("GET", None), ("PUT", {})):
        answer = server.call(method, f"/api/v1/quotas/{path}", body)
        assert answer.status == 404 and answer.json["detail"], answer


# ---------------------------------------------------------------------------------------------------- by the command


def test_eve_sets_up_a_team_by_the_command(server, sluice, person):
    ada, name = person("ada"), f"t-{uuid.uuid4().hex[:8]}"
    assert name in sluice("team", "create", name, "--display-name", "Computer vision")
    sluice("team", "add", name, ada.name, "--role", "manager")
    assert "manager" in sluice("team", "show", name)
    assert f"team {name}" in sluice("quota", "set", name, "--gpus", "4", "--gpu-memory", "80GiB", "--deserved", "2")
    sluice("quota", "set", name, "--gpu-hours", "500", "--gpu-memory", "none")
    now = server.must("GET", of_team(name), 200)
    assert (now["gpus"], now["gpuHours"], now["deservedGpus"], now["gpuMemoryBytes"]) == (4, 500, 2, None)
    sluice("quota", "set", f"{name}/{ada.name}", "--gpus", "0.5")
    listed = sluice("quota", "list")
    assert f"{name}/{ada.name}" in listed and "0.5" in listed
    assert json.loads(sluice("quota", "show", f"{name}/{ada.name}", "--json"))["gpus"] == 0.5
    sluice("quota", "remove", f"{name}/{ada.name}")
    assert "Nobody has set it" in sluice("quota", "show", f"{name}/{ada.name}")
    sluice("team", "rename", name, "Vision")
    assert "Vision" in sluice("team", "list")
    sluice("team", "remove", name, ada.name)
    sluice("team", "delete", name)
    assert name not in sluice("team", "list")


def test_the_command_says_what_is_wrong(sluice):
    assert "There is no team" in sluice("quota", "set", "nobodys", "--gpus", "4", code=1)
    assert "not a number" in sluice("quota", "set", "pool", "--gpus", "four", code=1)
    assert "from 0 to" in sluice("quota", "set", "pool", "--gpus=-4", code=1)
    assert "not a size" in sluice("quota", "set", "pool", "--memory", "lots", code=1)
    assert "--gpus" in sluice("quota", "set", "pool", code=1)
    assert "in no team" in sluice("team", "create", "default", code=1)
