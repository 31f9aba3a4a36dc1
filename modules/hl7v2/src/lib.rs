//! HL7 v2 over MLLP: other systems' messages become registrations, visits, merges and results.
//!
//! What happens here becomes messages for the systems of members that want them.
//!
//! An acknowledgement AA means stored on disk. What cannot be taken lies in an error queue with its
//! reason and place, where people repair the mapping or the message and do it again.

mod api;
mod apply;
mod intake;
mod listener;
mod mapping;
mod messages;
mod model;
mod outbound;
mod rows;
mod text;

pub use intake::{Answer, receive};
pub use listener::{Listener, MESSAGE_BYTES_MAX, TlsFiles};
pub use mapping::{Mapping, SharedCode};
pub use model::{Held, MappingVersion, MessageState, Sender, SenderState};
pub use outbound::{deliver, run as send_outbound};

use http::{Grant, Module, Permission};
use kernel::Scope;
use store::Migration;

const PERMISSIONS: &[Permission] = &[
    Permission {
        code: "hl7.read",
        title_zh: "查看 HL7 消息清单与统计（不含患者内容）",
        title_en: "See HL7 messages and statistics, without what they say of patients",
    },
    Permission {
        code: "hl7.content",
        title_zh: "查看、试解析与修复 HL7 消息内容",
        title_en: "Read, try and repair HL7 messages",
    },
    Permission {
        code: "hl7.manage",
        title_zh: "管理 HL7 发送方、接收方与映射",
        title_en: "Manage HL7 senders, receivers and mappings",
    },
];

const GRANTS: &[Grant] = &[
    Grant::new("system-admin", "hl7.read", Scope::Region),
    Grant::new("system-admin", "hl7.content", Scope::Org),
    Grant::new("system-admin", "hl7.manage", Scope::Region),
    Grant::new("privacy-officer", "hl7.read", Scope::Org),
    Grant::new("privacy-officer", "hl7.content", Scope::Org),
    Grant::new("director", "hl7.read", Scope::Group),
];

const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "hl7v2",
        number: 1,
        name: "senders, mappings, messages, visits",
        sql: include_str!("../sql/0001_hl7v2.sql"),
    },
    Migration {
        module: "hl7v2",
        number: 2,
        name: "receivers, what is sent to them, what they answered",
        sql: include_str!("../sql/0002_outbound.sql"),
    },
];

/// What the server mounts. The listener is started apart, where it is configured.
pub fn module() -> Module {
    Module {
        permissions: PERMISSIONS,
        grants: GRANTS,
        migrations: MIGRATIONS,
        followers: &[outbound::FOLLOWER],
        messages: messages::MESSAGES,
        ..Module::new("hl7v2", api::routes())
    }
}

#[cfg(test)]
mod tests;
