"""What needs the network: telling another system that a tool was lent."""

from bot.contract import Call, GiveUp, effect


@effect("tools.announce")
async def announce(call: Call, *, url: str, tool: str) -> None:
    """Post what was lent. It may come twice; `key` is the same then."""
    async with call.http.post(url, json={"key": call.key, "tool": tool}) as response:
        if 400 <= response.status < 500:
            raise GiveUp(f"the webhook refused it ({response.status})")
        response.raise_for_status()
