"""The part of api.weixin.qq.com that a bot calls: one file per family of calls."""
