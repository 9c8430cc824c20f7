"""What Prometheus reads from /metrics. Labels hold words of ours, never anything of a resident."""

from prometheus_client import Counter, Gauge, Histogram

#: WeChat waits five seconds; the buckets crowd around that.
WEBHOOK_SECONDS = Histogram("linli_webhook_seconds", "Time from push to reply", buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 4, 4.5, 5))
MALFORMED = Counter("linli_malformed_requests", "Requests that are no HTTP, or whose address is none")
PUSHES = Counter("linli_pushes", "Pushes of WeChat by what became of them", ["result"])
ANSWERS = Counter("linli_answers", "Answers by outcome and intent", ["outcome", "intent"])
SENT = Counter("linli_sent", "Deliveries handed to WeChat by channel and result", ["channel", "result"])
EFFECTS = Counter("linli_effects", "Tries of effects by kind and what became of them", ["kind", "result"])
EFFECT_SECONDS = Histogram(
    "linli_effect_seconds", "Time one try of an effect took, by kind", ["kind"], buckets=(0.1, 0.5, 1, 5, 10, 30, 60)
)
MODEL = Counter("linli_model", "What came of asking the language model", ["outcome"])
MODEL_SECONDS = Histogram(
    "linli_model_seconds", "Time until the language model had answered", buckets=(0.1, 0.3, 0.5, 1, 1.5, 2, 3)
)
API_CALLS = Counter("linli_api_calls", "Calls of machines by route and status", ["route", "status"])
SPOOLED = Gauge("linli_spooled", "Pushes that came while the database was away and are not worked off yet")
FAULTS = Gauge("linli_faults", "What keeps this process from being ready: database, file, disk")
DISK_FREE = Gauge("linli_disk_free_bytes", "Bytes free where LINLI_VAR lies")
BACKUP_AT = Gauge("linli_backup_timestamp_seconds", "When the newest backup was made; 0 where there is none")
INTENT_PROBLEMS = Gauge("linli_intent_problems", "Faults in the intent files")
