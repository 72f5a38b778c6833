import asyncio
from contextlib import asynccontextmanager

from langchain_mcp_adapters.callbacks import Callbacks
from langchain_mcp_adapters.client import MultiServerMCPClient

from steps import walk


class Steps:
    """Each call is a session of its own, unless one is opened by hand."""

    def __init__(self, connection):
        self.on_progress = None
        callbacks = Callbacks(on_progress=self.report)
        self.client = MultiServerMCPClient({"skyflo": connection}, callbacks=callbacks)

    async def report(self, progress, total, message, _context):
        if self.on_progress:
            await self.on_progress(progress, total, message)

    async def list(self):
        self.tools = {tool.name: tool for tool in await self.client.get_tools()}
        return list(self.tools)

    async def call(self, name, args, on_progress=None):
        self.on_progress = on_progress
        answer = await self.tools[name].ainvoke(args)
        return answer if isinstance(answer, str) else "".join(part["text"] for part in answer)


@asynccontextmanager
async def connect(url, headers):
    steps = Steps({"transport": "http", "url": url, "headers": headers})
    infos = await steps.client.get_server_info()
    steps.protocol = infos["skyflo"].protocolVersion
    await steps.list()
    yield steps


asyncio.run(walk(connect))
