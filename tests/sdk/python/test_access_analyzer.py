"""accessanalyzer:ValidatePolicy: findings with their places, paged, over REST-JSON."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from support import REGION, refusal

GOOD = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]})


def many(count):
    """A policy with a problem in each statement."""
    statement = {"Effect": "Allow", "Action": "nosuchservice:Get", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": f"s{number}", **statement} for number in range(count)]})


def invalid(call, **named):
    """The whole answer of a ValidationException."""
    with pytest.raises(ClientError) as found:
        call(**named)
    assert found.value.response["Error"]["Code"] == "ValidationException"
    assert found.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return found.value.response


def test_a_good_policy_has_no_errors_and_a_bad_one_tells_where(server):
    analyzer = server.client("accessanalyzer")
    found = analyzer.validate_policy(policyDocument=GOOD, policyType="IDENTITY_POLICY", locale="EN")
    assert [finding for finding in found["findings"] if finding["findingType"] == "ERROR"] == []
    text = '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Permit", "Action": "s3:GetObject", "Resource": "*"}]\n}'
    findings = analyzer.validate_policy(policyDocument=text, policyType="IDENTITY_POLICY")["findings"]
    finding = next(finding for finding in findings if finding["issueCode"] == "INVALID_EFFECT")
    assert finding["findingType"] == "ERROR" and finding["findingDetails"]
    assert finding["learnMoreLink"].startswith("https://docs.aws.amazon.com/IAM/latest/UserGuide/")
    location = finding["locations"][0]
    assert location["path"][:2] == [{"value": "Statement"}, {"index": 0}]
    start, end = location["span"]["start"], location["span"]["end"]
    assert start["line"] == end["line"] == 3
    assert "Permit" in text[start["offset"]:end["offset"]]


def test_text_that_is_no_json_is_a_finding(server):
    findings = server.client("accessanalyzer").validate_policy(policyDocument="{", policyType="RESOURCE_POLICY")["findings"]
    assert [(finding["findingType"], finding["issueCode"]) for finding in findings] == [("ERROR", "JSON_SYNTAX_ERROR")]


def test_types_of_policies_and_resources_have_rules_of_their_own(server):
    analyzer = server.client("accessanalyzer")
    codes = lambda **named: {finding["issueCode"] for finding in analyzer.validate_policy(**named)["findings"]}
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "RESOURCE_POLICY", "IDENTITY_POLICY"]:
        codes(policyDocument=GOOD, policyType=kind)
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}]})
    kind = "AWS::IAM::AssumeRolePolicyDocument"
    as_trust = codes(policyDocument=trust, policyType="RESOURCE_POLICY", validatePolicyResourceType=kind)
    assert "MISSING_RESOURCE" not in as_trust
    invalid(analyzer.validate_policy, policyDocument=trust, policyType="IDENTITY_POLICY", validatePolicyResourceType=kind)


def test_findings_come_in_pages(server):
    analyzer = server.client("accessanalyzer")
    asked = {"policyDocument": many(150), "policyType": "IDENTITY_POLICY"}
    whole = analyzer.validate_policy(**asked, maxResults=1000)
    assert "nextToken" not in whole and len(whole["findings"]) >= 150
    first = analyzer.validate_policy(**asked)
    assert len(first["findings"]) == 100
    pages = analyzer.get_paginator("validate_policy").paginate(**asked, PaginationConfig={"PageSize": 40})
    assert [finding for page in pages for finding in page["findings"]] == whole["findings"]
    token = first["nextToken"]
    assert analyzer.validate_policy(**asked, nextToken=token)["findings"] == whole["findings"][100:200]
    other = {**asked, "policyDocument": many(151)}
    answer = invalid(analyzer.validate_policy, **other, nextToken=token)
    assert answer["reason"] == "fieldValidationFailed" and answer["fieldList"][0]["name"] == "nextToken"
    invalid(analyzer.validate_policy, **asked, nextToken="nonsense")
    invalid(analyzer.validate_policy, **asked, maxResults=0)
    invalid(server.client("accessanalyzer", "111111111111").validate_policy, **asked, nextToken=token)


def test_what_the_model_forbids_names_its_fields(server):
    answer = invalid(server.client("accessanalyzer").validate_policy, policyDocument=GOOD, policyType="A_POLICY")
    assert answer["reason"] == "fieldValidationFailed"
    assert [field["name"] for field in answer["fieldList"]] == ["policyType"]
    assert "Member must satisfy enum value set" in answer["Error"]["Message"]


def raw(server, method, path, body, service="access-analyzer", signed=True):
    """Status, headers and JSON body of a request that no SDK would make."""
    request = AWSRequest(method, server.url + path, data=body, headers={"Content-Type": "application/json"})
    if signed:
        SigV4Auth(Credentials("test", "test"), service, REGION).add_auth(request)
    prepared = urllib.request.Request(request.url, body.encode(), dict(request.headers), method=method)
    try:
        with urllib.request.urlopen(prepared) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, error.headers, json.loads(text) if text else None


def test_the_wire_is_rest_json(server):
    path = "/policy/validation"
    body = json.dumps({"policyDocument": GOOD, "policyType": "IDENTITY_POLICY"})
    status, headers, answer = raw(server, "POST", path, body)
    assert status == 200 and headers["Content-Type"] == "application/json" and list(answer) == ["findings"]
    assert headers["x-amzn-RequestId"]
    status, headers, answer = raw(server, "POST", path, "{")
    assert (status, headers["x-amzn-ErrorType"]) == (400, "ValidationException") and answer["reason"] == "cannotParse"
    assert raw(server, "POST", path + "?maxResults=soon", body)[2]["reason"] == "cannotParse"
    assert raw(server, "POST", path, body, signed=False)[:1] == (403,)
    assert raw(server, "POST", path, body, service="iam")[0] == 403
    status, headers, _ = raw(server, "POST", path, json.dumps({"policyDocument": "x" * 1_100_000, "policyType": "IDENTITY_POLICY"}))
    assert status == 413
    # An operation that is not built, and a path that is none.
    status, headers, _ = raw(server, "POST", "/policy/check-no-public-access", "{}")
    assert (status, headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")
    assert raw(server, "POST", "/policy/nothing", "{}")[0] == 404


def test_it_needs_permission(production):
    iam = production.client("iam", *production.root)
    user = iam.create_user(UserName="validator")["User"]
    key = iam.create_access_key(UserName="validator")["AccessKey"]
    analyzer = production.client("accessanalyzer", key["AccessKeyId"], key["SecretAccessKey"])
    asked = {"policyDocument": GOOD, "policyType": "IDENTITY_POLICY"}
    with pytest.raises(ClientError) as found:
        analyzer.validate_policy(**asked)
    assert found.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert found.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": f"User: {user['Arn']} is not authorized to perform: access-analyzer:ValidatePolicy on resource: * "
                   "because no identity-based policy allows the access-analyzer:ValidatePolicy action"}
    iam.put_user_policy(UserName="validator", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "access-analyzer:ValidatePolicy", "Resource": "*"}]}))
    analyzer.validate_policy(**asked)
    assert refusal(production.client("accessanalyzer", key["AccessKeyId"], "x").validate_policy, **asked)[0] == "InvalidSignatureException"
