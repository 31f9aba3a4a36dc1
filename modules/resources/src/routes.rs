//! The operations of this capability, and who may do what.

use http::{Grant, Permission};
use kernel::Scope::{Group, Org, Region};
use utoipa_axum::router::OpenApiRouter;

use crate::{beds, equipment, holds, search, slots, waitlist};

/// Every operation.
pub(crate) fn all() -> OpenApiRouter<http::App> {
    search::api::routes()
        .merge(beds::api::routes())
        .merge(slots::api::routes())
        .merge(equipment::api::routes())
        .merge(holds::api::routes())
        .merge(waitlist::api::routes())
}

const READ: &str = "resources.read";
const HOLD: &str = "resources.hold";
const BEDS: &str = "resources.beds";
const MANAGE: &str = "resources.manage";
const EQUIPMENT: &str = "resources.equipment";

pub(crate) const PERMISSIONS: &[Permission] = &[
    Permission {
        code: READ,
        title_zh: "查看统筹资源",
        title_en: "See pooled resources",
    },
    Permission {
        code: HOLD,
        title_zh: "锁定资源和候补",
        title_en: "Hold places and stand in the waitlist",
    },
    Permission {
        code: BEDS,
        title_zh: "床位日常操作",
        title_en: "Work with beds",
    },
    Permission {
        code: MANAGE,
        title_zh: "管理病区、床位与排班",
        title_en: "Manage wards, beds and schedules",
    },
    Permission {
        code: EQUIPMENT,
        title_zh: "管理设备与检修",
        title_en: "Manage equipment and maintenance",
    },
];

pub(crate) const GRANTS: &[Grant] = &[
    Grant::new("village-doctor", READ, Group),
    Grant::new("general-practitioner", READ, Group),
    Grant::new("referral-office", READ, Group),
    Grant::new("attending-doctor", READ, Group),
    Grant::new("ward-nurse", READ, Group),
    Grant::new("bed-manager", READ, Group),
    Grant::new("duty-chief", READ, Group),
    Grant::new("dispatcher", READ, Group),
    Grant::new("technician", READ, Group),
    Grant::new("director", READ, Group),
    Grant::new("health-bureau", READ, Region),
    Grant::new("village-doctor", HOLD, Org),
    Grant::new("general-practitioner", HOLD, Org),
    Grant::new("referral-office", HOLD, Org),
    Grant::new("attending-doctor", HOLD, Org),
    Grant::new("ward-nurse", HOLD, Org),
    Grant::new("bed-manager", HOLD, Org),
    Grant::new("duty-chief", HOLD, Org),
    Grant::new("dispatcher", HOLD, Org),
    Grant::new("technician", HOLD, Org),
    Grant::new("ward-nurse", BEDS, Org),
    Grant::new("bed-manager", BEDS, Org),
    Grant::new("duty-chief", BEDS, Org),
    Grant::new("bed-manager", MANAGE, Org),
    Grant::new("referral-office", MANAGE, Org),
    Grant::new("dispatcher", MANAGE, Org),
    Grant::new("duty-chief", MANAGE, Org),
    Grant::new("technician", EQUIPMENT, Org),
    Grant::new("dispatcher", EQUIPMENT, Org),
];
