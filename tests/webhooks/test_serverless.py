"""Hold what is deployed to what the code calls, and its rights to what it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from webhooks.dynamodb_table import BY_TIME, TABLE_FORM, TTL

ROOT = Path(__file__).parents[2]
FUNCTIONS = {"receive_hubspot", "receive_salesforce", "receive_salesforce_cdc", "work", "review_due"}


class _Loader(yaml.SafeLoader):
    """Read `!Ref` and its kin as maps."""


_Loader.add_multi_constructor(
    "!",
    lambda loader, suffix, node: {
        suffix: loader.construct_scalar(node)
        if isinstance(node, yaml.ScalarNode)
        else loader.construct_sequence(node, deep=True)
    },
)


@pytest.fixture(scope="module")
def config() -> Any:
    return yaml.load((ROOT / "serverless.yml").read_text(), _Loader)


def statements(config: Any) -> list[tuple[str, Any]]:
    resources = config["resources"]["Resources"]
    roles = {name: one for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"}
    return [
        (name, statement)
        for name, role in roles.items()
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(config: Any, role: str) -> set[str]:
    found: set[str] = set()
    for name, statement in statements(config):
        listed = statement["Action"]
        found |= (set(listed) if isinstance(listed, list) else {listed}) if name == role else set()
    return found


def test_the_functions_are_there_and_each_names_a_handler_that_exists(config: Any) -> None:
    assert set(config["functions"]) == FUNCTIONS
    for name, function in config["functions"].items():
        module, _, handler = function["handler"].partition(".")
        assert handler == name
        assert f"def {handler}(" in (ROOT / f"{module}.py").read_text()
        assert function["timeout"]


def test_every_function_has_a_role_of_its_own(config: Any) -> None:
    roles = [function["role"] for function in config["functions"].values()]
    assert len(set(roles)) == len(FUNCTIONS)
    assert set(roles) == {name for name, _ in statements(config)}


def test_no_right_is_given_with_a_star(config: Any) -> None:
    for role, statement in statements(config):
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        of_logs = "logs:PutLogEvents" in statement["Action"]  # whose streams have names nobody knows before
        assert not any("*" in json.dumps(resource) for resource in resources) or of_logs, role
        assert not any("*" in action for action in actions(config, role))


def test_receivers_may_put_into_the_queue_and_read_their_secret(config: Any) -> None:
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    for role in ("ReceiveHubspotRole", "ReceiveSalesforceRole"):
        assert actions(config, role) == {"sqs:SendMessage", "ssm:GetParameter", *logs}
    assert actions(config, "ReceiveSalesforceCdcRole") == {"sqs:SendMessage", *logs}


def test_the_table_has_the_form_the_ledger_was_tested_with(config: Any) -> None:
    deployed = config["resources"]["Resources"]["LedgerTable"]["Properties"]
    assert {name: deployed[name] for name in TABLE_FORM} == TABLE_FORM
    assert deployed["TimeToLiveSpecification"] == {"AttributeName": TTL, "Enabled": True}
    assert BY_TIME in json.dumps(config["resources"])


def test_a_batch_is_hidden_for_six_times_as_long_as_the_worker_may_take(config: Any) -> None:
    queue = config["resources"]["Resources"]["DoorbellQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * config["functions"]["work"]["timeout"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"GetAtt": "ParkedQueue.Arn"}


def test_no_secret_is_a_setting_of_a_function(config: Any) -> None:
    environments = [one.get("environment", {}) for one in (config["provider"], *config["functions"].values())]
    named = {name for environment in environments for name in environment}
    assert [name for name in named if name.endswith(("_SECRET", "_TOKEN", "_KEY"))] == []


def test_the_worker_may_read_every_secret_that_any_way_to_log_in_refers_to(config: Any) -> None:
    custom = config["custom"]
    references = [custom["workerParameters"]["hubspot"], *custom["salesforceParameters"].values()]
    named = {one.rpartition("/")[2] for text in references for one in text.split()}
    for role in ("WorkRole", "ReviewDueRole"):
        readable = [
            resource["Sub"].rpartition("/")[2]
            for name, statement in statements(config)
            if name == role and statement["Action"] == "ssm:GetParameter"
            for resource in statement["Resource"]
        ]
        assert sorted(readable) == sorted(named)
    assert config["params"]["default"]["salesforceFlow"] in custom["salesforceParameters"]


def test_there_is_an_alarm_for_age_parked_items_and_refused_access(config: Any) -> None:
    alarms = {name for name, one in config["resources"]["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert {
        "QueueAgeAlarm",
        "ParkedAlarm",
        "LostEventAlarm",
        "AccessDeniedAlarm",
        "WorkErrorsAlarm",
        "OrphansAlarm",
    } == alarms


def test_the_access_alarm_watches_words_the_worker_writes(config: Any) -> None:
    pattern = config["resources"]["Resources"]["AccessDeniedMetric"]["Properties"]["FilterPattern"].strip('"')
    assert pattern == "error=AccessError"
    assert '"not answered doorbells=%d error=%s"' in (ROOT / "connector" / "live" / "work.py").read_text()


def test_the_orphans_alarm_watches_words_the_review_writes(config: Any) -> None:
    pattern = config["resources"]["Resources"]["OrphansMetric"]["Properties"]["FilterPattern"].strip('"')
    assert f'_log.warning("handoffs {pattern}: ' in (ROOT / "connector" / "live" / "review.py").read_text()


def test_the_deploy_tool_is_locked_without_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    packages = {name: one for name, one in lock["packages"].items() if name and not one.get("link")}
    assert packages["node_modules/serverless"]["name"] == "osls"
    assert [name for name, one in packages.items() if "integrity" not in one and not one.get("inBundle")] == []


@pytest.mark.skipif(
    shutil.which("npx") is None or not (ROOT / "node_modules" / "serverless").exists(),
    reason="the deploy tool is not installed here (npm ci)",
)
def test_the_deploy_tool_packages_without_network_and_credentials(tmp_path: Path) -> None:
    for name in ("serverless.yml", "package.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "build").mkdir()
    for name in ("receiver", "worker"):
        shutil.make_archive(str(tmp_path / "build" / name), "zip", ROOT / "webhooks")
    # No network at all where the machine lets us take it away, else a proxy that is not there; no credentials either.
    alone = ["unshare", "--map-root-user", "--net"]
    may_part = shutil.which("unshare") and subprocess.run([*alone, "true"], check=False).returncode == 0
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:1")
    done = subprocess.run(
        [*(alone if may_part else []), "npx", "--offline", "osls", "package"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **nowhere},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    template = json.loads((tmp_path / ".serverless" / "cloudformation-template-update-stack.json").read_text())
    assert len(template["Resources"]) > 30
    functions = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    assert {(one["Runtime"], *one["Architectures"]) for one in functions} == {("python3.13", "arm64")}
