"""What passes use personal data for."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("访客：姓名或称呼、电话、车牌、住户补充的话"), purpose=tr("门岗核对并放行"), basis=(Basis.CONTRACT,),
        columns=("visitor_pass.visitor_name", "visitor_pass.phone", "visitor_pass.plate", "visitor_pass.words"),
        lives=tr("到访结束 180 天后删去（LINLI_VISITOR_PASSES_KEEP_DAYS 可改）；住户取消关注后删去"), retains=(tr("访客的姓名、电话、车牌"),), seen_by=("pass.view", "gate.check"), goes_to=tr("有接口密钥的道闸：车牌和遮掩后的姓名"),
    ),
    Processing(
        what=tr("没有通行证的来客：门岗写的称呼、车牌，住户的回答"), purpose=tr("问住户要不要放行"), basis=(Basis.CONTRACT,),
        columns=("visitor_walk_up.who", "visitor_walk_up.plate", "visitor_walk_up.words"),
        lives=tr("180 天后删去（LINLI_VISITOR_PASSES_KEEP_DAYS 可改）"), retains=(tr("访客的姓名、电话、车牌"),), seen_by=("gate.check",), goes_to=tr("这一户绑定了微信的人"),
    ),
)  # fmt: skip
