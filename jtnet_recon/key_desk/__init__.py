"""The audit of billing keys, put together from the layers below."""
