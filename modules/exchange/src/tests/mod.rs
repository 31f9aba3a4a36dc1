//! Rosters nobody here wrote: other column orders, titles above, dates as serials, GB18030,
//! full-width digits, trailing blanks, duplicates. On both engines.

mod files;
mod kept_out;
mod long;
mod odd;
mod taken;

use kernel::Id;
use network::commands::{self, OrganizationInput};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp};

fn modules() -> Vec<http::Module> {
    vec![network::module(), resources::module(), crate::module()]
}

/// An installation with nothing but the organization its administrator stands in.
async fn start(app: &TestApp) -> (Client, Id) {
    let input: OrganizationInput = serde_json::from_value(json!({
        "code": "H0", "name": "县人民医院", "kind": "lead-hospital", "level": "district", "ownership": "government"
    }))
    .unwrap();
    let lead = app
        .store()
        .write(&store::Request::system("test"), move |tx| {
            commands::create_organization(tx, &input).map(|org| org.id)
        })
        .await
        .unwrap();
    (app.client("system-admin", lead).await, lead)
}

/// A sheet of text cells.
fn sheet(name: &str, rows: &[&[&str]]) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.set_name(name).unwrap();
    for (line, row) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(*row) {
            if !text.is_empty() {
                sheet.write_string(line, column, *text).unwrap();
            }
        }
    }
    sheet
}

fn file(sheets: Vec<Worksheet>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer().unwrap()
}

fn date_format() -> Format {
    Format::new().set_num_format("yyyy/m/d")
}

/// What an upload found, as `cell code` lines, errors and warnings only.
fn findings(reply: &Reply) -> Vec<String> {
    let report = if reply.json["report"].is_object() {
        &reply.json["report"]
    } else {
        &reply.json["data"]["report"]
    };
    let all = report["findings"]
        .as_array()
        .unwrap_or_else(|| panic!("no findings: {reply:?}"));
    let loud = all.iter().filter(|finding| finding["severity"] != "note");
    loud.map(|finding| {
        let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("message_zh").is_empty() && !text("message_en").is_empty(),
            "{finding}"
        );
        format!("{} {}", text("cell"), text("code"))
    })
    .collect()
}

async fn upload(client: &Client, name: &str, bytes: &[u8]) -> Reply {
    client
        .upload("/api/imports", name, bytes, &[])
        .await
        .expect(201)
}

async fn apply(client: &Client, import: &Reply) -> Reply {
    client
        .seeing(import.version())
        .post(&format!("/api/imports/{}/apply", import.id()), json!({}))
        .await
}

fn sheet_counts(reply: &Reply) -> Vec<(String, u64, u64, u64)> {
    let sheets = reply.json["report"]["sheets"].as_array().unwrap();
    let number = |sheet: &Value, field: &str| sheet[field].as_u64().unwrap();
    sheets
        .iter()
        .map(|sheet| {
            let kind = sheet["kind"].as_str().unwrap_or("?").to_owned();
            (
                kind,
                number(sheet, "created"),
                number(sheet, "changed"),
                number(sheet, "unchanged"),
            )
        })
        .collect()
}
