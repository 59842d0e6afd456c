"""A pool put back to how it was, by a real SDK. A test cannot wait until a moment is old enough, so what a stopped server keeps is made older."""

import datetime
import json
import os
import shutil
import sqlite3
import subprocess
import time

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import database_flags
from support import PASSWORD, REGION, ROOT, Server, documented

AGE = 3600


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The pinned SDK is older than these operations: it takes the model of them that the server has."""
    folder = tmp_path_factory.mktemp("models")
    version = folder / "cognito-idp" / "2016-04-18"
    version.mkdir(parents=True)
    shutil.copy(ROOT / "src/wire/models/cognito-idp.json", version / "service-2.json")
    return folder


def cognito(server, models):
    session = botocore.session.get_session()
    session.get_component("data_loader").search_paths.insert(0, str(models))
    return boto3.Session(botocore_session=session).client(
        "cognito-idp", endpoint_url=server.url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1, "mode": "standard"}))


def make_older(server, flags):
    """Everything that was done happened an hour earlier."""
    moved = [("user_pools", "created_at"), ("users", "created_at"), ("user_data_history", "replaced_at")]
    statements = [f"UPDATE {table} SET {column} = {column} - {AGE * 1000}" for table, column in moved]
    statements.append("DELETE FROM deployment_settings WHERE name = 'user_data_kept_since'")
    statements.append("INSERT INTO deployment_settings (name, value) VALUES ('user_data_kept_since', '0')")
    if flags:
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", flags[1], "-c", "; ".join(statements)], check=True)
        return
    with sqlite3.connect(server.data / "passwright.db") as file:
        for statement in statements:
            file.execute(statement)


def status_of(client, recovery, ends):
    end = time.time() + 60
    while True:
        found = client.describe_point_in_time_recovery(**recovery)["Restoration"]
        if found["RestoreStatus"] in ends:
            return found
        assert time.time() < end, found
        time.sleep(0.3)


def as_documented(server, models, pool, point):
    """Puts a pool back as the documentation says, by the AWS CLI; answers what its last look at it showed."""
    script = documented("user-pools", "start-point-in-time-recovery").replace("2030-01-31T12:00:00Z", point.isoformat())
    shell = {
        **os.environ, "POOL": pool, "AWS_DATA_PATH": str(models), "AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PAGER": "",
    }
    ran = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=shell, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    looked, _, _ = ran.stdout.partition("PREVIEW_GENERATED")[2].strip().partition("\n}\n")
    return looked + "\n}"


def test_deleted_users_come_back_and_new_ones_go(database, tmp_path, logs, models):
    flags = database_flags(database)
    server = Server("dev", tmp_path, *flags, log=logs / f"point-in-time-{database}.log")
    client = cognito(server, models)
    pool = client.create_user_pool(PoolName="shop")["UserPool"]["Id"]
    app = client.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    app = app["UserPoolClient"]["ClientId"]

    def make(name):
        client.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        client.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        return client.admin_get_user(UserPoolId=pool, Username=name)["UserAttributes"]

    attributes = make("ann")
    server.stop()
    make_older(server, flags)

    server = Server("dev", tmp_path, *flags, log=logs / f"point-in-time-{database}.log")
    client = cognito(server, models)
    point = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=AGE // 2)
    client.admin_delete_user(UserPoolId=pool, Username="ann")
    make("bob")
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.initiate_point_in_time_recovery(UserPoolId=pool, RestoreTimestamp=datetime.datetime.now(datetime.UTC))
    started = client.initiate_point_in_time_recovery(UserPoolId=pool, RestoreTimestamp=point)["Restoration"]
    recovery = {"UserPoolId": pool, "RestoreId": started["RestoreId"]}
    assert abs((started["RestoreTimestamp"] - point).total_seconds()) < 1
    with pytest.raises(ClientError) as refused:
        client.admin_create_user(UserPoolId=pool, Username="carol")
    assert refused.value.response["Error"]["Code"] == "OperationNotEnabledException"
    assert client.cancel_point_in_time_recovery(**recovery)["Restoration"]["RestoreStatus"] == "PREVIEW_CANCELLED"

    seen = json.loads(as_documented(server, models, pool, point))["Restoration"]
    users = next(entity for entity in seen["RestorePreview"] if entity["Entity"] == "Users")
    assert (users["CreateCount"], users["UpdateCount"], users["DeleteCount"]) == (1, 0, 1)
    recovery = {"UserPoolId": pool, "RestoreId": seen["RestoreId"]}
    status_of(client, recovery, ["RESTORE_COMPLETED"])

    assert client.admin_get_user(UserPoolId=pool, Username="ann")["UserAttributes"] == attributes
    signed_in = client.initiate_auth(
        ClientId=app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD})
    assert signed_in["AuthenticationResult"]["AccessToken"]
    with pytest.raises(client.exceptions.UserNotFoundException):
        client.admin_get_user(UserPoolId=pool, Username="bob")
    with pytest.raises(ClientError) as refused:
        client.start_point_in_time_recovery(**recovery)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"
    listed = client.list_point_in_time_recoveries(UserPoolId=pool)["Restorations"]
    assert [found["RestoreStatus"] for found in listed] == ["RESTORE_COMPLETED", "PREVIEW_CANCELLED"]
    server.stop()
