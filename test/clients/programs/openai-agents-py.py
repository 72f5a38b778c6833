import asyncio
from contextlib import asynccontextmanager

from agents.mcp import MCPServerStreamableHttp

from steps import walk


class Steps:
    lacks = ("progress",)

    def __init__(self, server):
        self.server = server
        self.protocol = server.session.protocol_version

    async def list(self):
        return [tool.name for tool in await self.server.list_tools()]

    async def call(self, name, args, _on_progress=None):
        result = await self.server.call_tool(name, args)
        return "".join(part.text for part in result.content)


@asynccontextmanager
async def connect(url, headers):
    params = {"url": url, "headers": headers}
    async with MCPServerStreamableHttp(params, client_session_timeout_seconds=60) as server:
        yield Steps(server)


asyncio.run(walk(connect))
