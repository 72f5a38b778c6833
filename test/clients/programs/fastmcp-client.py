import asyncio
from contextlib import asynccontextmanager

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from steps import text_in, walk


class Steps:
    def __init__(self, client):
        self.client = client
        self.protocol = client.protocol_version

    async def list(self):
        return [tool.name for tool in await self.client.list_tools()]

    async def call(self, name, args, on_progress=None):
        result = await self.client.call_tool(name, args, progress_handler=on_progress)
        return text_in(result.content, result.is_error)


@asynccontextmanager
async def connect(url, headers):
    async with Client(StreamableHttpTransport(url, headers=headers)) as client:
        yield Steps(client)


asyncio.run(walk(connect))
