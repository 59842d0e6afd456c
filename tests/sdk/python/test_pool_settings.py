"""Pools whole, their tags, what they do about risk, and what stands beside them."""

import base64
import json

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from support import ACCOUNT, PASSWORD, REGION, ROOT, Pool, refusal


@pytest.fixture(scope="module")
def pool(server):
    return Pool(server)


def newest(server, tmp_path):
    """A client by the interface model that the server has: the SDK's own may be from before some operations."""
    folder = tmp_path / "cognito-idp" / "2016-04-18"
    folder.mkdir(parents=True)
    shipped = botocore.loaders.create_loader()
    (folder / "service-2.json").write_text((ROOT / "src/wire/models/cognito-idp.json").read_text())
    for part in ["endpoint-rule-set-1", "paginators-1"]:
        (folder / f"{part}.json").write_text(json.dumps(shipped.load_service_model("cognito-idp", part)))
    session = botocore.session.get_session()
    loader = botocore.loaders.Loader(extra_search_paths=[str(tmp_path)], include_default_search_paths=True)
    loader.search_paths.insert(0, str(tmp_path))
    session.register_component("data_loader", loader)
    return boto3.Session(botocore_session=session).client(
        "cognito-idp", endpoint_url=server.url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}))


def sms_role(server, name):
    iam = server.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole",
         "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="publish", PolicyDocument=json.dumps(policy))
    return arn


def test_a_pool_keeps_what_it_is_given_and_update_resets_what_it_is_not(server):
    idp = server.client("cognito-idp")
    given = {
        "EmailConfiguration": {
            "SourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/x.example", "ReplyToEmailAddress": "help@x.example",
            "EmailSendingAccount": "DEVELOPER", "From": "Us <us@x.example>", "ConfigurationSet": "set"},
        "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT", "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"}},
        "UserPoolTier": "PLUS",
        "UserPoolTags": {"team": "red"},
    }
    created = idp.create_user_pool(
        PoolName="whole", **given, Schema=[{"Name": "level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}}])
    id = created["UserPool"]["Id"]
    described = idp.describe_user_pool(UserPoolId=id)["UserPool"]
    for member, value in given.items():
        assert described[member] == value, member
    role = sms_role(server, "Sms" + id[-9:])
    idp.update_user_pool(UserPoolId=id, SmsConfiguration={"SnsCallerArn": role, "ExternalId": "x", "SnsRegion": REGION})
    described = idp.describe_user_pool(UserPoolId=id)["UserPool"]
    assert described["SmsConfiguration"]["SnsCallerArn"] == role
    assert described["UserPoolTier"] == "ESSENTIALS" and "UserPoolTags" not in described and "UserPoolAddOns" not in described
    assert described["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    wrong = {"SnsCallerArn": role, "ExternalId": "y"}
    code, message = refusal(idp.update_user_pool, UserPoolId=id, SmsConfiguration=wrong)
    assert code == "InvalidSmsRoleTrustRelationshipException", message


def test_dev_pools_have_the_id_that_a_tag_asks_for(server, pool):
    id = f"{REGION}_mine{pool.id[-9:]}"
    created = pool.idp.create_user_pool(PoolName="fixed", UserPoolTags={"_custom_id_": id})["UserPool"]
    assert created["Id"] == id
    again = refusal(pool.idp.create_user_pool, PoolName="fixed", UserPoolTags={"_custom_id_": id})
    assert again[0] == "InvalidParameterException"


def test_tags(pool):
    arn = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool.id}"
    pool.idp.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    pool.idp.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert pool.idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    assert refusal(pool.idp.tag_resource, ResourceArn=arn, Tags={"aws:x": "y"})[0] == "InvalidParameterException"


def test_nobody_signs_in_from_a_blocked_address(server):
    pool = Pool(server)
    pool.user("alice")
    pool.sign_in("alice")
    blocked = {"BlockedIPRangeList": ["127.0.0.0/8", "::1/128"]}
    set_ = pool.idp.set_risk_configuration(UserPoolId=pool.id, RiskExceptionConfiguration=blocked)["RiskConfiguration"]
    assert pool.idp.describe_risk_configuration(UserPoolId=pool.id)["RiskConfiguration"] == set_
    assert refusal(pool.sign_in, "alice") == ("NotAuthorizedException", "Unable to login because of security reasons.")
    pool.idp.set_risk_configuration(
        UserPoolId=pool.id, ClientId=pool.client_id, RiskExceptionConfiguration={"SkippedIPRangeList": ["127.0.0.0/8"]})
    pool.sign_in("alice", PASSWORD)


def test_where_logs_go(pool):
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:cognito"
    logs = [{"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": {"LogGroupArn": group}}]
    pool.idp.set_log_delivery_configuration(UserPoolId=pool.id, LogConfigurations=logs)
    got = pool.idp.get_log_delivery_configuration(UserPoolId=pool.id)["LogDeliveryConfiguration"]
    assert got == {"UserPoolId": pool.id, "LogConfigurations": logs}


def test_provisioned_limits(server):
    idp = server.client("cognito-idp", region="eu-central-1")
    limit = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}}
    updated = idp.update_provisioned_limit(LimitDefinition=limit, RequestedLimitValue=75)["Limit"]
    assert (updated["ProvisionedLimitValue"], updated["FreeLimitValue"]) == (75, 50)
    assert idp.get_provisioned_limit(LimitDefinition=limit)["Limit"] == updated


def test_the_signing_certificate_is_a_certificate(pool):
    text = pool.idp.get_signing_certificate(UserPoolId=pool.id)["Certificate"]
    certificate = x509.load_der_x509_certificate(base64.b64decode(text))
    assert certificate.subject.rfc4514_string() == f"CN={pool.id}" and certificate.issuer == certificate.subject
    assert 3649 <= (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 3651
    key = certificate.public_key()
    assert key.key_size == 2048
    key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), certificate.signature_hash_algorithm)
    assert pool.idp.get_signing_certificate(UserPoolId=pool.id)["Certificate"] == text


