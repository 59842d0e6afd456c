"""The decision endpoints: AuthZEN's single questions and batches, every kind of subject, and hypothetical questions."""

import json
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from support import ACCOUNT, REGION
from test_credentials import NOTES, World

ALLOW_READ = {"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "notes:Read", "Resource": "*"}]}


class Asker:
    """Asks by signed HTTP; answers status, headers and body."""

    def __init__(self, server, key="test", secret="test", token=None):
        self.server, self.credentials = server, botocore.credentials.Credentials(key, secret, token)

    def post(self, path, body, service="passwright", headers=None, sign=True):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        data = data.encode() if isinstance(data, str) else data
        given = {"Content-Type": "application/json", **(headers or {})}
        request = botocore.awsrequest.AWSRequest("POST", self.server.url + path, data=data, headers=given)
        if sign:
            botocore.auth.SigV4Auth(self.credentials, service, REGION).add_auth(request)
        try:
            with urllib.request.urlopen(urllib.request.Request(request.url, data, dict(request.headers), method="POST")) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)

    def one(self, body, **more):
        return self.post("/access/v1/evaluation", body, **more)

    def many(self, body, **more):
        return self.post("/access/v1/evaluations", body, **more)

    def simulate(self, body, **more):
        return self.post("/v1/simulate", body, **more)


def question(subject, action="notes:Read", resource=f"{NOTES}/1", **more):
    return {"subject": subject, "action": {"name": action}, "resource": {"type": "arn", "id": resource}, **more}


def principal(arn):
    return {"type": "principal", "id": arn}


@pytest.fixture(scope="module")
def world(server):
    return World(server, "decisions")


@pytest.fixture(scope="module")
def asker(server):
    return Asker(server)


@pytest.fixture(scope="module")
def reader(server):
    """A user who may read notes, and nothing else."""
    iam = server.client("iam")
    arn = iam.create_user(UserName="reader", Path="/staff/")["User"]["Arn"]
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=json.dumps(ALLOW_READ))
    return arn


def limited(server, name, statements):
    """An asker who is a user with these statements."""
    iam = server.client("iam")
    iam.create_user(UserName=name)
    if statements:
        policy = {"Version": "2012-10-17", "Statement": statements}
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Asker(server, key["AccessKeyId"], key["SecretAccessKey"]), f"arn:aws:iam::{ACCOUNT}:user/{name}"


