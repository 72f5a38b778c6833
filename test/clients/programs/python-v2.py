import asyncio
from contextlib import asynccontextmanager

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from steps import text_in, walk


class Steps:
    def __init__(self, client):
        self.client = client
        self.protocol = client.protocol_version

    async def list(self):
        return [tool.name for tool in (await self.client.list_tools()).tools]

    async def call(self, name, args, on_progress=None):
        result = await self.client.call_tool(name, args, progress_callback=on_progress)
        return text_in(result.content, result.is_error)


@asynccontextmanager
async def connect(url, headers):
    timeout = httpx2.Timeout(30, read=300)
    async with httpx2.AsyncClient(headers=headers, timeout=timeout) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            yield Steps(client)


asyncio.run(walk(connect))
