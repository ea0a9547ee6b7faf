"""What the product does, in asyncio, without Qt."""
