"""The policy simulators: given policies, stored ones, trust policies, and every part of the answer."""

import json
import uuid

import pytest
from support import ACCOUNT, refusal

OTHER = "111111111111"
NOTE = f"arn:aws:notes:us-east-1:{ACCOUNT}:note/1"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect, action, resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def allow(action, resource="*", **more):
    return document(statement("Allow", action, resource, **more))


def entry(key, kind, *values):
    return {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": list(values)}


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


def simulate(iam, policies, action, resource=None, **more):
    """The only result of a question."""
    resources = {"ResourceArns": [resource]} if resource else {}
    iam_policies = [policies] if isinstance(policies, str) else policies
    found = iam.simulate_custom_policy(PolicyInputList=iam_policies, ActionNames=[action], **resources, **more)
    assert found["IsTruncated"] is False and len(found["EvaluationResults"]) == 1
    return found["EvaluationResults"][0]


def test_policies_decide_and_their_statements_are_told_with_places(iam):
    text = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": "*",\n      "Resource": "*"\n    }\n  ]\n}'
    assert simulate(iam, text, "notes:Read") == {
        "EvalActionName": "notes:Read", "EvalResourceName": "*", "EvalDecision": "allowed",
        "MatchedStatements": [{"SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "none",
                               "StartPosition": {"Line": 3, "Column": 17}, "EndPosition": {"Line": 8, "Column": 6}}],
        "MissingContextValues": [],
    }
    # One statement without a list, as in the AWS CLI's example.
    text = ('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}')
    late = entry("aws:CurrentTime", "date", "2019-04-25T11:00:00Z")
    found = simulate(iam, text, "dynamodb:CreateBackup", ContextEntries=[late])
    assert found["EvalDecision"] == "allowed"
    assert found["MatchedStatements"][0]["StartPosition"] == {"Line": 1, "Column": 38}
    assert found["MatchedStatements"][0]["EndPosition"] == {"Line": 1, "Column": 167}
    early = entry("aws:CurrentTime", "date", "2018-04-25T11:00:00Z")
    found = simulate(iam, text, "dynamodb:CreateBackup", ContextEntries=[early])
    assert (found["EvalDecision"], found["MatchedStatements"], found["MissingContextValues"]) == ("implicitDeny", [], [])


def test_a_deny_is_told_alone(iam):
    both = document(statement("Allow", "notes:*"), statement("Deny", "notes:Drop*"))
    found = simulate(iam, [both, allow("*")], "notes:DropAll")
    assert found["EvalDecision"] == "explicitDeny" and len(found["MatchedStatements"]) == 1
    assert found["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"
    found = simulate(iam, [both, allow("*")], "notes:Read")
    assert [matched["SourcePolicyId"] for matched in found["MatchedStatements"]] == ["PolicyInputList.1", "PolicyInputList.2"]


def test_resources_are_told_apart(iam):
    policy = allow("notes:Read", f"{NOTE}*")
    found = iam.simulate_custom_policy(PolicyInputList=[policy], ActionNames=["notes:Read", "notes:Write"],
                                       ResourceArns=[f"{NOTE}1", "arn:aws:notes:us-east-1::book/1"])["EvaluationResults"]
    assert [(result["EvalActionName"], result["EvalDecision"]) for result in found] == [
        ("notes:Read", "implicitDeny"), ("notes:Write", "implicitDeny")]
    specific = found[0]["ResourceSpecificResults"]
    assert [(result["EvalResourceName"], result["EvalResourceDecision"]) for result in specific] == [
        (f"{NOTE}1", "allowed"), ("arn:aws:notes:us-east-1::book/1", "implicitDeny")]
    assert specific[0]["EvalDecisionDetails"] == {} and len(specific[0]["MatchedStatements"]) == 1
    assert simulate(iam, policy, "notes:Read", NOTE)["EvalDecision"] == "allowed"


def test_context_keys_are_typed_and_missing_ones_are_told(iam):
    policy = allow("notes:Read", Condition={
        "NumericLessThan": {"notes:Pages": "10"}, "Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "StringEquals": {"aws:PrincipalTag/team": "${aws:RequestTag/team}"}})
    names = ["aws:PrincipalTag/team", "aws:RequestTag/team", "aws:SecureTransport", "aws:SourceIp", "aws:TagKeys", "notes:Pages"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[policy, policy])["ContextKeyNames"] == names
    entries = [entry("notes:Pages", "numeric", "9"), entry("aws:SecureTransport", "boolean", "true"), entry("AWS:sourceip", "ip", "192.0.2.7"),
               entry("aws:TagKeys", "stringList", "a"), entry("aws:PrincipalTag/team", "string", "t"), entry("aws:RequestTag/team", "string", "t")]
    assert simulate(iam, policy, "notes:Read", ContextEntries=entries)["EvalDecision"] == "allowed"
    found = simulate(iam, policy, "notes:Read", ContextEntries=entries[:3])
    assert found["EvalDecision"] == "implicitDeny"
    assert found["MissingContextValues"] == ["aws:PrincipalTag/team", "aws:RequestTag/team", "aws:TagKeys"]
    specific = simulate(iam, policy, "notes:Read", NOTE, ContextEntries=entries[1:])
    assert specific["MissingContextValues"] == [] and specific["ResourceSpecificResults"][0]["MissingContextValues"] == ["notes:Pages"]
    for wrong in [entry("notes:Pages", "numeric", "nine"), entry("notes:Pages", "numeric", "1", "2"), entry("aws:SourceIp", "ip", "here"),
                  entry("aws:SecureTransport", "boolean", "yes"), entry("notes:At", "date", "noon"), entry("notes:Raw", "binary", "?")]:
        code, message = refusal(simulate, iam, policy, "notes:Read", ContextEntries=[wrong])
        assert code == "InvalidInput" and wrong["ContextKeyName"] in message
    assert refusal(simulate, iam, policy, "notes:Read", ContextEntries=[entries[0], entries[0]])[0] == "InvalidInput"


def test_boundaries_and_organizations_bound(iam):
    found = simulate(iam, allow("*"), "notes:Read", PermissionsBoundaryPolicyInputList=[allow("books:*")])
    assert found["EvalDecision"] == "implicitDeny"
    assert found["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    found = simulate(iam, allow("*"), "books:Read", PermissionsBoundaryPolicyInputList=[allow("books:*")])
    assert found["EvalDecision"] == "allowed"
    assert found["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    code, _ = refusal(simulate, iam, allow("*"), "notes:Read", PermissionsBoundaryPolicyInputList=[allow("*"), allow("*")])
    assert code == "InvalidInput"
    levels = lambda *policies: {"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": [policy]} for policy in policies]}
    found = simulate(iam, allow("*"), "notes:Read", NOTE, **levels(allow("*"), allow("books:*")))
    assert found["EvalDecision"] == "implicitDeny" and found["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    assert "EvalDecisionDetails" not in found
    found = simulate(iam, allow("*"), "notes:Read", NOTE, **levels(allow("*"), allow("notes:*")))
    assert found["EvalDecision"] == "allowed" and found["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}


def test_resource_policies_within_an_account_and_across(iam):
    caller = f"arn:aws:iam::{ACCOUNT}:user/alice"
    names_alice = document({"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "notes:Read", "Resource": "*"})
    found = simulate(iam, allow("books:*"), "notes:Read", NOTE, ResourcePolicy=names_alice, CallerArn=caller)
    assert found["EvalDecision"] == "allowed"
    assert [(matched["SourcePolicyId"], matched["SourcePolicyType"]) for matched in found["MatchedStatements"]] == [
        ("ResourcePolicy", "resource")]
    across = {"ResourcePolicy": names_alice, "CallerArn": caller, "ResourceOwner": f"arn:aws:iam::{OTHER}:root"}
    found = simulate(iam, allow("books:*"), "notes:Read", "arn:aws:notes:::1", **across)
    assert found["EvalDecision"] == "implicitDeny"
    assert found["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}
    found = simulate(iam, allow("notes:*"), "notes:Read", "arn:aws:notes:::1", **across)
    assert found["EvalDecision"] == "allowed"
    assert found["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "allowed"}
    assert refusal(simulate, iam, allow("*"), "notes:Read", NOTE, ResourcePolicy=names_alice)[0] == "InvalidInput"
    for other in [f"arn:aws:iam::{ACCOUNT}:role/r", f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s", "alice"]:
        assert refusal(simulate, iam, allow("*"), "notes:Read", CallerArn=other)[0] == "InvalidInput"


def test_what_cannot_be_simulated_is_refused(iam):
    for policies, more in [
        (["{"], {}), ([allow("*"), "[]"], {}), ([document({"Effect": "Maybe", "Action": "*", "Resource": "*"})], {}),
        ([allow("*")], {"ActionNames": ["notes:*"]}), ([allow("*")], {"ActionNames": ["notes"]}),
        ([allow("*")], {"ResourceArns": ["note"]}), ([allow("*")], {"ResourceOwner": "somebody"}),
        ([allow("*")], {"ResourceHandlingOption": "EC2"}), ([allow("*")], {"ResourceHandlingOption": "EC2-VPC-EBS", "ResourceArns": [NOTE]}),
        ([allow("*")], {"Marker": "nonsense"}), ([allow("*")], {"ResourcePolicy": "{", "CallerArn": f"arn:aws:iam::{ACCOUNT}:user/a"}),
    ]:
        code, _ = refusal(iam.simulate_custom_policy, **{"PolicyInputList": policies, "ActionNames": ["notes:Read"], **more})
        assert code == "InvalidInput", (policies, more)
    assert refusal(iam.get_context_keys_for_custom_policy, PolicyInputList=["{"])[0] == "InvalidInput"
    launch = [f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/x" for kind in ["instance", "image", "security-group", "network-interface"]]
    found = iam.simulate_custom_policy(PolicyInputList=[allow("ec2:*")], ActionNames=["ec2:RunInstances"], ResourceArns=launch,
                                       ResourceHandlingOption="EC2-VPC-InstanceStore")["EvaluationResults"][0]
    assert found["EvalDecision"] == "allowed" and len(found["ResourceSpecificResults"]) == 4


def test_results_come_in_pages(iam):
    actions = [f"notes:Action{number}" for number in range(25)]
    asked = {"PolicyInputList": [allow("*")], "ActionNames": actions}
    first = iam.simulate_custom_policy(**asked, MaxItems=10)
    assert first["IsTruncated"] and len(first["EvaluationResults"]) == 10
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked, PaginationConfig={"PageSize": 10}))
    assert [len(page["EvaluationResults"]) for page in pages] == [10, 10, 5]
    assert [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]] == actions
    other = {**asked, "PolicyInputList": [allow("books:*")]}
    assert refusal(iam.simulate_custom_policy, **other, Marker=first["Marker"])[0] == "InvalidInput"


def test_large_questions_come_in_short_pages_or_not_at_all(iam):
    actions = [f"notes:Action{number}" for number in range(60)]
    asked = {"PolicyInputList": [allow("*")], "ActionNames": actions, "ResourceArns": [f"{NOTE}{number}" for number in range(200)]}
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked, PaginationConfig={"PageSize": 1000}))
    assert len(pages) > 1 and len(pages[0]["EvaluationResults"]) < 60
    assert [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]] == actions
    long = document(*[statement("Allow", "notes:Read", NOTE)] * 1000)
    assert refusal(iam.simulate_custom_policy, **{**asked, "PolicyInputList": [long]})[0] == "InvalidInput"
    entry = {"ContextKeyName": "notes:k", "ContextKeyType": "stringList", "ContextKeyValues": ["x" * 1000] * 66}
    assert refusal(iam.simulate_custom_policy, **{**asked, "ContextEntries": [entry]})[1] == "The context entries are longer than 65536 bytes."


def test_stored_policies_of_users_and_roles_take_part(iam):
    name = "sim" + uuid.uuid4().hex[:8]
    user = iam.create_user(UserName=name, Path="/simulated/", Tags=[{"Key": "team", "Value": "notes"}])["User"]
    own = allow("notes:Read", "arn:aws:notes:::${aws:username}/*", Condition={"StringEquals": {"aws:PrincipalTag/team": "notes"}})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=own)
    asked = {"PolicySourceArn": user["Arn"], "ActionNames": ["notes:Read"], "ResourceArns": [f"arn:aws:notes:::{name}/1"]}
    found = iam.simulate_principal_policy(**asked)["EvaluationResults"][0]
    assert found["EvalDecision"] == "allowed"
    assert [(matched["SourcePolicyId"], matched["SourcePolicyType"]) for matched in found["MatchedStatements"]] == [(f"user_{name}_own", "user")]
    excluded = {"InlinePolicyIdentifier": {"PolicyName": "own", "AttachmentType": "user", "AttachmentName": name}}
    for exclusion in [excluded, {"PolicyType": "inline"}]:
        found = iam.simulate_principal_policy(**asked, PolicyExclusionList=[exclusion])["EvaluationResults"][0]
        assert found["EvalDecision"] == "implicitDeny"
    added = iam.simulate_principal_policy(**asked, PolicyInputList=[document(statement("Deny", "notes:*"))])["EvaluationResults"][0]
    assert added["EvalDecision"] == "explicitDeny"
    # As Bob, with the user's policies: the resource is not Bob's.
    bob = iam.simulate_principal_policy(**asked, CallerArn=f"arn:aws:iam::{ACCOUNT}:user/bob")["EvaluationResults"][0]
    assert bob["EvalDecision"] == "implicitDeny"
    assert bob["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:PrincipalTag/team"]
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=user["Arn"], PolicyInputList=[
        allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})])["ContextKeyNames"] == [
            "aws:PrincipalTag/team", "aws:SecureTransport", "aws:username"]
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=user["Arn"], ActionNames=["notes:Read", "notes:Write", "notes:Drop"], PaginationConfig={"PageSize": 2})
    assert [len(page["EvaluationResults"]) for page in pages] == [2, 1]


def test_sources_are_users_and_roles_of_the_callers_account(iam, server):
    asked = {"ActionNames": ["notes:Read"]}
    for arn in [f"arn:aws:iam::{ACCOUNT}:user/nobody", f"arn:aws:iam::{ACCOUNT}:role/nobody", f"arn:aws:iam::{ACCOUNT}:group/nobody",
                f"arn:aws:iam::{OTHER}:user/nobody"]:
        assert refusal(iam.simulate_principal_policy, PolicySourceArn=arn, **asked)[0] == "NoSuchEntity"
        assert refusal(iam.get_context_keys_for_principal_policy, PolicySourceArn=arn)[0] == "NoSuchEntity"
    for arn in [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:assumed-role/role/session"]:
        assert refusal(iam.simulate_principal_policy, PolicySourceArn=arn, **asked) == (
            "InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    name = "far" + uuid.uuid4().hex[:8]
    user = server.client("iam", OTHER).create_user(UserName=name)["User"]
    assert refusal(iam.simulate_principal_policy, PolicySourceArn=user["Arn"], **asked)[0] == "NoSuchEntity"


def test_assuming_a_role_of_ours_is_judged_by_its_trust_too(iam):
    tag = uuid.uuid4().hex[:8]
    alice, bob = (iam.create_user(UserName=f"{who}-{tag}")["User"] for who in ["alice", "bob"])
    trust = document({"Effect": "Allow", "Principal": {"AWS": alice["Arn"]}, "Action": "sts:AssumeRole",
                      "Condition": {"StringEquals": {"sts:ExternalId": "x"}}})
    role = iam.create_role(RoleName=f"role-{tag}", AssumeRolePolicyDocument=trust)["Role"]
    for user in [alice, bob]:
        iam.put_user_policy(UserName=user["UserName"], PolicyName="p", PolicyDocument=allow("sts:*"))

    def assume(user, **more):
        return iam.simulate_principal_policy(
            PolicySourceArn=user["Arn"], ActionNames=["sts:AssumeRole"], ResourceArns=[role["Arn"]], **more)["EvaluationResults"][0]

    external = {"ContextEntries": [entry("sts:ExternalId", "string", "x")]}
    found = assume(alice, **external)
    assert found["EvalDecision"] == "allowed"
    assert {matched["SourcePolicyId"] for matched in found["MatchedStatements"]} >= {role["Arn"]}
    assert assume(bob, **external)["EvalDecision"] == "implicitDeny"
    found = assume(alice)
    assert found["EvalDecision"] == "implicitDeny"
    assert found["ResourceSpecificResults"][0]["MissingContextValues"] == ["sts:ExternalId"]
    # A role that is none of ours is judged by the caller's policies alone.
    far = f"arn:aws:iam::{OTHER}:role/far"
    assert simulate(iam, allow("sts:AssumeRole", far), "sts:AssumeRole", far)["EvalDecision"] == "allowed"
    assert simulate(iam, allow("sts:AssumeRole", NOTE), "sts:AssumeRole", far)["EvalDecision"] == "implicitDeny"


def test_simulating_needs_permission_and_tells_no_trust_without_it(production):
    iam = production.client("iam", *production.root)
    user = iam.create_user(UserName="simulator")["User"]
    key = iam.create_access_key(UserName="simulator")["AccessKey"]
    trust = document({"Effect": "Allow", "Principal": {"AWS": user["Arn"]}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName="simulated", AssumeRolePolicyDocument=trust)["Role"]
    limited = production.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    custom = {"PolicyInputList": [allow("*")], "ActionNames": ["sts:AssumeRole"]}
    principal = {"PolicySourceArn": user["Arn"], "ActionNames": ["notes:Read"]}
    for call, named in [(limited.simulate_custom_policy, custom), (limited.simulate_principal_policy, principal),
                        (limited.get_context_keys_for_custom_policy, {"PolicyInputList": [allow("*")]}),
                        (limited.get_context_keys_for_principal_policy, {"PolicySourceArn": user["Arn"]})]:
        assert refusal(call, **named)[0] == "AccessDenied"
    iam.put_user_policy(UserName="simulator", PolicyName="p", PolicyDocument=document(
        statement("Allow", ["iam:SimulateCustomPolicy", "iam:GetContextKeysForCustomPolicy"]),
        statement("Allow", ["iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy"], user["Arn"])))
    limited.simulate_custom_policy(**custom)
    limited.simulate_principal_policy(**principal)
    limited.get_context_keys_for_principal_policy(PolicySourceArn=user["Arn"])
    assert refusal(limited.simulate_principal_policy, **{**principal, "PolicySourceArn": role["Arn"]})[0] == "AccessDenied"
    code, message = refusal(limited.simulate_custom_policy, **custom, ResourceArns=[role["Arn"]])
    assert code == "AccessDenied" and "iam:GetRole" in message