def test_the_endpoints_are_published(server):
    request = urllib.request.Request(server.url + "/.well-known/authzen-configuration", headers={"X-Request-ID": "r-1"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["X-Request-ID"] == "r-1"
        assert json.load(answer) == {
            "policy_decision_point": server.url,
            "access_evaluation_endpoint": server.url + "/access/v1/evaluation",
            "access_evaluations_endpoint": server.url + "/access/v1/evaluations",
        }


def test_a_token_is_judged_by_the_role_that_the_pool_would_give(world, asker):
    tokens = world.user("token")
    identity, _ = world.credentials({world.provider: tokens["IdToken"]})
    subject = {"type": "token", "id": tokens["IdToken"], "properties": {"identity_pool_id": world.id}}
    status, _, answer = asker.one(question(subject, resource=f"{NOTES}/{identity}/1"))
    assert status == 200 and answer["decision"] is True and answer["context"]["reason"] == "allowed"
    assert answer["context"]["principal"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{world.member}/CognitoIdentityCredentials"
    assert answer["context"]["statements"][0]["sid"] == "OwnNotes"
    _, _, answer = asker.one(question(subject, resource=f"{NOTES}/other/1"))
    assert answer["decision"] is False and answer["context"]["reason"] == "implicitDeny"


def test_an_explained_answer_says_where_the_statements_stand(asker, reader):
    _, _, brief = asker.one(question(principal(reader)))
    assert brief["context"]["statements"] == [{"policy": "read", "sid": "Read", "index": 0, "effect": "Allow"}]
    _, _, full = asker.one(question(principal(reader), explain=True))
    statement = full["context"]["statements"][0]
    assert statement["source"] == "identity" and statement["start"]["line"] == 1 < statement["end"]["column"]
    assert full["context"]["failed"] == []


def test_a_token_without_pool_identity_or_validity_is_nobody(server, world, asker):
    fresh = world.user("fresh")
    tokens = world.user("known")
    world.credentials({world.provider: tokens["IdToken"]})
    pool = {"identity_pool_id": world.id}
    head, body, signature = tokens["IdToken"].split(".")
    forged = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    for token, properties, expected in [
        (tokens["IdToken"], {}, "identity_pool_id is missing"),
        (tokens["IdToken"], {"identity_pool_id": f"{REGION}:00000000-0000-4000-8000-000000000000"}, "not found"),
        (tokens["AccessToken"], pool, "Not a valid OpenId Connect identity token"),
        (fresh["IdToken"], pool, "no identity"),
        (forged, pool, "signature invalid"),
        ("rubbish", pool, "Not a valid OpenId Connect identity token"),
    ]:
        subject = {"type": "token", "id": token, "properties": properties}
        status, _, answer = asker.one(question(subject))
        assert status == 200 and answer["decision"] is False, expected
        assert answer["context"]["reason"] == "implicitDeny" and expected in answer["context"]["error"]
    # Asking made no identity: the login still has none.
    subject = {"type": "token", "id": fresh["IdToken"], "properties": pool}
    assert "no identity" in asker.one(question(subject))[2]["context"]["error"]


def test_a_role_that_does_not_trust_the_pool_gives_tokens_nothing(server, asker):
    world = World(server, "untrusting")
    tokens = world.user("t")
    identity, _ = world.credentials({world.provider: tokens["IdToken"]})
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                     "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]}
    other = world.iam.create_role(RoleName="closed", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    world.identity.set_identity_pool_roles(IdentityPoolId=world.id, Roles={"authenticated": other})
    subject = {"type": "token", "id": tokens["IdToken"], "properties": {"identity_pool_id": world.id}}
    _, _, answer = asker.one(question(subject, resource=f"{NOTES}/{identity}/1"))
    assert answer["decision"] is False and "Invalid identity pool configuration" in answer["context"]["error"]


def test_a_principal_is_looked_up_by_its_very_arn(server, world, asker, reader):
    member = f"arn:aws:iam::{ACCOUNT}:role/{world.member}"
    for arn, action, expected in [
        (reader, "notes:Read", "allowed"),
        (reader, "notes:Write", "implicitDeny"),
        (reader.replace("/staff/", "/"), "notes:Read", "implicitDeny"),
        (reader.replace("reader", "Reader"), "notes:Read", "implicitDeny"),
        (reader.replace("reader", "nobody"), "notes:Read", "implicitDeny"),
        (reader.replace(ACCOUNT, "111111111111"), "notes:Read", "implicitDeny"),
        (f"arn:aws:iam::{ACCOUNT}:root", "notes:Anything", "allowed"),
    ]:
        status, _, answer = asker.one(question(principal(arn), action))
        assert (status, answer["context"]["reason"], answer["context"]["principal"]) == (200, expected, arn), arn
        assert answer["decision"] is (expected == "allowed")
    # No identity pool vouches for such a session, so the role's own condition on `…:sub` finds no key.
    for arn in [member, f"arn:aws:sts::{ACCOUNT}:assumed-role/{world.member}/some-session"]:
        _, _, answer = asker.one(question(principal(arn), explain=True))
        assert answer["context"]["reason"] == "implicitDeny" and answer["context"]["principal"] == arn
        assert answer["context"]["failed"][0]["sid"] == "OwnNotes"
    status, _, answer = asker.one(question(principal("alice")))
    assert status == 400 and "alice" in answer["message"]


def test_asking_about_others_takes_a_permission_and_tells_nobody_who_exists(server, reader):
    evaluate = {"Effect": "Allow", "Action": "passwright:Evaluate", "Resource": "*"}
    asker, own = limited(server, "asks", [evaluate, {"Effect": "Allow", "Action": "passwright:EvaluateAs",
                                                     "Resource": f"arn:aws:iam::{ACCOUNT}:user/nobody"}])
    assert asker.one(question(principal(own)))[2]["context"]["principal"] == own
    there, gone = asker.one(question(principal(reader))), asker.one(question(principal(reader + "2")))
    assert there[0] == gone[0] == 403
    assert there[2]["message"].replace(reader, "X") == gone[2]["message"].replace(reader + "2", "X")
    assert "passwright:EvaluateAs" in there[2]["message"]
    # One who is not there is answered like one who may nothing.
    server.client("iam").create_user(UserName="idle")
    askers, _ = limited(server, "asks-all", [evaluate, {"Effect": "Allow", "Action": "passwright:EvaluateAs", "Resource": "*"}])
    answers = [askers.one(question(principal(f"arn:aws:iam::{ACCOUNT}:user/{name}"), explain=True))[2] for name in ["idle", "idol"]]
    assert json.dumps(answers[0]).replace("idle", "idol") == json.dumps(answers[1])
    # In a batch, the refusal is the item's.
    status, _, answer = asker.many({**question(principal(own)), "evaluations": [{}, {"subject": principal(reader)}]})
    assert status == 200 and [item["decision"] for item in answer["evaluations"]] == [False, False]
    assert answer["evaluations"][1]["context"]["error"]["status"] == 403
    stranger, _ = limited(server, "may-not-ask", [])
    assert stranger.one(question(principal(own)))[0] == 403
    assert stranger.many({**question(principal(own)), "evaluations": [{}]})[0] == 403


def test_a_batch_answers_in_order_with_the_defaults_of_the_request(asker, reader):
    batch = {
        "subject": principal(reader), "resource": {"type": "arn", "id": f"{NOTES}/1"},
        "evaluations": [
            {"action": {"name": "notes:Read"}},
            {"action": {"name": "notes:Write"}},
            {"action": {"name": "notes:Write"}, "subject": principal(f"arn:aws:iam::{ACCOUNT}:root")},
            {"action": {"name": "notes:Read"}, "resource": {"type": "document", "id": "1"}},
            {},
            {"action": {"name": "notes:Read"}, "context": "none"},
            "nonsense",
        ],
    }
    status, headers, answer = asker.many(batch, headers={"X-Request-ID": "bfe9eb29"})
    assert status == 200 and headers["X-Request-ID"] == "bfe9eb29"
    assert [item["decision"] for item in answer["evaluations"]] == [True, False, True, False, False, False, False]
    assert answer["evaluations"][1]["context"]["reason"] == "implicitDeny"
    for item, expected in zip(answer["evaluations"][3:], ["resource.type", "action is missing", "context", ""]):
        error = item["context"]["error"]
        assert error["status"] == 400 and expected in error["message"]


@pytest.mark.parametrize("semantic, expected", [
    (None, [True, False, True]),
    ("execute_all", [True, False, True]),
    ("deny_on_first_deny", [True, False]),
    ("permit_on_first_permit", [True]),
])
def test_a_batch_ends_by_its_semantic(asker, reader, semantic, expected):
    options = {} if semantic is None else {"options": {"evaluations_semantic": semantic}}
    items = [{"action": {"name": f"notes:{name}"}} for name in ["Read", "Write", "Read"]]
    _, _, answer = asker.many({**question(principal(reader)), **options, "evaluations": items})
    assert [item["decision"] for item in answer["evaluations"]] == expected


def test_a_batch_without_items_is_one_question(asker, reader):
    for more in [{}, {"evaluations": []}]:
        status, _, answer = asker.many({**question(principal(reader)), **more})
        assert status == 200 and answer["decision"] is True and "evaluations" not in answer


def test_what_is_malformed_is_a_400_that_says_what(asker, reader):
    good = question(principal(reader))
    many = asker.many
    for ask, body, expected in [
        (asker.one, "{", "EOF"),
        (asker.one, {**good, "subject": None}, "subject is missing"),
        (asker.one, {**good, "subject": {"type": "user", "id": "alice"}}, "`user`"),
        (asker.one, {**good, "action": {}}, "action: missing field `name`"),
        (asker.one, {**good, "resource": {"id": "x"}}, "resource: missing field `type`"),
        (asker.one, {**good, "context": {"aws:SourceIp": {}}}, "context.`aws:SourceIp`"),
        (many, {**good, "evaluations": {}}, "invalid type"),
        (many, {**good, "evaluations": [{}] * 101}, "100"),
        (many, {**good, "evaluations": [{}], "options": {"evaluations_semantic": "any"}}, "`any`"),
    ]:
        status, headers, answer = ask(body, headers={"X-Request-ID": "x-1"})
        assert status == 400 and expected in answer["message"], (body, answer)
        assert headers["X-Request-ID"] == "x-1"
    status, headers, _ = asker.one(good, headers={"Content-Type": "text/plain", "X-Request-ID": "x-2"})
    assert status == 415 and headers["X-Request-ID"] == "x-2"
    for unsigned in [asker.one, many, asker.simulate]:
        status, headers, _ = unsigned(good, sign=False, headers={"X-Request-ID": "x-3"})
        assert status == 401 and headers["X-Request-ID"] == "x-3"
    assert many({**good, "evaluations": [{}] * 100})[0] == 200


def test_a_question_cannot_say_who_asks(asker, reader):
    tagged = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "notes:Read", "Resource": "*", "Condition": {
        "StringEquals": {"aws:PrincipalTag/team": "red"}}}]}
    iam = asker.server.client("iam")
    arn = iam.create_user(UserName="untagged")["User"]["Arn"]
    iam.put_user_policy(UserName="untagged", PolicyName="p", PolicyDocument=json.dumps(tagged))
    _, _, answer = asker.one(question(principal(arn), context={"aws:PrincipalTag/team": "red"}))
    assert answer["decision"] is False


def simulated(**more):
    return {"principal": {"arn": f"arn:aws:iam::{ACCOUNT}:user/alice"}, "action": "notes:Read",
            "resource": {"arn": f"{NOTES}/1"}, "policies": {"identity": [ALLOW_READ]}, **more}


def test_a_hypothetical_question_carries_all_that_it_rests_on(asker):
    for service in ["passwright", "iam"]:
        status, _, answer = asker.simulate(simulated(), service=service)
        assert status == 200 and answer["decision"] == "allowed"
        statement = answer["statements"][0]
        assert (statement["policy"], statement["sid"], statement["index"], statement["effect"]) == ("identity[0]", "Read", 0, "Allow")
    assert asker.simulate(simulated(), service="sts")[0] == 401
    level = {"identity": [ALLOW_READ], "service_control": [{"target": "r-1", "policies": []}]}
    assert asker.simulate(simulated(policies=level))[2]["decision"] == "implicitDeny"
    bound = {"identity": [json.dumps(ALLOW_READ)], "permissions_boundaries": [], "session": [], "vpc_endpoint": [], "resource": None}
    assert asker.simulate(simulated(policies=bound))[2]["decision"] == "allowed"
    _, _, answer = asker.simulate(simulated(policies={"identity": []}))
    assert answer["decision"] == "implicitDeny" and answer["statements"] == []
    # Across accounts both sides must allow.
    public = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "notes:*", "Resource": "*"}]}
    there = {"arn": f"{NOTES}/1", "account": "111111111111"}
    assert asker.simulate(simulated(resource=there))[2]["decision"] == "implicitDeny"
    both = {"identity": [ALLOW_READ], "resource": public}
    assert asker.simulate(simulated(resource=there, policies=both))[2]["decision"] == "allowed"
    anonymous = simulated(principal={"anonymous": True}, policies={"resource": public})
    assert asker.simulate(anonymous)[2]["decision"] == "allowed"
    condition = json.loads(json.dumps(ALLOW_READ))
    condition["Statement"][0]["Condition"] = {"NumericLessThan": {"notes:size": "10"}}
    body = simulated(policies={"identity": [condition]}, context={"notes:size": 12}, explain=True)
    failed = asker.simulate(body)[2]["failed"][0]
    assert (failed["element"], failed["key"], failed["expected"], failed["actual"]) == ("Condition", "notes:size", ["10"], ["12"])


