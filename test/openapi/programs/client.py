"""Calls a server through the client that openapi-python-client makes. Prints what it answered."""

import json
import sys

from skyflo import AuthenticatedClient, Client
from skyflo.api.audit import list_audit
from skyflo.api.executions import follow_execution, get_execution, list_executions
from skyflo.api.k8s import k8s_get, wait_for_x_seconds
from skyflo.api.tools import get_tool
from skyflo.models import Execution, ExecutionProgress, K8SGetBody, WaitForXSecondsBody

base_url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=base_url, token=token)

plain = wait_for_x_seconds.sync(client=client, body=WaitForXSecondsBody(seconds=0))
missing = k8s_get.sync_detailed(
    client=client, body=K8SGetBody(resource_type="pods", name="none", namespace="shop")
)
stranger = list_executions.sync_detailed(client=Client(base_url=base_url))

started = wait_for_x_seconds.sync_detailed(
    client=client,
    body=WaitForXSecondsBody(seconds=1),
    prefer="respond-async",
    idempotency_key="openapi-python-client",
)
run = started.parsed.execution_id
shown = get_execution.sync_detailed(run, client=client)


def events():
    """The generator has no streams. Its request and its models serve those of httpx."""
    request = follow_execution._get_kwargs(run, last_event_id=0)
    with client.get_httpx_client().stream(**request) as response:
        for line in response.iter_lines():
            if not line.startswith("data: "):
                continue
            data = json.loads(line.removeprefix("data: "))
            if "progress" in data:
                yield ExecutionProgress.from_dict(data).message
            else:
                yield Execution.from_dict(data).status


followed = list(events())
listed = list_executions.sync(client=client, limit=1)
audited = list_audit.sync(client=client, tool="wait_for_x_seconds", limit=1)
tool = get_tool.sync("k8s", "k8s_get", client=client)

answers = {
    "plain": plain.result,
    "missing": [missing.status_code, missing.parsed.code],
    "stranger": [stranger.status_code, stranger.parsed.code],
    "location": started.headers["location"] == f"/engine/v1/executions/{run}",
    "accepted": [started.status_code, started.parsed.status],
    "shown": [shown.status_code, shown.parsed.tool],
    "events": followed,
    "listed": [execution.status for execution in listed.executions],
    "audited": [entry.outcome for entry in audited.entries],
    "required": tool.parameters[0].name,
}
print(json.dumps(answers))
