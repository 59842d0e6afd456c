"""Policy documents that are none: refused with IAM's words wherever they come in, and nothing is changed."""

import json

import pytest
from botocore.exceptions import ClientError
from support import ACCOUNT
from test_decisions import Asker, principal, question

GOOD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}]}
SYNTAX = "Syntax errors in policy."


def statement(**changes):
    merged = {"Effect": "Allow", "Action": "notes:Read", "Resource": "*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [{key: value for key, value in merged.items() if value is not None}]})


BAD = [
    ("not json", SYNTAX),
    ('{"Version": "2012-10-17"}', SYNTAX),
    ('{"Version": "2012-10-17", "Statement": []}', SYNTAX),
    ('{"Version": "2013-01-01", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}', "The policy must contain a valid version string"),
    (statement(Efect="Allow"), SYNTAX),
    (statement(Effect="allow"), SYNTAX),
    (statement(NotAction="notes:Write"), SYNTAX),
    (statement(NotResource="arn:aws:notes:::x"), SYNTAX),
    (statement(Action=None), "Policy statement must contain actions."),
    (statement(Resource=None), "Policy statement must contain resources."),
    (statement(Principal="*"), "Policy document should not specify a principal."),
    (statement(Action=[]), "Policy statement must contain actions."),
    (statement(Action=None, NotAction=[]), "Policy statement must contain actions."),
    (statement(Resource=None, NotResource=[]), "Policy statement must contain resources."),
    (statement(Resource="arn:aws:notes"), 'Resource arn:aws:notes must be in ARN format or "*".'),
    (statement(Resource="arn:aws::::x"), 'Resource arn:aws::::x must be in ARN format or "*".'),
    (statement(Resource="arn:aws:notes::${aws:userid}:x"), SYNTAX),
    (statement(Condition={"StringEqual": {}}), SYNTAX),
    (statement(Condition={"StringEquals": {"username": "a"}}), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (statement(Action="read"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (statement(Action="notes:${aws:username}"), SYNTAX),
    (statement(Resource="notes/1"), 'Resource notes/1 must be in ARN format or "*".'),
    (statement(Resource="arn:aws:not*:::x"), "Vendor not* is not valid"),
    (statement(Resource="arn:aws:notes:::${aws:username"), SYNTAX),
    (statement(Condition={"StringAlike": {"aws:username": "a"}}), SYNTAX),
    (statement(Condition={"NullIfExists": {"aws:username": "true"}}), SYNTAX),
    (statement(Condition={"NumericEquals": {"notes:size": "${notes:limit}"}}), SYNTAX),
    (statement(Condition={"Bool": {"a:b": "true", "A:B": "true"}}), SYNTAX),
    (statement().replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"'), None),
    (statement(Sid="a b"), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"),
    (statement(Sid="\ud800"), None),
    ("[" * 10_000, None),
    ("{\"a\":" * 10_000, None),
]


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


@pytest.fixture(scope="module")
def reader(iam):
    iam.create_user(UserName="documents")
    iam.put_user_policy(UserName="documents", PolicyName="p", PolicyDocument=json.dumps(GOOD))
    return principal(f"arn:aws:iam::{ACCOUNT}:user/documents")


@pytest.mark.parametrize(("document", "words"), BAD)
def test_a_document_that_is_none_is_refused_and_changes_nothing(server, iam, reader, document, words):
    with pytest.raises(ClientError) as refused:
        iam.put_user_policy(UserName="documents", PolicyName="p", PolicyDocument=document)
    error = refused.value.response["Error"]
    assert error["Code"] == "MalformedPolicyDocument"
    assert words is None or error["Message"] == words
    status, _, answer = Asker(server).one(question(reader))
    assert status == 200 and answer["decision"] is True, "the policy that was there still holds"


def test_trust_and_session_policies_are_read_by_the_same_rules(server, iam):
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException, match="prohibited field Resource"):
        iam.create_role(RoleName="documents", AssumeRolePolicyDocument=statement(Principal={"AWS": "*"}, Action="sts:AssumeRole"))
    for changes, words in [
        ({"NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRoleWithWebIdentity"}, "prohibited field NotPrincipal"),
        ({"Principal": {"AWS": ACCOUNT}, "Action": "notes:Read"}, "AssumeRole policy may only specify STS AssumeRole actions."),
        ({"Principal": {"AWS": []}, "Action": "sts:AssumeRole"}, "Missing required field Principal"),
        # Everyone is anybody's identity pool too.
        ({"Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}, "must evaluate cognito-identity.amazonaws.com:aud"),
    ]:
        with pytest.raises(iam.exceptions.MalformedPolicyDocumentException, match=words):
            iam.create_role(RoleName="documents", AssumeRolePolicyDocument=statement(Resource=None, **changes))
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException, match="This policy contains invalid Json"):
        iam.create_role(RoleName="documents", AssumeRolePolicyDocument="not json")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="documents")
    for name, path in [("documents", "/aws-service-role/x.amazonaws.com/"), ("documents", "/aws-reserved/"), ("AWSServiceRoleForMe", "/")]:
        with pytest.raises(iam.exceptions.InvalidInputException, match="reserved"):
            iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=statement(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole", Resource=None))
    trust = statement(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole", Resource=None)
    role = iam.create_role(RoleName="documents", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    sts = server.client("sts")
    with pytest.raises(sts.exceptions.MalformedPolicyDocumentException, match="must contain resources"):
        sts.assume_role(RoleArn=role, RoleSessionName="session", Policy=statement(Resource=None))


def resident_kilobytes(server):
    lines = open(f"/proc/{server.process.pid}/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def simulate(server, policies, resource="arn:aws:notes:::" + "a" * 2000):
    asked = {"principal": {"arn": f"arn:aws:iam::{ACCOUNT}:user/u"}, "action": "notes:Read", "resource": {"arn": resource},
             "policies": {"identity": policies}}
    return Asker(server).simulate(asked)


def test_hostile_policies_take_bounded_memory_and_are_answered_or_refused(server):
    before = resident_kilobytes(server)
    bomb = "arn:aws:notes:::" + "a*" * 500 + "b"
    for policies, expected in [
        ([json.loads(statement(Resource=[bomb] * 200))], (200, "implicitDeny")),
        ([json.loads(statement(Resource="arn:aws:notes:::" + "?" * 2000))], (200, "allowed")),
        ([json.loads(statement(Action=[f"notes:A{number}" for number in range(30_000)]))], (200, "implicitDeny")),
        ([{"Statement": [{"Effect": "Allow", "Action": "notes:*", "Resource": f"arn:aws:notes:::{number}/*"} for number in range(9_000)]}],
         (200, "implicitDeny")),
        ([json.loads(statement(Condition={"StringLike": {"notes:k": ["*a*b" * 4] * 10_000}}))], (200, "implicitDeny")),
        # Every resource matches, and none of the actions.
        ([json.loads(statement(Action=["notes:A"] * 30_000, Resource=["*"] * 30_000))], (200, "implicitDeny")),
        (["[" * 500_000], (400, None)),
        ([json.loads(statement())] * 2_000, (400, None)),
    ]:
        status, _, answer = simulate(server, policies)
        assert (status, answer.get("decision")) == expected, answer
    for long in ["notes:" + "A" * 123, "*"], ["notes:Read", "arn:aws:notes:::" + "a" * 2033]:
        asked = {"principal": {"anonymous": True}, "action": long[0], "resource": {"arn": long[1]}}
        assert Asker(server).simulate(asked)[0] == 400
    asked = {"principal": {"anonymous": True}, "action": "a:b", "resource": {"arn": "*"}, "context": {"a:b": ["x" * 1000] * 66}}
    status, _, answer = Asker(server).simulate(asked)
    assert (status, answer["message"]) == (400, "context is longer than 65536 bytes")
    status, _, _ = simulate(server, [" " * 1_100_000])
    assert status == 413
    assert resident_kilobytes(server) - before < 200_000