def test_a_malformed_policy_is_a_400_that_names_it(server, asker):
    broken = json.dumps(simulated()).replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    status, _, answer = asker.simulate(broken)
    assert status == 400 and answer["message"].startswith("policies.identity[0]: ") and "column" in answer["message"]
    status, _, answer = asker.simulate(simulated(policies={"session": [ALLOW_READ, {}]}))
    assert status == 400 and answer["message"].startswith("policies.session[1]: ")
    may_not, _ = limited(server, "no-simulation", [{"Effect": "Allow", "Action": "passwright:Evaluate", "Resource": "*"}])
    status, _, answer = may_not.simulate(simulated())
    assert status == 403 and "passwright:Simulate" in answer["message"]


@pytest.mark.parametrize(("url", "headers", "says"), [
    ("https://other.example/1", {"Host": "notes.example"}, "properties.url is missing or malformed"),
    ("https://notes.example/1", {"Host": "notes.example", "X-Amz-Meta": ["unsigned"]}, "properties.headers is missing or malformed"),
])
def test_a_signed_request_is_taken_as_it_was_sent(asker, url, headers, says):
    subject = {"type": "signed_request", "id": "", "properties": {"method": "GET", "url": url, "headers": headers}}
    status, _, answer = asker.one(question(subject))
    assert status == 400 and says in answer["message"]


