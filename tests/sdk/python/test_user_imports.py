"""Imports by a real SDK, their files by a real upload."""

import base64
import csv
import hashlib
import io
import json
import time
import urllib.error
import urllib.request

import pytest
from support import PASSWORD


@pytest.fixture(scope="module")
def importing(server):
    cognito, iam = server.client("cognito-idp"), server.client("iam")
    pool = cognito.create_user_pool(PoolName="imports", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    trust = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"}, "Action": "sts:AssumeRole"}}
    role = iam.create_role(RoleName="import-logs", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    return cognito, pool, client["UserPoolClient"]["ClientId"], role


def put(address, file):
    request = urllib.request.Request(address, data=file.encode(), method="PUT")
    with urllib.request.urlopen(request) as answer:
        return answer.status


def imported(importing, lines, **more):
    """The job of these lines, once it is over."""
    cognito, pool, _, role = importing
    header = cognito.get_csv_header(UserPoolId=pool)["CSVHeader"]
    if more:
        header = [*header, "cognito:password_hash"]
    made = cognito.create_user_import_job(UserPoolId=pool, JobName="job", CloudWatchLogsRoleArn=role, **more)["UserImportJob"]
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(lines)
    assert put(made["PreSignedUrl"], text.getvalue()) == 200
    cognito.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    end = time.time() + 120
    while True:
        job = cognito.describe_user_import_job(UserPoolId=pool, JobId=made["JobId"])["UserImportJob"]
        if job["Status"] not in ("Pending", "InProgress"):
            return job
        assert time.time() < end, job
        time.sleep(0.3)


def test_three_thousand_users_are_imported_and_the_wrong_are_counted(importing):
    cognito, pool, _, _ = importing
    lines = [{"cognito:username": f"user{number}", "email": f"user{number}@b.example", "email_verified": "true"} for number in range(3000)]
    lines.append({"cognito:username": "unverified"})
    job = imported(importing, lines)
    assert (job["Status"], job["ImportedUsers"], job["FailedUsers"], job["SkippedUsers"]) == ("Succeeded", 3000, 1, 0)
    user = cognito.admin_get_user(UserPoolId=pool, Username="user2999")
    assert user["UserStatus"] == "RESET_REQUIRED"
    again = imported(importing, lines[:10])
    assert again["SkippedUsers"] == 10
    jobs = cognito.list_user_import_jobs(UserPoolId=pool, MaxResults=1)
    assert jobs["UserImportJobs"][0]["JobId"] == again["JobId"] and jobs["PaginationToken"]


def test_a_hash_that_came_along_signs_in(importing):
    cognito, _, client, _ = importing
    digest = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"pepper", 5000)
    line = {"cognito:username": "hashed", "cognito:password_hash": f"pbkdf2_sha256$5000$pepper${base64.b64encode(digest).decode()}"}
    job = imported(importing, [line], PasswordHashingAlgorithm="PBKDF2_SHA256")
    assert job["ImportedUsers"] == 1
    signed_in = cognito.initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "hashed", "PASSWORD": PASSWORD})
    assert "AccessToken" in signed_in["AuthenticationResult"]


def test_an_upload_that_is_nobodys_is_refused_and_a_job_is_stopped(importing, server):
    cognito, pool, _, role = importing
    made = cognito.create_user_import_job(UserPoolId=pool, JobName="job", CloudWatchLogsRoleArn=role)["UserImportJob"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        put(made["PreSignedUrl"][:-3], "x")
    assert refused.value.code == 403
    with pytest.raises(cognito.exceptions.PreconditionNotMetException):
        cognito.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])
    with pytest.raises(cognito.exceptions.PreconditionNotMetException):
        cognito.stop_user_import_job(UserPoolId=pool, JobId=made["JobId"])