def test_client_metadata_documents(server, pool, tmp_path):
    idp = newest(server, tmp_path)
    patterns = ["https://*.example.com/clients/*"]
    made = idp.create_cimd_policy(UserPoolId=pool.id, ClientId=pool.client_id, PolicyName="apps", URLPatterns=patterns)["CIMDPolicy"]
    named = {"UserPoolId": pool.id, "CIMDPolicyId": made["CIMDPolicyId"]}
    assert idp.describe_cimd_policy(**named)["CIMDPolicy"] == made
    changed = idp.update_cimd_policy(**named, ClientId=pool.client_id, URLPatterns=patterns, CacheDuration=172800)["CIMDPolicy"]
    assert (changed["PolicyName"], changed["CacheDuration"]) == ("apps", 172800)
    listed = idp.list_cimd_policies(UserPoolId=pool.id)["CIMDPolicies"]
    assert [policy["CIMDPolicyId"] for policy in listed] == [made["CIMDPolicyId"]]
    assert idp.list_client_metadata_urls(**named)["ClientMetadataURLs"] == []
    missing = refusal(idp.update_client_metadata_url_state, **named, URL="https://a.example.com/clients/1", Action="REFRESH")
    assert missing[0] == "CachedCIMDURLDoesNotExistException"
    open_host = refusal(
        idp.create_cimd_policy, UserPoolId=pool.id, ClientId=pool.client_id, PolicyName="all", URLPatterns=["https://*/c.json"])
    assert open_host[0] == "InvalidParameterException"
    idp.delete_cimd_policy(**named)
    assert refusal(idp.describe_cimd_policy, **named)[0] == "ResourceNotFoundException"


def test_a_second_region_serves_the_pool(server):
    pool = Pool(server)
    pool.user("alice")
    abroad = server.client("cognito-idp", region="eu-central-1")
    named = {"UserPoolId": pool.id, "RegionName": "eu-central-1"}
    assert refusal(abroad.describe_user_pool, UserPoolId=pool.id)[0] == "ResourceNotFoundException"
    made = pool.idp.create_user_pool_replica(**named)["UserPoolReplica"]
    assert (made["Status"], made["Role"]) == ("INACTIVE", "SECONDARY")
    assert abroad.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Arn"] == made["UserPoolArn"]
    assert pool.idp.update_user_pool_replica(**named, Status="ACTIVE")["UserPoolReplica"]["Status"] == "ACTIVE"
    signed_in = abroad.admin_initiate_auth(
        UserPoolId=pool.id, ClientId=pool.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD})
    assert "AccessToken" in signed_in["AuthenticationResult"]
    assert refusal(abroad.admin_create_user, UserPoolId=pool.id, Username="bob")[0] == "OperationNotEnabledException"
    roles = [replica["Role"] for replica in pool.idp.list_user_pool_replicas(UserPoolId=pool.id)["UserPoolReplicas"]]
    assert roles == ["PRIMARY", "SECONDARY"]
    assert refusal(pool.idp.delete_user_pool_replica, **named)[0] == "InvalidParameterException"
    pool.idp.update_user_pool_replica(**named, Status="INACTIVE")
    assert pool.idp.delete_user_pool_replica(**named)["UserPoolReplica"]["Status"] == "DELETING"