def test_an_access_key_id_alone_tells_nothing_of_its_holder(server, asker):
    """Its id is no secret: whoever may not ask about the holder gets what an unknown key gets."""
    iam = server.client("iam")
    iam.create_user(UserName="holder")
    keys = iam.create_access_key(UserName="holder")["AccessKey"]
    curious, _ = limited(server, "curious", [{"Effect": "Allow", "Action": "passwright:Evaluate", "Resource": "*"}])
    ask = {"type": "credentials", "id": keys["AccessKeyId"]}
    unknown = {"type": "credentials", "id": keys["AccessKeyId"][:-4] + "AAAA"}
    answers = [curious.one(question(subject)) for subject in (ask, unknown)]
    assert answers[0][0] == answers[1][0] == 200 and answers[0][2] == answers[1][2]
    elsewhere = Asker(server, key="999999999999")
    assert elsewhere.one(question(ask))[2] == answers[0][2], "and nobody of another account learns more"
    assert asker.one(question(ask))[2]["context"]["principal"].endswith("user/holder")


def test_another_accounts_resource_is_not_ones_own(server):
    """Nothing but a resource policy lets somebody into another account, and these resources have none."""
    stranger = Asker(server, key="999999999999")
    mine = principal("arn:aws:iam::999999999999:root")
    assert stranger.one(question(mine, resource="arn:aws:notes:us-east-1:999999999999:note/1"))[2]["decision"] is True
    for resource in f"{NOTES}/1", "arn:aws:notes:::1":
        assert stranger.one(question(mine, resource=resource))[2]["decision"] is False
