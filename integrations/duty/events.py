"""What the service records and tells, and how people read it."""

from bot.contract import Log, Subject, tr

EMITS = {
    "duty.code_made": "", "duty.code_drawn": "", "duty.bound": "", "duty.unbound": "", "duty.shift_saved": "", "duty.shift_removed": "",
    "duty.robot_added": "", "duty.robot_removed": "", "duty.robot_worked": "",
}  # fmt: skip

#: Messages and their values. Those to residents say what a row proves, and nothing else.
TELLS = {
    "duty.alarm": "title text who phone url", "duty.more": "title text url", "duty.more.later": "title url",
    "duty.yours": "title who phone url", "duty.done": "title outcome url", "duty.handed_to_you": "title by url", "duty.taken": "title who", "duty.elsewhere": "title where",
    "duty.bound": "who", "duty.moved": "who", "duty.code_gone": "", "duty.code_tired": "",
    "duty.reached": "who phone", "duty.reached.colleague": "who phone", "duty.unreached": "", "duty.unreached.calm": "",
    "duty.exhausted": "", "duty.exhausted.calm": "", "duty.claimed": "who phone", "duty.handed_on": "who phone", "duty.closed": "outcome",
}  # fmt: skip

LOG = Log(
    events={
        "duty.bound": tr("绑定了自己的微信"), "duty.unbound": tr("解除了微信绑定"), "duty.shift_saved": tr("排了值班"), "duty.shift_removed": tr("删了值班"),
        "duty.robot_added": tr("添加了群机器人"), "duty.robot_removed": tr("删了群机器人"), "duty.robot_worked": tr("群机器人收到了消息"),
        "duty.code_made": tr("要了绑定微信的码"), "duty.code_drawn": tr("绑定微信的码好了"),
    },
    subjects={
        "duty_code": lambda work, keys: dict.fromkeys(keys, Subject(tr("绑定微信的码"))),
        "robot": lambda work, keys: dict.fromkeys(keys, Subject(tr("群机器人"), "/duty/robots")),
    },
)  # fmt: skip
