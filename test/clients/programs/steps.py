"""Takes a client through the steps that the runner asks for. The sibling of steps.mjs."""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack


async def walk(open_client):
    """Prints a line of JSON for each step.

    `open_client` is an async context manager that connects to a server and gives what the client
    can do: `list()` gives the names of the tools, and `call(tool, args, on_progress)` the text of
    an answer. `protocol` is the version that was agreed on, and `lacks` names the steps for which
    the client has no means.
    """
    task = json.loads(sys.argv[1])
    headers = {"authorization": f"Bearer {os.environ['TOKEN']}"}
    async with AsyncExitStack() as stack:
        client = None
        for one in task["steps"]:
            try:
                if one["step"] == "connect":
                    opening = open_client(task["url"], headers)
                    client = await stack.enter_async_context(opening)
                    line = {"protocol": getattr(client, "protocol", None)}
                elif one["step"] in getattr(client, "lacks", ()):
                    line = {"lacks": True}
                else:
                    line = await take(client, **one)
            except Exception as error:
                line = {"error": text_of(error)}
            show({"step": one["step"], **line})
        # A session that the server has lost may not be left without noise.
        sys.stdout.flush()
        os._exit(0)


async def take(client, step, tool=None, args=None):
    """Takes one step with a client that is connected."""
    if step == "list":
        return {"tools": await client.list()}
    if step == "progress":
        reports = []

        async def on_progress(*report):
            reports.append(report)

        text = await client.call(tool, args, on_progress)
        return {"text": text, "reports": len(reports)}
    if step == "cancel":
        call = asyncio.create_task(client.call(tool, args))
        await runner("calling")
        call.cancel()
        await asyncio.wait([call])
        return {}
    if step == "restart":
        await runner("restarting")
    return {"text": await client.call(tool, args)}


async def runner(doing):
    """Tells the runner what is under way, and waits until it has done its part."""
    show({"step": doing})
    await asyncio.to_thread(sys.stdin.readline)


def text_in(content, is_error):
    """The text of an answer's content; an error for that of a failure."""
    text = "".join(part.text for part in content)
    if is_error:
        raise RuntimeError(text)
    return text


def text_of(error):
    """What went wrong, where several things may have gone wrong together."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(text_of(one) for one in error.exceptions)
    return f"{type(error).__name__}: {error}"


def show(line):
    """Prints a line for the runner."""
    print(json.dumps(line), flush=True)
