"""What check-ins use personal data for, and what was weighed before."""

from bot.contract import Basis, Impact, Processing, tr
from integrations.health import care
from integrations.health.personal import KEPT

PROCESSING = (
    Processing(
        what=tr("健康登记里答的问题"), purpose=tr("小区登记期间知道谁要照顾、谁还没问到"), basis=(Basis.SEPARATE_CONSENT,),
        columns=("health_told.said",), lives=tr("登记结束后按当时定的天数全部删除，只留人数；撤回同意即删除"), retains=(KEPT,), seen_by=("health.view",),
        impact=Impact(
            necessity=tr("不问就不知道；问题在登记开始前定好，开始后不能加"),
            risks=(tr("问了不该问的"), tr("登记结束了还留着"), tr("被无关的人看到")),
            measures=(tr("内容按字段加密，只有看健康打卡的权限能看；催报的人只看到谁还没报"), tr("期限在开始时定死，到期自动删除并留下删除记录"), tr("不同意的不再问")),
        ),
    ),
    Processing(
        what=tr("体温和症状"), purpose=tr("异常时有人及时联系本人"), basis=(Basis.SEPARATE_CONSENT,),
        columns=("health_checkin.tenths", "health_checkin.symptoms"), lives=tr("90 天后自动删除（LINLI_HEALTH_KEEP_DAYS 可改）；撤回同意即删除"), retains=(KEPT,), seen_by=("health.view",),
        impact=Impact(
            necessity=tr("不知道体温和症状就无法判断要不要有人联系；只收本人主动报的，不收病史、证件和位置"),
            risks=(tr("被无关的人看到，本人受歧视"), tr("数据库或备份外泄"), tr("报错了数字让人被打扰"), tr("用于别的目的")),
            measures=(
                tr("单独的权限，默认只有经理；待办也按这个权限显示"), tr("按字段加密，密钥不在数据库里；到期自动删除"),
                tr("当天可以更正，历史保留；离谱的数字当场反问"), tr("不进统计接口，不提供给物业以外的人；取消关注即删除"),
            ),
        ),
    ),
    Processing(
        what=tr("健康异常的待办：谁、体温症状"), purpose=tr("经理打电话关心，必要时建议就医"), basis=(Basis.SEPARATE_CONSENT, Basis.EMERGENCY),
        columns=("task.title", "task.data", "task.outcome"), lives=tr("本人撤回同意、取消关注或删除信息即删去内容；喘不上气、41℃ 以上的未经同意也通知"), seen_by=("health.view",),
        impact=Impact(
            necessity=tr("异常而没人跟进，打卡就没有意义；待办只写当天的情况"),
            risks=(tr("待办里的健康信息被无关的同事看到"),), measures=(tr("待办要有看健康打卡的权限才看得到；内容加密"),),
        ),
    ),
    Processing(
        what=tr("请人问候的约定，和它的待办"), purpose=tr("独居的人每天有人问一声"), basis=(Basis.SEPARATE_CONSENT,),
        columns=("health_care.wants",), lives=tr("最后一次报平安起一年后自动删除；撤回同意即删除"), retains=(care.KEPT,), seen_by=("health.view",),
        impact=Impact(
            necessity=tr("不知道谁想要、怎么问候，就没有人能去做；只收本人说的一句话"),
            risks=(tr("被人知道独居"),), measures=(tr("单独的权限，默认只有经理；按字段加密；随时可以撤回，待办一起撤"),),
        ),
    ),
    Processing(
        what=tr("报平安的记录：哪天有没有消息、问过谁、不在家的日子、上门看到的话和照片"), purpose=tr("独居的人一天没有消息，有人去看"), basis=(Basis.SEPARATE_CONSENT,),
        columns=("health_care_proof.words", "health_care_proof.picture"), lives=tr("90 天后自动删除；撤回同意即删除"), retains=(care.DAYS_KEPT,), seen_by=("health.view",),
        impact=Impact(
            necessity=tr("不记下问过谁、谁有了消息，就会漏掉人，或者重复打扰；照片证明有人到了门口"),
            risks=(tr("被人知道独居、哪几天家里没人"), tr("照片外泄")),
            measures=(tr("单独的权限，默认只有经理；家人只看到平安不平安"), tr("上门的话和照片按字段加密；随时可以撤回，记录一起删")),
        ),
    ),
)  # fmt: skip
