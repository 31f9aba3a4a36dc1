//! The dispatch wall: what the whole group has and what waits, on one screen, live.
//!
//! It owns only the dispatcher's messages; all else it asks of the modules that know.

mod api;
mod model;
mod wall;

use http::{Grant, Module, Permission};
use kernel::Scope;
use store::Migration;

/// The module, for the server's list.
pub fn module() -> Module {
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        messages: MESSAGES,
        ..Module::new("dispatch", api::routes())
    }
}

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "dispatch.wall",
        title_zh: "查看调度大屏",
        title_en: "See the dispatch wall",
    },
    Permission {
        code: "dispatch.message",
        title_zh: "发布调度通知",
        title_en: "Post messages on the wall",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("dispatcher", "dispatch.wall", Scope::Group),
    Grant::new("dispatcher", "dispatch.message", Scope::Group),
    Grant::new("duty-chief", "dispatch.wall", Scope::Group),
    Grant::new("duty-chief", "dispatch.message", Scope::Group),
    Grant::new("referral-office", "dispatch.wall", Scope::Group),
    Grant::new("bed-manager", "dispatch.wall", Scope::Group),
    Grant::new("director", "dispatch.wall", Scope::Group),
    Grant::new("health-bureau", "dispatch.wall", Scope::Region),
];

const MIGRATIONS: &[Migration] = &[Migration {
    module: "dispatch",
    number: 1,
    name: "messages of the dispatcher",
    sql: include_str!("../sql/0001_message.sql"),
}];

const MESSAGES: &[(&str, &str)] = &[
    ("dispatch-message", "通知不存在，或您无权查看"),
    ("dispatch.message-text", "通知内容应为 1 至 200 个字"),
    (
        "dispatch.message-minutes",
        "显示时长应为 1 分钟至 7 天（10080 分钟）",
    ),
    ("dispatch.message-not-yours", "只能撤回本机构发布的通知"),
    ("dispatch.message-ended", "该通知已撤回或已到期"),
];
