import asyncio
from contextlib import asynccontextmanager

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from steps import text_in, walk


class Steps:
    # It gives up waiting for an answer without a word to the server.
    lacks = ("cancel",)

    def __init__(self, session, protocol):
        self.session = session
        self.protocol = protocol

    async def list(self):
        return [tool.name for tool in (await self.session.list_tools()).tools]

    async def call(self, name, args, on_progress=None):
        result = await self.session.call_tool(name, args, progress_callback=on_progress)
        return text_in(result.content, result.isError)


@asynccontextmanager
async def connect(url, headers):
    async with streamablehttp_client(url, headers=headers) as (read, write, _):
        async with ClientSession(read, write) as session:
            yield Steps(session, (await session.initialize()).protocolVersion)


asyncio.run(walk(connect))
